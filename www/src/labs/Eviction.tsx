/** The same requests under every eviction policy; the experiment is playground/src/labs/eviction.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { bytes } from '../keys/format';
import { theme } from '../theme';
import { Chart, resolved } from './Chart';
import { Choice, Controls, Fact, Slider, useSteps } from './Controls';
import { openLink } from './link';
import './eviction.css';

type Workload = 'steady' | 'scan' | 'shifting';

interface Setup {
  workload: Workload;
  room: number;
  samples: number;
  volatile: number;
}

type Ask = { kind: 'run'; requests: number } | { kind: 'set'; setup: Setup } | { kind: 'restart' } | { kind: 'watch'; policy: number };

interface Score {
  policy: string;
  hits: number;
  evicted: number;
  refused: number;
  keys: number;
  rates: number[];
}

interface View {
  requests: number;
  allRequests: number;
  interval: number;
  scores: Score[];
  watched: number;
  cells: (number | null)[];
  counts: boolean;
  volatile: boolean[];
  known: boolean[];
  used: number;
  limit: number;
}

const workloads = [['steady', 'Favourites'], ['scan', 'Favourites and a scan'], ['shifting', 'Shifting favourites']] as const;
const speeds = [[4, 'Slow'], [100, 'Fast']] as const;
const colours: Record<string, string> = { lru: '--rust', lfu: '--green', random: '--number', ttl: '--string', noeviction: '--soft' };
const columns = 40;

const whole = (value: number) => value.toLocaleString('en');
const percent = (part: number | undefined) => (part === undefined || Number.isNaN(part) ? '–' : `${(part * 100).toFixed(1)} %`);

export default function Eviction() {
  const link = useMemo(() => openLink<Ask, View>('eviction'), []);
  useEffect(() => link.close, []);
  const setup = useSignal<Setup>({ workload: 'steady', room: 20, samples: 5, volatile: 90 });
  const running = useSignal(false);
  const portion = useSignal(100);
  useSteps(running.value, () => {
    const { view } = link;
    if (!running.value || !view.value) return false;
    if (view.value.requests >= view.value.allRequests) return running.value = false;
    return link.ask({ kind: 'run', requests: portion.value });
  });
  const set = (change: Partial<Setup>) => {
    setup.value = { ...setup.value, ...change };
    void link.ask({ kind: 'set', setup: setup.value });
  };
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const ended = !!view && view.requests >= view.allRequests;
  const watched = view?.scores[view.watched];
  return (
    <div class="lab-body">
      <Controls>
        <Choice label="Requests for" options={workloads} value={setup.value.workload} onChange={(workload) => set({ workload })} />
        <Slider label="Keys that fit in maxmemory" value={setup.value.room} min={5} max={95} step={5} show={(value) => `${value} %`} onInput={(room) => set({ room })} />
        <Slider label="Keys with a time to live" value={setup.value.volatile} min={0} max={100} step={10} show={(value) => `${value} %`} onInput={(volatile) => set({ volatile })} />
        <Slider label="maxmemory-samples" value={setup.value.samples} min={1} max={20} onInput={(samples) => set({ samples })} />
      </Controls>
      <Controls>
        <button type="button" class="primary go" disabled={!view || ended} onClick={() => (running.value = !running.value)}>{running.value ? 'Pause' : 'Run'}</button>
        <Choice label="Speed" options={speeds} value={portion.value} onChange={(speed) => (portion.value = speed)} />
        <button type="button" class="quiet" onClick={() => set({})}>Begin again</button>
        <button type="button" class="quiet" onClick={() => void link.ask({ kind: 'restart' })}>Other requests</button>
      </Controls>
      <dl class="lab-facts">
        <Fact label="Requests">{whole(view?.requests ?? 0)}</Fact>
        <Fact label={`Hit rate, ${watched?.policy ?? ''}`}>{percent(watched && watched.hits / view.requests)}</Fact>
        <Fact label="evicted_keys">{whole(watched?.evicted ?? 0)}</Fact>
        <Fact label="used_memory">{bytes(view?.used ?? 0)}</Fact>
        <Fact label="maxmemory">{bytes(view?.limit ?? 0)}</Fact>
      </dl>
      <div class="eviction">
        <Heat view={view} />
        <Policies view={view} watch={(policy) => void link.ask({ kind: 'watch', policy })} />
      </div>
      <Chart
        label="Hit rate of the last thousand requests"
        x={(view?.scores[0]?.rates ?? []).map((_, point) => (point + 1) * (view?.interval ?? 1))}
        series={(view?.scores ?? []).map(({ policy, rates }) => ({ name: policy, values: rates, colour: colours[policy.split('-').at(-1)!]!, dashed: policy.startsWith('volatile') }))}
        showY={(part) => `${Math.round(part * 100)} %`}
        range={[0, 1]}
      />
      <p class="dim">
        Every request is sent to eight stores that differ in <code>maxmemory-policy</code> alone. The program looks aside: after a miss it puts the key in.
        A store that is full removes a key first, or refuses with <code>OOM</code>: then what came first stays, which is well as long as the favourites do. The picture shows all 1,000 keys, the favourite at its top left: with
        an <code>lru</code> policy those used lately stay, with <code>lfu</code> those used often. So a scan, which reads every key once, drives most favourites
        out of the one and few out of the other; where favourites change, <code>lfu</code> remembers too long. The <code>volatile</code> policies
        never remove a blue key, one without a time to live: such keys come in, stay, and leave the others less and less room.
        One request takes 50 ms of the stores' clock; no time to live ends during a run.
      </p>
    </div>
  );
}

/** All keys of the watched store, in rows. */
function Heat({ view }: { view: View | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current && view) draw(canvas.current, view);
  }, [view, theme.value]);
  const there = (keys: (number | null)[]) => keys.filter((cell) => cell !== null).length;
  const cells = view?.cells ?? [];
  const gone = cells.filter((cell, key) => cell === null && view?.known[key]).length;
  const label = `Keys under ${view?.scores[view.watched]?.policy}: ${there(cells)} are there, ${gone} were there or were refused. Of the hundred favourites ${there(cells.slice(0, 100))} are there, of the last hundred ${there(cells.slice(-100))}.`;
  return (
    <figure class="heat">
      <canvas ref={canvas} width={columns * 32} height={(1000 / columns) * 32} role="img" aria-label={label} />
      <figcaption aria-hidden="true">
        <span class="cell volatile">ends some day</span>
        <span class="cell lasting">has no end</span>
        <span class="cell gone">gone or refused</span>
        <span>{view?.counts ? 'strong: used often (OBJECT FREQ)' : 'strong: used lately (OBJECT IDLETIME)'}</span>
      </figcaption>
    </figure>
  );
}

