/**
 * Stores of this program by name: those that stand in for an address (`localhost:6379`), opened when they are first
 * asked for, and those that a program opened itself and wants to reach through a path.
 *
 * There is one list for the whole program, whichever copies of this file it has loaded.
 */
import { noWord } from '../arguments.js';
import type { Database } from '../database.js';
import { ClosedError } from '../errors.js';
import { open } from '../open.js';

const slot = Symbol.for('redstart.stores');
const holder = globalThis as { [slot]?: Map<string, Promise<Database> | Database> & { given?: number } };
const stores = (holder[slot] ??= new Map());

/** What a path begins with that is ours. */
export const scheme = 'redstart:';

/** The store that stands in for an address. All names of this machine are one. */
export function storeAt(host: string, port: number): Promise<Database> {
  const local = ['localhost', '127.0.0.1', '::1', '0.0.0.0', ''].includes(host);
  return storeOf(`${local ? 'localhost' : host}:${port}`);
}

/** The store of a name. */
export async function storeOf(name: string): Promise<Database> {
  const known = stores.get(name);
  if (known) return known;
  // Only an address has a store by itself: whoever had a database must not find himself in an empty one.
  if (name.startsWith('#')) throw new ClosedError(`there is no database at ${scheme}${name}: it is closed`);
  const opened = open('memory:');
  stores.set(name, opened);
  return opened;
}

/** The path of a database. */
export function pathOf(db: Database): string {
  for (const [name, store] of stores) if (store === db) return scheme + name;
  if (typeof db?.connect !== 'function') throw noWord('path', 'what it leads to', db, 'a database');
  // A number is given once: who still has the path of a database that is closed must not reach another.
  stores.given = (stores.given ?? 0) + 1;
  const name = `#${stores.given}`;
  if (db.isClosed) return scheme + name;
  stores.set(name, db);
  return scheme + name;
}

/** Forgets a database that is closed. */
export function forget(db: Database): void {
  for (const [name, store] of stores) if (store === db) stores.delete(name);
}

/** Empties every store that stands in for an address. */
export async function flushStores(): Promise<void> {
  for (const store of stores.values()) await (await store).flushall();
}
