/**
 * Stores of this program by name: those that stand in for an address (`localhost:6379`), opened when they are first
 * asked for, and those that a program opened itself and wants to reach through a path.
 *
 * There is one list for the whole program, whichever copies of this file it has loaded.
 */
import type { Database } from '../database.js';
import { open } from '../open.js';

const slot = Symbol.for('redstart.stores');
const holder = globalThis as { [slot]?: Map<string, Promise<Database> | Database> };
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
  const opened = open('memory:');
  stores.set(name, opened);
  return opened;
}

/** The path of a database. */
export function pathOf(db: Database): string {
  for (const [name, store] of stores) if (store === db) return scheme + name;
  const name = `#${stores.size + 1}`;
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
