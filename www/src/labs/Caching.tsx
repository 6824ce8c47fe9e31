/** An app between a cache and a slow database; the experiment is playground/src/labs/caching. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Chart } from './Chart';
import { Choice, Controls, Fact, Slider, useSteps } from './Controls';
import { openLink } from './link';
import './caching.css';

interface Setup {
  strategy: 'cache-aside' | 'read-through' | 'write-through' | 'write-behind';
  guard: 'none' | 'lock' | 'early';
  notes: 'app' | 'store';
  rate: number;
  writes: number;
  ttlSecs: number;
  latencyMs: number;
}

type Ask = { kind: 'pass'; ms: number } | { kind: 'set'; setup: Setup } | { kind: 'crash' } | { kind: 'empty' } | { kind: 'restart' };

interface View {
  now: number;
  samples: { at: number; hitRate: number | null; queries: number; readsMs: number | null; writesMs: number | null }[];
  totals: { reads: number; hits: number; stale: number; writes: number; lost: number; failed: number; queries: number };
  isUp: boolean;
  open: number;
  busy: number;
  connections: number;
  line: number;
  keys: number;
  unwritten: number;
}

const strategies = [['cache-aside', 'Cache-aside'], ['read-through', 'Read-through'], ['write-through', 'Write-through'], ['write-behind', 'Write-behind']] as const;
const guards = [['none', 'Nothing'], ['lock', 'A lock'], ['early', 'Early refresh']] as const;
const places = [['app', "In the app's memory"], ['store', 'In a list in the store']] as const;
const speeds = [[1, '×1'], [4, '×4'], [16, '×16']] as const;

/** What each strategy does with a read and a write. */
const meaning: Record<Setup['strategy'], string> = {
  'cache-aside': 'A read asks the cache, then the database, and fills the cache. A write goes to the database and then removes the key.',
  'read-through': 'Reads go as with cache-aside, behind a single call. Writes go around the cache: until a key ends it holds what was true before.',
  'write-through': 'A write goes to the database and then into the cache: both are up to date, and the writer waits for both.',
  'write-behind': 'A write goes into the cache alone. Once a second the database is told, of many writes of a product the last.',
};

