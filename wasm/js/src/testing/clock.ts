/** A clock that goes with the machine's, and further when it is told to. */
import { type Clock, machineClock } from '../clock.js';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `250`, `'10s'`, `'1h'`: milliseconds, or a number with its unit. */
export type Time = number | `${number}${keyof typeof units}`;

/** A store's time in a test. */
export class TestClock implements Clock {
  private ahead = 0;
  private frozen: { unix: number; mono: number } | undefined;
  /** @internal Hears that the time has changed. */
  moved: () => void = () => {};

  /** Lets time pass at once: what is due in it happens before this returns. */
  advance(time: Time): void {
    const ms = toMs(time);
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`advance: ${time} is no time to let pass`);
    this.ahead += ms;
    this.moved();
  }

  /** Stops the time: from now on it passes only with `advance`. */
  freeze(): void {
    this.frozen ??= { unix: machineClock.unix(), mono: machineClock.mono() };
  }

  /** Lets it go on from where it stands. */
  unfreeze(): void {
    if (!this.frozen) return;
    this.ahead -= machineClock.mono() - this.frozen.mono;
    this.frozen = undefined;
    this.moved();
  }

  /** What the store takes the time for. */
  now(): Date {
    return new Date(this.unix());
  }

  /** Milliseconds since 1970. */
  unix(): number {
    return (this.frozen?.unix ?? machineClock.unix()) + this.ahead;
  }

  /** Milliseconds on a clock that never goes back. */
  mono(): number {
    return (this.frozen?.mono ?? machineClock.mono()) + this.ahead;
  }

  /** Changes when alarms that were set ring no more. */
  epoch(): unknown {
    return machineClock.epoch?.();
  }

  /** Rings once, so many milliseconds later; gives what calls that off. */
  alarm(ms: number, ring: () => void): () => void {
    return machineClock.alarm(ms, ring);
  }
}

function toMs(time: Time): number {
  if (typeof time === 'number') return time;
  const [, number = '', unit = ''] = /^([\d.]+)(ms|s|m|h|d)$/.exec(time) ?? [];
  if (!unit) throw new TypeError(`${JSON.stringify(time)} is no time: write 250, '10s' or '1h'`);
  return Number(number) * units[unit as keyof typeof units];
}
