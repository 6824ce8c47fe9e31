import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { stats, watch } from './state';
import { bytes } from '../keys/format';
import { count } from './format';
import type { Stats } from './protocol';
import './panels.css';

/** The seconds that are shown. */
const most = 60;

/** The part of reads that found their key, in percent; null if there were none. */
function rate({ hits, misses }: { hits: number; misses: number }): number | null {
  return hits + misses > 0 ? (100 * hits) / (hits + misses) : null;
}

const charts: { label: string; of: (one: Stats) => number | null; show: (number: number) => string; most?: number }[] = [
  { label: 'Commands per second', of: (one) => one.commands, show: count },
  { label: 'Memory in use', of: (one) => one.memory, show: bytes },
  { label: 'Clients', of: (one) => one.clients, show: count },
  { label: 'Hit rate', of: rate, show: (percent) => `${Math.round(percent)} %`, most: 100 },
  { label: 'Bytes in per second', of: (one) => one.input, show: bytes },
  { label: 'Bytes out per second', of: (one) => one.output, show: bytes },
];

/** What goes on, second by second, while it is looked at. */
export function StatsPanel() {
  const seen = useSignal<Stats[]>([]);
  useEffect(() => {
    stats.value = null;
    watch('stats');
    return () => watch(null);
  }, []);
  useSignalEffect(() => {
    const one = stats.value;
    if (one) seen.value = [...seen.peek().slice(1 - most), one];
  });
  const last = seen.value.at(-1);
  const sum = (of: (one: Stats) => number) => seen.value.reduce((sum, one) => sum + of(one), 0);
  return (
    <div class="panel">
      <div class="panel-bar">
        <p>
          {last
            ? `${seen.value.length.toLocaleString('en')} s: ${count(sum((one) => one.hits))} hits, ${count(sum((one) => one.misses))} misses, ${count(sum((one) => one.expired))} expired, ${count(sum((one) => one.evicted))} evicted; memory at its most ${bytes(last.peak)}`
            : 'Every second is a point. The first is on its way.'}
        </p>
      </div>
      <div class="panel-body charts" tabIndex={0} role="region" aria-label="Stats">
        {charts.map(({ label, of, show, most }) => (
          <Chart key={label} label={label} points={seen.value.map(of)} show={show} most={most} />
        ))}
      </div>
    </div>
  );
}

/** A small chart of the last seconds; its newest point is at the right. */
function Chart({ label, points, show, most: top }: { label: string; points: (number | null)[]; show: (number: number) => string; most?: number }) {
  const known = points.filter((point) => point !== null);
  const last = known.at(-1);
  const highest = top ?? Math.max(1, ...known);
  const [width, height] = [most, 40];
  const path = points
    .map((point, i) => (point === null ? null : `${i === 0 || points[i - 1] === null ? 'M' : 'L'}${width - points.length + i + 1} ${(height - 1 - (point / highest) * (height - 2)).toFixed(1)}`))
    .filter((part) => part !== null)
    .join('');
  return (
    <figure class="spark">
      <figcaption>
        {label} <b>{last === undefined ? '–' : show(last)}</b>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={last === undefined ? `${label}: nothing yet` : `${label}: now ${show(last)}, at the most ${show(Math.max(...known))}`}>
        <path d={path} vector-effect="non-scaling-stroke" />
      </svg>
    </figure>
  );
}
