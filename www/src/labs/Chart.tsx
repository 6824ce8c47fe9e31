import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../theme';

export interface Series {
  name: string;
  values: (number | null)[];
  /** A colour of the page, such as `--rust`. */
  colour: string;
  /** Lines are drawn dashed where they are not measured, such as a bound. */
  dashed?: boolean;
}

interface Props {
  /** What is drawn, for who does not see it: the last values are said behind it. */
  label: string;
  x: number[];
  series: Series[];
  /** A scale on which each step is ten times the one before. */
  logarithmic?: boolean;
  showX?: (x: number) => string;
  showY?: (y: number) => string;
  /** The least and the most that y shows; what is left out follows the data. */
  range?: [number | null, number | null];
  height?: number;
}

const plain = (value: number) => value.toLocaleString('en');

/** Lines over a common x. */
export function Chart(props: Props) {
  const { label, x, series, showY = plain, height = 240 } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const data = [x, ...series.map(({ values }) => values)] as uPlot.AlignedData;
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const drawn = new uPlot(options(props, current), data, current);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: current.clientWidth, height }));
    resized.observe(current);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
    // Another theme has other colours.
  }, [theme.value, series.map(({ name, colour }) => name + colour).join()]);
  useEffect(() => plot.current?.setData(data));
  const last = series.map(({ name, values }) => {
    const value = values.findLast((value) => value !== null);
    return `${name} ${value == null ? 'nothing yet' : showY(value)}`;
  });
  return (
    <figure class="chart" role="img" aria-label={`${label}: ${last.join(', ')}`}>
      <p aria-hidden="true">
        {series.map(({ name, colour, dashed }) => (
          <span key={name} class={dashed ? 'key dashed' : 'key'} style={{ '--key': `var(${colour})` }}>{name}</span>
        ))}
      </p>
      <div ref={place} style={{ height: `${height}px` }} />
    </figure>
  );
}

function options({ series, logarithmic = false, showX = plain, showY = plain, range, height = 240 }: Props, place: HTMLElement): uPlot.Options {
  const colour = (name: string) => resolved(place, name);
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } };
  return {
    width: place.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, ...(logarithmic && { distr: 3 as const }) },
      y: range ? { range: (_, low, high) => [range[0] ?? low, range[1] ?? Math.max(high, low + 1e-9)] } : {},
    },
    series: [{}, ...series.map(({ colour: name, dashed }) => ({ stroke: colour(name), width: dashed ? 1 : 2, ...(dashed && { dash: [5, 4] }), points: { show: false } }))],
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : showX(tick))) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : showY(tick))) },
    ],
  };
}

/** A colour as a canvas understands it: `light-dark()` is resolved. */
export function resolved(place: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
