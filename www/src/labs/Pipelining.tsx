/** What a round trip costs; the experiment is playground/src/labs/pipelining.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { bytes } from '../keys/format';
import { Choice, Controls, Fact, Slider } from './Controls';
import { openLink } from './link';
import './pipelining.css';

type Way = 'single' | 'ten' | 'hundred' | 'all' | 'transaction' | 'mset' | 'script';
type Ask = { kind: 'network'; rttMs: number } | { kind: 'commands'; commands: number } | { kind: 'way'; way: Way };

interface Journey {
  sentMs: number;
  uploadMs: number;
  arrivedMs: number;
  answeredMs: number;
  downloadMs: number;
  receivedMs: number;
  sets: number;
}

interface Total {
  way: Way;
  timeMs: number;
  roundTrips: number;
  requestBytes: number;
  replyBytes: number;
  serverMs: number;
  keys: number;
}

interface View {
  rttMs: number;
  commands: number;
  way: Way;
  journeys: Journey[];
  windowMs: number;
  totals: Total[];
}

const ways: readonly (readonly [Way, string])[] = [
  ['single', 'One by one'],
  ['ten', '10 at a time'],
  ['hundred', '100 at a time'],
  ['all', 'All at once'],
  ['transaction', 'MULTI … EXEC'],
  ['script', 'Lua script'],
  ['mset', 'One MSET'],
];
const names = Object.fromEntries(ways) as Record<Way, string>;
const counts = [10, 100, 1_000, 10_000].map((count) => [count, count.toLocaleString('en')] as const);
const whole = (value: number) => value.toLocaleString('en');

function time(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 1000) return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

/** The slider moves over powers of ten; two digits are enough. */
const ofExponent = (exponent: number) => Number((10 ** exponent).toPrecision(2));

export default function Pipelining() {
  const link = useMemo(() => openLink<Ask, View>('pipelining', 1n), []);
  useEffect(() => link.close, []);
  const exponent = useSignal(0);
  const commands = useSignal(100);
  const way = useSignal<Way>('single');
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const total = view?.totals.find((total) => total.way === view.way);
  const slowest = Math.max(...(view?.totals ?? []).map(({ timeMs }) => timeMs));
  return (
    <div class="lab-body">
      <Controls>
        <Slider
          label="Round trip of the network"
          value={exponent.value}
          min={-1}
          max={2.3}
          step={0.05}
          show={(value) => time(ofExponent(value))}
          onInput={(value) => { exponent.value = value; void link.ask({ kind: 'network', rttMs: ofExponent(value) }); }}
        />
        <Choice label="Strings to set" options={counts} value={commands.value} onChange={(count) => { commands.value = count; void link.ask({ kind: 'commands', commands: count }); }} />
        <Choice label="How they are sent" options={ways} value={way.value} onChange={(chosen) => { way.value = chosen; void link.ask({ kind: 'way', way: chosen }); }} />
      </Controls>
      <dl class="lab-facts">
        <Fact label="Time in all">{total ? time(total.timeMs) : '–'}</Fact>
        <Fact label="Round trips">{whole(total?.roundTrips ?? 0)}</Fact>
        <Fact label="The server works">{total ? time(total.serverMs) : '–'}</Fact>
        <Fact label="Sent">{bytes(total?.requestBytes ?? 0)}</Fact>
        <Fact label="Received">{bytes(total?.replyBytes ?? 0)}</Fact>
        <Fact label="Strings set (DBSIZE)">{whole(total?.keys ?? 0)}</Fact>
      </dl>
      <Ladder view={view} total={total} />
      <table class="ways">
        <caption class="hidden">All ways to set {whole(view?.commands ?? 0)} strings</caption>
        <thead>
          <tr><th scope="col">Way</th><th scope="col">Time</th><th scope="col"><span class="hidden">Time as a bar</span></th><th scope="col">Trips</th><th scope="col">Sent</th><th scope="col">Received</th></tr>
        </thead>
        <tbody>
          {(view?.totals ?? []).map((total) => (
            <tr key={total.way} class={total.way === view?.way ? 'chosen' : ''}>
              <th scope="row">{names[total.way]}</th>
              <td>{time(total.timeMs)}</td>
              <td><i style={{ '--part': total.timeMs / slowest }} /></td>
              <td>{whole(total.roundTrips)}</td>
              <td>{bytes(total.requestBytes)}</td>
              <td>{bytes(total.replyBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim">
        Time runs downwards. Each message leans because it needs half a round trip to the other side, however short it is; the client waits
        for its answer before it sends the next one. So batches save waiting, not work: the same bytes travel and the server sets as many
        strings. <code>MULTI … EXEC</code> sends and receives more, and is there for another reason: nobody else’s command comes between. One
        command for many keys has the fewest bytes, and a script can also decide by what it reads on the way. The requests are real, and
        each way has really set all strings. Only time is made: the network of your choice carries a gigabit a second, and the server needs 1 µs
        for each string and 10 µs for each message.
      </p>
    </div>
  );
}

/** Client and server as two verticals, with the messages between them, to scale. */
function Ladder({ view, total }: { view: View | undefined; total: Total | undefined }) {
  const journeys = view?.journeys ?? [];
  const window = view?.windowMs ?? 1;
  const y = (ms: number) => Math.min(300, (ms / window) * 100);
  const done = journeys.filter(({ receivedMs }) => receivedMs <= window);
  const sets = done.reduce((sum, { sets }) => sum + sets, 0);
  const says = view && total
    ? `${names[view.way]}: in the first ${time(window)}, ${whole(done.length)} round trips are done and ${whole(sets)} of ${whole(view.commands)} strings are set.${total.timeMs <= window ? ` All is done after ${time(total.timeMs)}.` : ''}`
    : '';
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return (
    <figure class="ladder" role="img" aria-label={says || 'Messages between client and server'}>
      <p aria-hidden="true">{says}</p>
      <div aria-hidden="true">
        <ol>{ticks.map((tick) => <li key={tick} style={{ top: `${tick * 100}%` }}>{time(tick * window)}</li>)}</ol>
        <b>client</b><b>server</b>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          {ticks.map((tick) => <line key={tick} class="mark-line" x1="0" x2="100" y1={tick * 100} y2={tick * 100} />)}
          {journeys.map((one, number) => (
            <g key={number}>
              <Message from={0} to={100} begin={y(one.sentMs)} end={y(one.sentMs + one.uploadMs)} arrived={y(one.arrivedMs)} kind="request" />
              <line class="busy" x1="100" x2="100" y1={y(one.arrivedMs)} y2={y(one.answeredMs)} />
              <Message from={100} to={0} begin={y(one.answeredMs)} end={y(one.answeredMs + one.downloadMs)} arrived={y(one.receivedMs)} kind="reply" />
            </g>
          ))}
          <line class="side" x1="0" x2="0" y1="0" y2="100" />
          <line class="side" x1="100" x2="100" y1="0" y2="100" />
          {total && total.timeMs <= window && <line class="done" x1="0" x2="100" y1={y(total.timeMs)} y2={y(total.timeMs)} />}
        </svg>
      </div>
    </figure>
  );
}

/** A message from its first byte to its last. */
function Message({ from, to, begin, end, arrived, kind }: { from: number; to: number; begin: number; end: number; arrived: number; kind: string }) {
  return <polygon class={kind} points={`${from},${begin} ${to},${arrived - (end - begin)} ${to},${arrived} ${from},${end}`} />;
}
