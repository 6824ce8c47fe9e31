/** How far a HyperLogLog is from the truth while what it counts grows; the experiment is playground/src/labs/hyperloglog.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { bytes } from '../keys/format';
import { Chart } from './Chart';
import { Controls, Fact, useSteps } from './Controls';
import { openLink } from './link';

type Ask = { kind: 'add'; visitors: number } | { kind: 'restart' };

interface View {
  points: { visitors: number; estimate: number }[];
  encoding: 'sparse' | 'dense';
  bytes: number;
  setBytes: number;
  registers: number[];
}

const whole = (value: number) => value.toLocaleString('en');
const percent = (value: number) => `${value.toFixed(Math.abs(value) < 0.1 ? 2 : 1)} %`;
const short = (value: number) => (value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : `${value}`);
/** What the error of 16,384 registers is expected to be: 1.04 / √16384. */
const expected = 0.8125;
/** Visitors of one frame. */
const portion = 2_000;

export default function HyperLogLog() {
  const link = useMemo(() => openLink<Ask, View>('hyperloglog'), []);
  useEffect(() => link.close, []);
  const left = useSignal(0);
  useSteps(left.value > 0, () => {
    if (left.value <= 0) return false;
    const visitors = Math.min(left.value, portion);
    left.value -= visitors;
    return link.ask({ kind: 'add', visitors });
  });
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const points = view?.points ?? [];
  const last = points.at(-1) ?? { visitors: 0, estimate: 0 };
  const errors = points.map(({ visitors, estimate }) => (estimate / visitors - 1) * 100);
  const x = points.map(({ visitors }) => visitors);
  return (
    <div class="lab-body">
      <Controls>
        {[100, 10_000, 1_000_000].map((count) => (
          <button key={count} type="button" class="primary" disabled={!view || last.visitors + left.value >= 1_000_000} onClick={() => (left.value += count)}>
            Add {whole(count)}
          </button>
        ))}
        {left.value > 0 && <button type="button" class="quiet" onClick={() => (left.value = 0)}>Stop</button>}
        <button type="button" class="quiet" onClick={() => { left.value = 0; void link.ask({ kind: 'restart' }); }}>Another crowd</button>
      </Controls>
      <dl class="lab-facts">
        <Fact label="Visitors that came">{whole(last.visitors)}</Fact>
        <Fact label="PFCOUNT says">{whole(last.estimate)}</Fact>
        <Fact label="Error">{last.visitors > 0 ? percent((last.estimate / last.visitors - 1) * 100) : '–'}</Fact>
        <Fact label="Encoding">{view?.encoding ?? '–'}</Fact>
        <Fact label="Bytes">{whole(view?.bytes ?? 0)}</Fact>
        <Fact label="In a set, the names alone">{bytes(view?.setBytes ?? 0)}</Fact>
      </dl>
      <Chart
        label="Error of the estimate in percent"
        x={x}
        series={[
          { name: 'error', values: errors, colour: '--rust' },
          { name: `expected: ±${expected} %`, values: x.map(() => expected), colour: '--soft', dashed: true },
          { name: '', values: x.map(() => -expected), colour: '--soft', dashed: true },
        ]}
        logarithmic
        showX={short}
        showY={percent}
        range={[-3, 3]}
      />
      <Registers counts={view?.registers ?? []} />
      <p class="dim">
        Each visitor's hash chooses one of 16,384 registers and offers it a rank: one more than the zeros that follow in the hash. A register keeps
        the highest rank. The picture shows how many registers hold each rank: with more visitors it moves to the right, one step each time
        their number doubles. It starts as a list of runs (sparse), and becomes an array of 6-bit registers (dense).
      </p>
    </div>
  );
}

function Registers({ counts }: { counts: number[] }) {
  const most = Math.max(1, ...counts);
  const all = Array.from({ length: 24 }, (_, rank) => counts[rank] ?? 0);
  return (
    <figure class="bars" role="img" aria-label={`Registers by rank: ${counts.map((count, rank) => `${count} hold ${rank}`).join(', ')}`}>
      {all.map((count, rank) => (
        <span key={rank} title={`${whole(count)} registers hold ${rank}`}>
          <i style={{ '--part': count / most }} />
          <b>{rank}</b>
        </span>
      ))}
    </figure>
  );
}
