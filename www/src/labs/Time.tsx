/** Keys whose time passes; the experiment is playground/src/labs/time.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Lines } from '../console/Lines';
import { bytes, left } from '../keys/format';
import type { Line } from '../protocol';
import { Chart } from './Chart';
import { Choice, Controls, Fact, useSteps } from './Controls';
import { openLink } from './link';
import './time.css';

type Ask = { kind: 'pass'; ms: number } | { kind: 'run'; command: string } | { kind: 'active'; on: boolean } | { kind: 'crowd' } | { kind: 'read-crowd' } | { kind: 'restart' };

interface Row {
  key: string;
  field: string | null;
  state: 'live' | 'over' | 'gone';
  leftMs: number | null;
  fullMs: number;
  commands: string[];
}

interface View {
  now: number;
  rows: Row[];
  log: { number: number; command: string; lines: Line[] }[];
  moments: { at: number; stored: number; seen: number }[];
  active: boolean;
  stored: number;
  over: number;
  byClock: number;
  byCommand: number;
  used: number;
}

const speeds = [[1, '×1'], [60, '×60'], [3600, '×3600']] as const;
const steps = [[1000, '1 s'], [60_000, '1 min'], [3_600_000, '1 h']] as const;
const cycles = [[1, 'The clock, too'], [0, 'Only commands']] as const;

const whole = (value: number) => value.toLocaleString('en');

/** A clock: days only if there are any. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  const text = [rest / 3600, (rest / 60) % 60, rest % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
  return days > 0 ? `${days} d ${text}` : text;
}

export default function Time() {
  const link = useMemo(() => openLink<Ask, View>('time'), []);
  useEffect(() => link.close, []);
  const running = useSignal(false);
  const speed = useSignal(1);
  const chosen = useSignal(1);
  useSteps(running.value, (passed) => running.value && link.ask({ kind: 'pass', ms: passed * speed.value }));
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const row = view?.rows[chosen.value];
  return (
    <div class="lab-body">
      <Controls>
        <button type="button" class="primary go" disabled={!view} onClick={() => (running.value = !running.value)}>{running.value ? 'Pause' : 'Run'}</button>
        <Choice label="Speed" options={speeds} value={speed.value} onChange={(value) => (speed.value = value)} />
        <div class="choice passing" role="group" aria-label="Let time pass">
          {steps.map(([ms, name]) => <button key={ms} type="button" class="quiet" onClick={() => void link.ask({ kind: 'pass', ms })}>+ {name}</button>)}
        </div>
        <Choice label="Who removes what is over" options={cycles} value={view?.active === false ? 0 : 1} onChange={(on) => void link.ask({ kind: 'active', on: on === 1 })} />
        <button type="button" class="quiet" onClick={() => void link.ask({ kind: 'restart' })}>Begin again</button>
      </Controls>
      <dl class="lab-facts">
        <Fact label="Time that passed">{clock(view?.now ?? 0)}</Fact>
        <Fact label="DBSIZE">{whole(view?.stored ?? 0)}</Fact>
        <Fact label="Over, in memory">{whole(view?.over ?? 0)}</Fact>
        <Fact label="Expired actively">{whole(view?.byClock ?? 0)}</Fact>
        <Fact label="Expired lazily">{whole(view?.byCommand ?? 0)}</Fact>
        <Fact label="used_memory">{bytes(view?.used ?? 0)}</Fact>
      </dl>
      <div class="time">
        <fieldset class="lives">
          <legend>Keys and fields: choose one</legend>
          {view?.rows.map((row, place) => <Life key={row.key + row.field} row={row} chosen={place === chosen.value} choose={() => (chosen.value = place)} />)}
        </fieldset>
        <section class="tried" aria-label="Commands">
          <p class="dim">Try on <code>{row ? [row.key, row.field].filter(Boolean).join(' ') : ''}</code>:</p>
          <div class="replies" role="log" aria-label="Replies" tabIndex={0}>
            {view?.log.map(({ number, command, lines }) => (
              <div key={number}>
                <p class="sent">&gt; {command}</p>
                <Lines lines={lines} />
              </div>
            ))}
          </div>
          <div class="commands">
            {row?.commands.map((command) => (
              <button key={command} type="button" class="quiet" onClick={() => void link.ask({ kind: 'run', command })}><code>{command}</code></button>
            ))}
          </div>
        </section>
      </div>
      <Controls>
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'crowd' })}>Add 1,000 keys for 20 s</button>
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'read-crowd' })}>Read each of them</button>
      </Controls>
      <Chart
        label="Keys"
        x={(view?.moments ?? []).map(({ at }) => at)}
        series={[
          { name: 'keys in memory', values: (view?.moments ?? []).map(({ stored }) => stored), colour: '--rust' },
          { name: 'keys that commands see', values: (view?.moments ?? []).map(({ seen }) => seen), colour: '--string', dashed: true },
        ]}
        showX={(at) => (Number.isInteger(at) ? left(at * 1000) : '')}
        range={[0, null]}
        height={180}
      />
      <p class="dim">
        A bar is full when a key gets its time, and falls until no command sees it any more. Whether its memory is free then is another question. A
        command that meets it removes it (lazy expiry); the server also looks for such keys by itself (active expiry). Redis looks at some keys with a time,
        ten times a second, and goes on while many of them are over; this engine keeps them in the order of their ends, and so finds all. Without
        that (<code>DEBUG SET-ACTIVE-EXPIRE 0</code>, for tests) a key that nobody asks for stays in memory for good. Both are counted in <code>expired_keys</code>.
        Fields with a time of their own are newer than Redis 7.0: they came with 7.4, and with Valkey 9.
      </p>
    </div>
  );
}

/** A key or a field, and how much of its time is left. */
function Life({ row, chosen, choose }: { row: Row; chosen: boolean; choose(): void }) {
  const { key, field, state, leftMs, fullMs } = row;
  const part = leftMs !== null && fullMs > 0 ? leftMs / fullMs : state === 'live' ? 1 : 0;
  const text = state === 'gone' ? 'gone' : state === 'over' ? 'over' : leftMs === null ? 'no end' : left(leftMs);
  return (
    <label class={`life ${state}${leftMs === null ? ' lasting' : ''}${field ? ' part-of' : ''}`}>
      <input type="radio" name="life" checked={chosen} onChange={choose} />
      <code>{field ? `${key} ${field}` : key}</code>
      <i aria-hidden="true" style={{ '--part': part }} />
      <span>{text}</span>
    </label>
  );
}
