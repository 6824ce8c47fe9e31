/** What the worker tells to panels. The Rust side of these shapes is in playground/src/view/panels.rs. */
import type { KeyRow } from '../keys/protocol';

/** What can be watched as it happens. */
export type Watched = 'slow-log' | 'stats';

/** Where a database's memory is. */
export interface MemoryView {
  db: number;
  all: Share;
  expiring: Share;
  types: Share[];
  prefixes: Share[];
  biggest: KeyRow[];
}

/** Some of the keys: what they have in common, how many they are, their memory in bytes. */
export interface Share {
  label: string;
  keys: number;
  memory: number;
}

export interface SlowLogView {
  /** From how many microseconds on a call is kept; less than 0 keeps none. */
  threshold: number;
  /** The latest first. */
  calls: SlowCall[];
}

export interface SlowCall {
  id: number;
  /** Unix milliseconds, to the second. */
  at: number;
  micros: number;
  command: string;
  client: string;
}

/** What went on in about a second; commands and bytes are per second. */
export interface Stats {
  /** Unix milliseconds. */
  at: number;
  commands: number;
  memory: number;
  peak: number;
  clients: number;
  hits: number;
  misses: number;
  expired: number;
  evicted: number;
  input: number;
  output: number;
}
