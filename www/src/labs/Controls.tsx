import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Controls in a row that wraps. */
export function Controls({ children }: { children: ComponentChildren }) {
  return <div class="controls">{children}</div>;
}

/** One of a few. What is chosen shows at once, before what is drawn has come to it. */
export function Choice<T extends string | number>({ label, options, value, onChange }: { label: string; options: readonly (readonly [T, string])[]; value: T; onChange(value: T): void }) {
  const [chosen, choose] = useState(value);
  useEffect(() => choose(value), [value]);
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={label} checked={option === chosen} onChange={() => {
            choose(option);
            onChange(option);
          }} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A number that is moved. */
export function Slider({ label, value, min, max, step = 1, show = String, onInput }: { label: string; value: number; min: number; max: number; step?: number; show?(value: number): string; onInput(value: number): void }) {
  return (
    <label class="slider">
      <span>{label}</span>
      <input type="range" min={min} max={max} step={step} value={value} aria-valuetext={show(value)} onInput={(event) => onInput(event.currentTarget.valueAsNumber)} />
      <output>{show(value)}</output>
    </label>
  );
}

/** Something measured. */
export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/**
 * Goes on for as long as there is something to do: `step` is called with every frame, after what the last one asked for has
 * come, with the milliseconds that passed; it ends when it gives false.
 */
export function useSteps(on: boolean, step: (passed: number) => Promise<unknown> | false): void {
  const latest = useRef(step);
  latest.current = step;
  useEffect(() => {
    if (!on) return;
    let frame = 0;
    let last = performance.now();
    let ended = false;
    const next = async (now: number) => {
      // A page that was hidden goes on where it was.
      const going = latest.current(Math.min(now - last, 100));
      last = now;
      if (going === false) return;
      await going;
      if (!ended) frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
    return () => {
      ended = true;
      cancelAnimationFrame(frame);
    };
  }, [on]);
}