const whole = (value: number) => value.toLocaleString('en');
const percent = (part: number) => (Number.isNaN(part) ? '–' : `${(part * 100).toFixed(1)} %`);
const millis = (value: number) => (value > 0 && value < 10 ? `${value.toFixed(1)} ms` : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const seconds = (value: number) => `${value} s`;

export default function Caching() {
  const link = useMemo(() => openLink<Ask, View>('caching'), []);
  useEffect(() => link.close, []);
  const setup = useSignal<Setup>({ strategy: 'cache-aside', guard: 'none', notes: 'app', rate: 200, writes: 2, ttlSecs: 10, latencyMs: 150 });
  const running = useSignal(false);
  const speed = useSignal(4);
  useSteps(running.value, (passed) => running.value && link.ask({ kind: 'pass', ms: passed * speed.value }));
  const set = (change: Partial<Setup>) => {
    setup.value = { ...setup.value, ...change };
    void link.ask({ kind: 'set', setup: setup.value });
  };
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const { strategy, guard, notes, rate, writes, ttlSecs, latencyMs } = setup.value;
  const totals = view?.totals;
  return (
    <div class="lab-body">
      <Controls>
        <Choice label="Strategy" options={strategies} value={strategy} onChange={(strategy) => set({ strategy })} />
        <Choice label="Against many misses at once" options={guards} value={guard} onChange={(guard) => set({ guard })} />
        <Choice label="Write-behind notes what is to be written" options={places} value={notes} onChange={(notes) => set({ notes })} />
      </Controls>
      <p class="dim meaning">{meaning[strategy]}</p>
      <Controls>
        <Slider label="Requests per second" value={rate} min={10} max={1000} step={10} onInput={(rate) => set({ rate })} />
        <Slider label="Writes among them" value={writes} min={0} max={50} show={(value) => `${value} %`} onInput={(writes) => set({ writes })} />
        <Slider label="Time to live in the cache" value={ttlSecs} min={1} max={60} show={seconds} onInput={(ttlSecs) => set({ ttlSecs })} />
        <Slider label="A query takes" value={latencyMs} min={10} max={1000} step={10} show={(value) => `${value} ms`} onInput={(latencyMs) => set({ latencyMs })} />
      </Controls>
      <Controls>
        <button type="button" class="primary go" disabled={!view} onClick={() => (running.value = !running.value)}>{running.value ? 'Pause' : 'Run'}</button>
        <Choice label="Speed" options={speeds} value={speed.value} onChange={(value) => (speed.value = value)} />
        <button type="button" class="quiet" onClick={() => void link.ask({ kind: 'crash' })}>Crash the app</button>
        <button type="button" class="quiet" onClick={() => void link.ask({ kind: 'empty' })}>Empty the cache</button>
        <button type="button" class="quiet" onClick={() => void link.ask({ kind: 'restart' })}>Begin again</button>
      </Controls>
      <Shop view={view} latencyMs={latencyMs} />
      <dl class="lab-facts">
        <Fact label="Hit rate">{percent(totals ? totals.hits / totals.reads : NaN)}</Fact>
        <Fact label="Queries">{whole(totals?.queries ?? 0)}</Fact>
        <Fact label="Stale reads">{whole(totals?.stale ?? 0)}</Fact>
        <Fact label="Lost writes">{whole(totals?.lost ?? 0)}</Fact>
        <Fact label="Failed requests">{whole(totals?.failed ?? 0)}</Fact>
        <Fact label="Requests answered">{whole(totals ? totals.reads + totals.writes : 0)}</Fact>
      </dl>
      <p class="dim since">Counted since a control was last moved. Running for {whole(Math.floor(view?.now ?? 0))} s.</p>
      <Charts view={view} latencyMs={latencyMs} />
      <p class="dim">
        A hundred products, some far more wanted than others. When a wanted one ends, everybody who misses it asks the database, until the first
        answer is in the cache: a stampede. With a lock, <code>SET lock:… NX PX 3000</code>, one fetches and the others look again a little later. With early
        refresh every reader rolls dice, and the nearer the end, the more likely one of them fetches behind the reader's back. A read is stale if
        somebody had been told that a newer version was saved before it began: with cache-aside a slow reader may put back what a write has just
        removed, and there it stays until it ends. What write-behind has only noted in the app's memory is lost when
        the app crashes; a list in the store (<code>RPUSH</code>, <code>LMOVE</code>) outlives it. Users give up after two seconds in the line. Cache and list are the
        engine; users, network and database are drawn by chance, in time that is only counted.
      </p>
    </div>
  );
}

/** Who is where. */
function Shop({ view, latencyMs }: { view: View | undefined; latencyMs: number }) {
  const { open = 0, busy = 0, connections = 10, line = 0, keys = 0, unwritten = 0, isUp = true } = view ?? {};
  const label = `The app is ${isUp ? 'up' : 'down'}, ${open} requests wait. The cache has ${keys} keys. ${busy} of ${connections} connections of the database are busy, ${line} queries wait in line; ${unwritten} writes have not reached it.`;
  return (
    <div class="shop" role="img" aria-label={label}>
      <div class={isUp ? 'part' : 'part troubled'}>
        <b>App</b>
        <span>{isUp ? `${whole(open)} requests open` : 'down: back in a second'}</span>
      </div>
      <div class="network"><span>0.5 ms →</span><span>{millis(latencyMs)} →</span></div>
      <div class="parts">
        <div class="part">
          <b>Cache</b>
          <span>{whole(keys)} keys</span>
          <span>{whole(unwritten)} writes to pass on</span>
        </div>
        <div class={line > 0 ? 'part troubled' : 'part'}>
          <b>Database</b>
          <span class="connections">{Array.from({ length: connections }, (_, place) => <i key={place} class={place < busy ? 'on' : ''} />)}</span>
          <span>{whole(line)} in line</span>
        </div>
      </div>
    </div>
  );
}

function Charts({ view, latencyMs }: { view: View | undefined; latencyMs: number }) {
  const samples = view?.samples ?? [];
  const x = samples.map(({ at }) => at);
  const most = ((view?.connections ?? 10) * 1000) / latencyMs;
  return (
    <div class="charts">
      <Chart label="Hit rate" x={x} series={[{ name: 'hit rate', values: samples.map(({ hitRate }) => hitRate), colour: '--green' }]} showX={seconds} showY={(value) => `${Math.round(value * 100)} %`} range={[0, 1]} height={170} />
      <Chart
        label="Load of the database, queries per second"
        x={x}
        series={[
          { name: 'queries per second', values: samples.map(({ queries }) => queries), colour: '--rust' },
          { name: 'what it can do', values: x.map(() => most), colour: '--soft', dashed: true },
        ]}
        showX={seconds}
        range={[0, null]}
        height={170}
      />
      <Chart
        label="What 99 of 100 requests waited at most"
        x={x}
        series={[
          { name: 'reads, p99', values: samples.map(({ readsMs }) => readsMs), colour: '--string' },
          { name: 'writes, p99', values: samples.map(({ writesMs }) => writesMs), colour: '--number' },
        ]}
        showX={seconds}
        showY={millis}
        range={[0, null]}
        height={170}
      />
    </div>
  );
}