function draw(canvas: HTMLCanvasElement, { cells, counts, volatile, known }: View): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const [ending, lasting, empty, gone] = ['--rust', '--string', '--sink', '--edge'].map((name) => resolved(canvas.parentElement!, name));
  const most = Math.max(10, ...cells.map((cell) => cell ?? 0));
  // On logarithmic scales: what is new has a frequency of 5, and of idle seconds the first minute matters most.
  const strength = (cell: number) => (counts ? Math.log(Math.max(cell, 4) / 4) / Math.log(most / 4) : 1 - Math.log1p(cell) / Math.log1p(1000));
  context.clearRect(0, 0, canvas.width, canvas.height);
  cells.forEach((cell, key) => {
    const [x, y] = [(key % columns) * 32, Math.floor(key / columns) * 32];
    context.globalAlpha = 1;
    context.fillStyle = empty!;
    context.fillRect(x + 2, y + 2, 28, 28);
    if (cell !== null) {
      context.globalAlpha = Math.max(0.15, strength(cell));
      context.fillStyle = (volatile[key] ? ending : lasting)!;
      context.fillRect(x + 2, y + 2, 28, 28);
    } else if (known[key]) {
      context.fillStyle = gone!;
      context.fillRect(x + 13, y + 13, 6, 6);
    }
  });
}

/** How all policies do; one of them is watched. */
function Policies({ view, watch }: { view: View | undefined; watch(policy: number): void }) {
  const best = Math.max(0, ...(view?.scores ?? []).map(({ hits }) => hits));
  return (
    <div class="policies">
      <table>
        <caption class="hidden">Policies and their hit rates</caption>
        <thead>
          <tr><th scope="col">Watch</th><th scope="col">Hit rate</th><th scope="col">evicted</th><th scope="col">refused</th><th scope="col">keys</th></tr>
        </thead>
        <tbody>
          {view?.scores.map(({ policy, hits, evicted, refused, keys }, place) => (
            <tr key={policy} class={hits === best && hits > 0 ? 'best' : ''}>
              <th scope="row">
                <label><input type="radio" name="policy" checked={place === view.watched} onChange={() => watch(place)} /> {policy}</label>
              </th>
              <td>{percent(hits / view.requests)}</td>
              <td>{whole(evicted)}</td>
              <td>{whole(refused)}</td>
              <td>{whole(keys)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
