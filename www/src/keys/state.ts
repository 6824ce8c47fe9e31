/** Which keys are shown, and which value, as the worker tells them. */
import { signal } from '@preact/signals';
import { kept } from '../kept';
import { ask } from '../store';
import type { Browse, KeysView, ValueView } from './protocol';

export const keys = signal<KeysView | null>(null);
export const value = signal<ValueView | null>(null);
/** The key whose value was asked for. */
export const inspected = signal<Uint8Array | null>(null);
/** How many of its elements come before those that are shown. */
let inspectedFrom = 0;
export const inTree = kept<boolean>('tree', true);
export const browse = signal<Browse>({ db: 0, pattern: '*', type: '', sort: 'name', reverse: false, tree: inTree.value, open: [], closed: [], limit: 100 });

/** Shows a key's value, or a page of it; null for none. */
export function inspect(key: Uint8Array | null, from = 0): void {
  inspected.value = key;
  inspectedFrom = from;
  if (key === null) value.value = null;
  ask({ kind: 'inspect', db: browse.value.db, key, from });
}

/** Asks an engine that does not know yet what is inspected. */
export function lookAgain(): void {
  if (inspected.value) inspect(inspected.value, inspectedFrom);
}

/** Shows other keys, or the same otherwise. */
export function look(change: Partial<Browse>): void {
  const isElsewhere = change.db !== undefined && change.db !== browse.value.db;
  browse.value = { ...browse.value, ...(isElsewhere && { open: [], closed: [], type: '' }), ...change };
  if (isElsewhere) inspect(null);
  ask({ kind: 'browse', ...browse.value });
}
