/** A year of days as bits; the experiment is playground/src/labs/bitmap.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { bytes } from '../keys/format';
import { Choice, Controls, Fact, Slider } from './Controls';
import { openLink } from './link';
import './bitmap.css';

type Who = 'ada' | 'bob';
type Op = 'and' | 'or' | 'xor' | 'not';
type Ask =
  | { kind: 'flip'; who: Who; day: number }
  | { kind: 'op'; op: Op }
  | { kind: 'range'; from: number; to: number }
  | { kind: 'far'; bit: number };

interface Row {
  key: string;
  bits: boolean[];
  count: number;
  inRange: number;
  first: number;
  len: number;
  memory: number;
}

interface View {
  rows: Row[];
  op: Op;
  command: string;
  from: number;
  to: number;
  far: number;
  farLen: number;
  farMemory: number;
  setMemory: number;
}

const ops = [['and', 'AND: both'], ['or', 'OR: either'], ['xor', 'XOR: one alone'], ['not', 'NOT: not Ada']] as const;
const days = 365;
const whole = (value: number) => value.toLocaleString('en');
/** A common year that begins on a Monday, as each column does. */
const date = (day: number) => new Date(Date.UTC(2018, 0, 1 + day)).toLocaleDateString('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export default function Bitmap() {
  const link = useMemo(() => openLink<Ask, View>('bitmap', 1n), []);
  useEffect(() => link.close, []);
  const op = useSignal<Op>('and');
  const from = useSignal(0);
  const to = useSignal(days - 1);
  const far = useSignal(3);
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const [ada, bob, outcome] = view?.rows ?? [];
  const range = () => void link.ask({ kind: 'range', from: from.value, to: to.value });
  const flip = (who: Who) => (day: number) => void link.ask({ kind: 'flip', who, day });
  return (
    <div class="lab-body">
      <Controls>
        <Slider label="Count from" value={from.value} min={0} max={days - 1} show={date} onInput={(day) => { from.value = day; to.value = Math.max(day, to.value); range(); }} />
        <Slider label="Count to" value={to.value} min={0} max={days - 1} show={date} onInput={(day) => { to.value = day; from.value = Math.min(day, from.value); range(); }} />
        <span class="counted"><code>{`BITCOUNT key ${from.value} ${to.value} BIT`}</code></span>
      </Controls>
      <Year title="Ada’s days" row={ada} view={view} onFlip={flip('ada')} />
      <Year title="Bob’s days" row={bob} view={view} onFlip={flip('bob')} />
      <Controls>
        <Choice label="Put together with BITOP" options={ops} value={op.value} onChange={(chosen) => { op.value = chosen; void link.ask({ kind: 'op', op: chosen }); }} />
        <span class="counted"><code>{view?.command}</code></span>
      </Controls>
      <Year title="What comes of it" row={outcome} view={view} />
      <p class="dim">
        Each day is a bit of a string: click one, and <code>SETBIT</code> turns it. A year needs 46 bytes, and <code>BITOP</code> goes
        through them byte by byte, whatever they mean. That is why <code>NOT</code> counts up to three days more than there are on the map: it turns all
        bits of the last byte, those behind the year too.
      </p>
      <Controls>
        <Slider label="One bit, far away" value={far.value} min={0} max={8.1} step={0.1} show={(exponent) => whole(Math.round(10 ** exponent))} onInput={(exponent) => { far.value = exponent; void link.ask({ kind: 'far', bit: Math.round(10 ** exponent) }); }} />
      </Controls>
      <dl class="lab-facts">
        <Fact label="SETBIT at">{whole(view?.far ?? 0)}</Fact>
        <Fact label="STRLEN">{bytes(view?.farLen ?? 0)}</Fact>
        <Fact label="MEMORY USAGE">{bytes(view?.farMemory ?? 0)}</Fact>
        <Fact label="A set with that number">{bytes(view?.setMemory ?? 0)}</Fact>
      </dl>
      <p class="dim">
        A bitmap is as long as its highest bit asks for: an eighth of the number in bytes, and all that lies before is there, zero or not. For a few numbers
        that are large, a set is smaller.
      </p>
    </div>
  );
}

/** A year, a week in each column. With `onFlip`, days can be turned: arrow keys go from day to day. */
function Year({ title, row, view, onFlip }: { title: string; row: Row | undefined; view: View | undefined; onFlip?(day: number): void }) {
  const at = useSignal(0);
  const grid = useRef<HTMLDivElement>(null);
  const bits = row?.bits ?? Array.from({ length: days }, () => false);
  const inRange = (day: number) => !view || (day >= view.from && day <= view.to);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    at.value = Math.min(days - 1, Math.max(0, at.value + by));
    (grid.current?.children[at.value] as HTMLElement | undefined)?.focus();
  };
  const cell = (on: boolean, day: number) => `${on ? 'on' : ''}${inRange(day) ? '' : ' out'}`;
  const counts = row ? `${row.count} of ${days} bits are 1, ${row.inRange} in the range` : '';
  return (
    <section class="year" aria-label={title}>
      <h3>{title} <code>{row?.key}</code></h3>
      <p>
        <span><code>BITCOUNT</code> {row?.count ?? 0}</span> <span>in the range <b>{row?.inRange ?? 0}</b></span>{' '}
        <span><code>BITPOS 1</code> {row?.first ?? '–'}</span> <span><code>STRLEN</code> {row?.len ?? 0}</span>{' '}
        <span><code>MEMORY USAGE</code> {row?.memory ?? 0}</span>
      </p>
      {onFlip ? (
        <div class="days" ref={grid} role="group" aria-label={`${title}, arrow keys move`} onKeyDown={move}>
          {bits.map((on, day) => (
            <button
              key={day}
              type="button"
              class={cell(on, day)}
              tabIndex={day === at.value ? 0 : -1}
              aria-pressed={on}
              aria-label={`${date(day)}, bit ${day}`}
              title={`${date(day)}: bit ${day}`}
              onClick={() => { at.value = day; onFlip(day); }}
            />
          ))}
        </div>
      ) : (
        <div class="days" role="img" aria-label={counts}>{bits.map((on, day) => <i key={day} class={cell(on, day)} />)}</div>
      )}
    </section>
  );
}
