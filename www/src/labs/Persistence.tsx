/** What is left when the power fails, and what the files say; the experiment is playground/src/labs/persistence.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { bytes } from '../keys/format';
import { Choice, Controls, Fact, useSteps } from './Controls';
import { openLink } from './link';
import './persistence.css';

type Policy = 'always' | 'everysec' | 'no';
type Ask =
  | { kind: 'run'; ms: number }
  | { kind: 'rate'; rate: number }
  | { kind: 'policy'; policy: Policy }
  | { kind: 'crash' | 'rewrite' | 'save' }
  | { kind: 'open'; name: string };

interface Part {
  offset: number;
  len: number;
  bytes: number[];
  kind: string;
  meaning: string;
}

interface Crash {
  acknowledged: number;
  lost: number;
  unsyncedBytes: number;
  survivedBytes: number;
}

interface View {
  policy: Policy;
  acknowledged: number;
  durable: number;
  lost: number;
  writesPerSecond: number;
  syncs: number;
  seats: { write: number | null; sold: number; state: 'empty' | 'durable' | 'written' | 'lost' }[];
  files: { name: string; bytes: number; synced: number }[];
  crash: Crash | null;
  rewrite: { beforeBytes: number; afterBytes: number } | null;
  open: { name: string; first: Part[]; gap: boolean; last: Part[] } | null;
}

const policies = [['always', 'always'], ['everysec', 'everysec'], ['no', 'no']] as const;
const rates = [[1, '1'], [10, '10'], [100, '100'], [1_000, '1,000']] as const;
const whole = (value: number) => value.toLocaleString('en');
const states = { empty: 'not written yet', durable: 'on disk', written: 'not sure yet', lost: 'lost: an older value is back' };

export default function Persistence() {
  const link = useMemo(() => openLink<Ask, View>('persistence'), []);
  useEffect(() => link.close, []);
  const running = useSignal(false);
  const policy = useSignal<Policy>('everysec');
  const rate = useSignal(100);
  useSteps(running.value, (passed) => running.value && link.ask({ kind: 'run', ms: passed }));
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const pull = () => {
    running.value = false;
    void link.ask({ kind: 'crash' });
  };
  return (
    <div class="lab-body">
      <Controls>
        <Choice label="appendfsync" options={policies} value={policy.value} onChange={(chosen) => { policy.value = chosen; void link.ask({ kind: 'policy', policy: chosen }); }} />
        <Choice label="Writes a second" options={rates} value={rate.value} onChange={(chosen) => { rate.value = chosen; void link.ask({ kind: 'rate', rate: chosen }); }} />
        <button type="button" class="primary run" disabled={!view} onClick={() => (running.value = !running.value)}>{running.value ? 'Stop' : 'Write'}</button>
        <button type="button" class="danger" disabled={!view} onClick={pull}>Pull the plug</button>
      </Controls>
      <dl class="lab-facts">
        <Fact label="Answered with OK">{whole(view?.acknowledged ?? 0)}</Fact>
        <Fact label="Sure to survive">{whole(view?.durable ?? 0)}</Fact>
        <Fact label="At risk now">{whole(view ? view.acknowledged - view.durable - view.lost : 0)}</Fact>
        <Fact label="Lost so far">{whole(view?.lost ?? 0)}</Fact>
        <Fact label="Syncs of the disk">{whole(view?.syncs ?? 0)}</Fact>
        <Fact label="In the last second">{whole(view?.writesPerSecond ?? 0)}</Fact>
      </dl>
      <p class="verdict" role="status">{verdict(view?.crash ?? null)}</p>
      <Seats seats={view?.seats ?? []} />
      <Disk view={view} onOpen={(name) => void link.ask({ kind: 'open', name })} />
      <Controls>
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'rewrite' })}>BGREWRITEAOF</button>
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'save' })}>SAVE</button>
        <span class="dim rewritten" role="status">{view?.rewrite ? `The log shrank from ${bytes(view.rewrite.beforeBytes)} to ${bytes(view.rewrite.afterBytes)}.` : 'A rewrite keeps what there is now and forgets how it came to be.'}</span>
      </Controls>
      <Hex open={view?.open ?? null} />
      <p class="dim">
        A hundred seats are sold over and over: each write is a <code>SET</code> of the next key. The log grows with every write, the data
        does not. A file’s bytes first go to the operating system, which is quick; only a sync takes them to the disk. With <code>always</code>{' '}
        an answer waits for its sync (2 ms here, so there are at most 500 writes a second from one client that waits); with <code>everysec</code>{' '}
        there is a sync each second; with <code>no</code> the system decides, here every 30 seconds. When the power fails, any part of what
        was not synced may be gone. A torn last command is cut off when the store starts again. If only the process dies and not the
        machine, what the system was handed is safe, synced or not.
      </p>
    </div>
  );
}

function verdict(crash: Crash | null): string {
  if (!crash) return 'Let it write for a while, then pull the plug.';
  const { acknowledged, lost, unsyncedBytes, survivedBytes } = crash;
  if (lost === 0) return `The power failed after write ${whole(acknowledged)}. Nothing that was answered is lost.`;
  return `The power failed after write ${whole(acknowledged)}. ${whole(lost)} answered ${lost === 1 ? 'write is' : 'writes are'} lost: of ${bytes(unsyncedBytes)} that were not synced, ${bytes(survivedBytes)} had reached the disk.`;
}

/** All keys, each with the number of its last write. */
function Seats({ seats }: { seats: View['seats'] }) {
  const count = (state: string) => seats.filter((seat) => seat.state === state).length;
  const says = `Keys: ${count('durable')} on disk, ${count('written')} not sure yet, ${count('lost')} lost, ${count('empty')} not written yet`;
  return (
    <figure class="seats">
      <figcaption>
        {(['durable', 'written', 'lost'] as const).map((state) => <span key={state} class={state}>{states[state]} <b>{count(state)}</b></span>)}
      </figcaption>
      <div role="img" aria-label={says}>
        {seats.map(({ write, sold, state }, number) => (
          <span key={number} class={state} title={`seat:${String(number).padStart(2, '0')} is ${write ?? 'not there'}${state === 'lost' ? `, was ${sold}` : ''}: ${states[state]}`}>
            {write ?? '–'}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** The files: how long they are, and how much of that is synced. */
function Disk({ view, onOpen }: { view: View | undefined; onOpen(name: string): void }) {
  const files = view?.files ?? [];
  const longest = Math.max(1, ...files.map((file) => file.bytes));
  return (
    <section class="disk" aria-label="Files on the disk">
      {files.map(({ name, bytes: all, synced }) => (
        <button key={name} type="button" aria-pressed={view?.open?.name === name} onClick={() => onOpen(name)}>
          <code>{name}</code>
          <span>{bytes(all)}{all > synced ? `, ${bytes(all - synced)} not synced` : ', all synced'}</span>
          <i aria-hidden="true"><u style={{ '--part': synced / longest }} /><s style={{ '--part': (all - synced) / longest }} /></i>
        </button>
      ))}
    </section>
  );
}

/** A file's bytes with what they mean. */
function Hex({ open }: { open: View['open'] }) {
  return (
    <section class="hex" aria-label="What the bytes mean" tabIndex={0}>
      {open ? (
        <table>
          <caption>{open.name}</caption>
          <thead><tr><th scope="col">At</th><th scope="col">Bytes</th><th scope="col">Meaning</th></tr></thead>
          <tbody>
            {open.first.map((part) => <Row key={part.offset} part={part} />)}
            {open.gap && <tr><td>…</td><td /><td>more of the same</td></tr>}
            {open.last.map((part) => <Row key={part.offset} part={part} />)}
          </tbody>
        </table>
      ) : (
        <p class="dim">Choose a file above to read its bytes. <code>SAVE</code> makes an RDB file.</p>
      )}
    </section>
  );
}

function Row({ part }: { part: Part }) {
  const hex = part.bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return (
    <tr class={`is-${part.kind}`}>
      <td>{part.offset}</td>
      <td><code>{hex}{part.len > part.bytes.length ? ' …' : ''}</code></td>
      <td>{part.meaning}</td>
    </tr>
  );
}
