/** What the worker tells of keys. The Rust side of these shapes is in playground/src/view/keys.rs. */

/** What the list of keys shows. */
export interface Browse {
  db: number;
  /** A glob. */
  pattern: string;
  /** As TYPE says; empty is any. */
  type: string;
  sort: 'name' | 'size' | 'memory' | 'ttl';
  reverse: boolean;
  /** Whether keys stand in branches, by the parts of their names. */
  tree: boolean;
  /** Branches that are to be open, and closed. Others are open if the database is small. */
  open: Uint8Array[];
  closed: Uint8Array[];
  limit: number;
}

export interface KeysView {
  db: number;
  /** Keys in each database: only those that have some, and db 0. */
  databases: { db: number; keys: number }[];
  /** Of the keys that match the pattern, how many are of each type. */
  types: { type: string; keys: number }[];
  /** Keys that match the pattern and the type, and their memory in bytes. */
  total: number;
  memory: number;
  rows: Row[];
  /** How many more there are than `rows`. */
  more: number;
}

/** A row: its name within its branch, how deep it stands, which it is of how many. All count from 1. */
export interface Row {
  name: string;
  level: number;
  place: number;
  of: number;
  item: ({ kind: 'branch' } & Branch) | ({ kind: 'key' } & KeyRow);
}

/** Keys whose names begin alike. */
export interface Branch {
  prefix: Uint8Array;
  label: string;
  open: boolean;
  keys: number;
  memory: number;
  changed: boolean;
}

export interface KeyRow {
  key: Uint8Array;
  /** The key as redis-cli would quote it, without the quotes if it needs none. */
  label: string;
  type: string;
  encoding: string;
  /** Unix milliseconds, or null. */
  expiresAt: number | null;
  /** Bytes of a string, elements of a collection. */
  size: number;
  /** Bytes of memory, as MEMORY USAGE would say. */
  memory: number;
  /** It changed since the last view. */
  changed: boolean;
}

export interface ValueView {
  row: KeyRow;
  /** Seconds since it was last used; or how often it is, where uses are counted. */
  idle: number;
  frequency: number | null;
  content: ({ kind: 'text' } & TextView) | ({ kind: 'elements' } & ElementsView);
}

/** A string, or its beginning. */
export interface TextView {
  value: Uint8Array;
  cut: boolean;
}

/** A page of a collection. */
export interface ElementsView {
  from: number;
  total: number;
  rows: Element[];
  /** The groups that read a stream. */
  groups: { label: string; consumers: number; pending: number; lastId: string; lag: number | null }[];
}

export interface Element {
  /** What commands know it by: an index, a field, a member, an id. */
  name: Uint8Array;
  /** What belongs to it: an item, a value, nothing, a score; of an entry, fields and values in turn. */
  words: Uint8Array[];
  expiresAt: number | null;
  /** Only the beginning of it is here. */
  cut: boolean;
}
