/** What is said of an address and of options that can't be used (open.ts). */
import { noWord } from './arguments.js';
import { isBytes, known, type Options } from './open.js';

const begins = ['memory:', 'file:', 'idb://', 'opfs://'];
const storages: Record<string, string> = { idb: 'IndexedDB', opfs: 'OPFS' };

/** The error for the first thing that is wrong. */
export function refusal(url: string, options: Options): TypeError {
  const isLike = begins.some((begin) => url.startsWith(begin));
  if (!isLike) return new TypeError(`open: ${JSON.stringify(url)} is no address of a database; it begins with one of ${begins.join(', ')}`);
  if (/^(file:\/*|\w+:\/\/)$/.test(url)) return new TypeError(`open: ${JSON.stringify(url)} names nothing; write ${url.startsWith('file:') ? 'file:./data' : `${url}shop`}`);
  if (Object(options) !== options) return noWord('open', 'what follows the address', options, 'an object of options');
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) return new TypeError(`open: there is no option ${unknown}; there are ${known.join(', ')}`);
  return ofValues(options) ?? ofPlace(url);
}

function ofValues({ appendfsync = 'no', clock, seed = 0, tabs = 'alone', rdb }: Options): TypeError | undefined {
  if (!['always', 'everysec', 'no'].includes(appendfsync)) return new TypeError(`open: appendfsync is ${String(appendfsync)}; it must be always, everysec or no`);
  if (!['shared', 'alone'].includes(tabs)) return new TypeError(`open: tabs is ${String(tabs)}; it must be shared or alone`);
  if (typeof seed === 'number' && !Number.isInteger(seed)) return new TypeError(`open: seed is ${seed}; it must be a whole number or a bigint`);
  if (typeof seed !== 'number' && typeof seed !== 'bigint') return noWord('open', 'seed', seed, 'a whole number or a bigint');
  if (rdb !== undefined && !isBytes(rdb)) return noWord('open', 'rdb', rdb, 'a Blob or bytes, as save() or a file gives them');
  if (clock !== undefined && typeof clock?.unix !== 'function') return noWord('open', 'clock', clock, 'a Clock');
  return undefined;
}

function ofPlace(url: string): TypeError {
  const storage = storages[/^\w+/.exec(url)?.[0] ?? ''];
  const isThere = storage === 'IndexedDB' ? globalThis.indexedDB : globalThis.navigator?.storage?.getDirectory;
  if (storage && !isThere) return new TypeError(`open: there is no ${storage} here for ${url}; in Node, file: keeps data in a folder`);
  return new TypeError('open: a clock can’t be handed to a worker');
}
