/** Where the engine's time comes from. */

/** Two clocks and an alarm. Times are in milliseconds. */
export interface Clock {
  /** Since 1970. */
  unix(): number;
  /** Since any moment; never goes back. */
  mono(): number;
  /** Calls back once, after `ms`; gives what ends that. */
  alarm(ms: number, ring: () => void): () => void;
  /** Something else once alarms that were set before may not ring any more. */
  epoch?(): unknown;
}

/** By how much the monotonic clock is ahead of the machine's: a replaced one may begin anew. */
let shift = 0;
let latest = 0;

/**
 * The machine's. Its functions are looked up each time, so that whoever replaces them (fake timers of a test) moves the
 * engine's time, too.
 */
export const machineClock: Clock = {
  unix: () => Date.now(),
  mono() {
    const now = performance.now();
    if (now + shift < latest) shift = latest - now;
    latest = now + shift;
    return latest;
  },
  epoch: () => globalThis.setTimeout,
  alarm(ms, ring) {
    // A longer one would ring at once.
    const timer: unknown = globalThis.setTimeout(ring, Math.min(ms, 2 ** 31 - 1));
    unref(timer);
    return () => globalThis.clearTimeout(timer as number);
  },
};

/** In Node a timer keeps the program running unless it is told not to. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer && 'unref' in timer) (timer as { unref(): void }).unref();
}

/** Keeps the program running, in Node, until the function that it gives is called. */
export function holdProgram(): () => void {
  const timer = globalThis.setInterval(() => {}, 2 ** 30);
  return () => globalThis.clearInterval(timer);
}
