/** Microseconds, short. */
export function duration(micros: number): string {
  if (micros < 1000) return `${micros} µs`;
  return micros < 1_000_000 ? `${(micros / 1000).toFixed(micros < 10_000 ? 1 : 0)} ms` : `${(micros / 1_000_000).toFixed(1)} s`;
}

/** The time of day. */
export function time(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** A number, short: 950, 12.3 k, 4.1 M. */
export function count(number: number): string {
  if (number < 10_000) return Math.round(number).toLocaleString('en');
  return number < 1_000_000 ? `${(number / 1000).toFixed(1)} k` : `${(number / 1_000_000).toFixed(1)} M`;
}
