/** What the page and the worker say of time: the timeline, the clock, what a command did, sessions that are passed on. */

export type TimeAsk =
  /** Go to the moment before a step of the timeline, or (null) to its end; `terminal` is where to say so. */
  | { kind: 'travel'; to: number | null; terminal?: number }
  /** Let the store's time go so many times as fast (0, 1, 10, 100), or put it forward. */
  | { kind: 'pace'; pace: number }
  | { kind: 'advance'; ms: number }
  /** Give what was done in this session as text. */
  | { kind: 'session' }
  /** Look what such a text would do; begin to do it; do its next line. */
  | { kind: 'offer'; text: string }
  | { kind: 'replay'; fresh: boolean }
  | { kind: 'play' };

export type TimeTell =
  | { kind: 'timeline'; view: TimelineView }
  | { kind: 'clock'; view: ClockView }
  /** `script` is what was typed, and what buttons did; `transcript` also what was answered. */
  | { kind: 'session'; script: string; transcript: string }
  | { kind: 'offer'; view: OfferView | null; problem: string | null }
  | { kind: 'played'; done: number; total: number };

export interface TimelineView {
  /** The steps that are kept, the oldest first. Their numbers grow, and no number comes again. */
  steps: { id: number; label: string; changes: boolean }[];
  /** How many of them are done; the others are undone. */
  at: number;
  /** The number of the next one. */
  next: number;
}

export interface ClockView {
  /** The store's time, in Unix milliseconds, when this was told. */
  at: number;
  /** By how many milliseconds it is ahead of the page's. */
  ahead: number;
  /** How many times as fast it goes; 0 if it stands still. */
  pace: number;
}

export interface OfferView {
  lines: string[];
  commands: number;
  /** Keys that are there already. */
  keys: number;
  /** An empty database to replay it in, beside them; null if it would reach out of that. */
  fresh: number | null;
  terminals: number[];
  /** Whether some of the lines, `k> …`, are what buttons did. */
  buttons: boolean;
}

export interface DidView {
  command: string;
  complexity: string;
  /** What is known of the numbers in `complexity`. */
  counts: { what: string; count: number }[];
  keys: KeyDid[];
  more: number;
  propagated: string[];
  /** Why nothing is propagated, if nothing is. */
  note: string;
  events: { name: string; class: string; db: number; label: string }[];
  /** When, in Unix milliseconds as the store has it. */
  at: number;
  /** Bytes used before and after. */
  memory: [number, number];
}

export interface KeyDid {
  db: number;
  key: Uint8Array;
  label: string;
  /** `read`, `written`, `created`, … */
  done: string;
  was: Form | null;
  is: Form | null;
}

export interface Form {
  type: string;
  encoding: string;
  elements: number;
  memory: number;
  expiresAt: number | null;
}
