/** Opening a database by its address. */
import { crypto, load, openFolder, spawn } from '#platform';
import { type Clock, machineClock } from './clock.js';
import { remoteAt } from './connection.js';
import { Database, type Place } from './database.js';
import type { Disk } from './disk.js';
import { isStarted, Redstart, start } from './engine.js';
import { EngineError, LockedError } from './errors.js';
import { Host } from './host.js';

/** How a database is opened. */
export interface Options {
  /** Runs the engine in a worker, so that long commands don't hold this thread up. */
  worker?: boolean;
  /** The engine: a module, its bytes, or where to fetch it; found by itself if left out. */
  wasm?: WebAssembly.Module | BufferSource | URL | string;
  /**
   * When what changes is written, where the data are kept: before it is answered (`always`), within a second
   * (`everysec`, the default), or as a whole once a minute and at the end (`no`).
   */
  appendfsync?: 'always' | 'everysec' | 'no';
  /** Whether the tabs of a site share a database (`shared`, the default), or the first one has it `alone`. */
  tabs?: 'shared' | 'alone';
  /** Decides every random choice: the same calls then give the same answers. */
  seed?: number | bigint;
  /** The data to begin with: a file of redis-server's, such as `save` gives. */
  rdb?: Blob | BufferSource;
  /** Where the time comes from; the machine's clock if left out. */
  clock?: Clock;
}

const known = ['appendfsync', 'clock', 'rdb', 'seed', 'tabs', 'wasm', 'worker'];
const schemes = ['memory:', 'file:', 'idb:', 'opfs:'];

/**
 * Opens a database.
 *
 * | address          | where it is                                                                |
 * |------------------|----------------------------------------------------------------------------|
 * | `memory:`        | in memory: a new one each time, gone when it is closed                     |
 * | `file:./data`    | in a folder, in the formats of redis-server: in Node                       |
 * | `idb://shop`     | in IndexedDB, shared by the tabs of a site: in pages                       |
 * | `opfs://shop`    | in the files of a site, shared by its tabs: in pages; always in a worker   |
 */
export async function open(address: string | URL = 'memory:', options: Options = {}): Promise<Database> {
  const url = String(address);
  check(url, options);
  const place = options.worker || needsWorker(url) ? await inWorker(url, options) : await openPlace(url, options);
  return new Database(url, place);
}

function check(url: string, options: Options): void {
  const scheme = /^[a-z]+:/.exec(url)?.[0] ?? '';
  if (!schemes.includes(scheme)) {
    throw new TypeError(`open: ${JSON.stringify(url)} is no address of a database; it begins with one of ${schemes.join(', ')}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`open: there is no option ${name}; there are ${known.join(', ')}`);
  }
  const { appendfsync = 'everysec', tabs = 'shared' } = options;
  if (!['always', 'everysec', 'no'].includes(appendfsync)) throw new TypeError(`open: appendfsync is ${appendfsync}; it must be always, everysec or no`);
  if (!['shared', 'alone'].includes(tabs)) throw new TypeError(`open: tabs is ${tabs}; it must be shared or alone`);
  const [storage, find] = storages[scheme] ?? [];
  if (find && !find()) throw new TypeError(`open: there is no ${storage} here for ${url}`);
  if (options.clock && (options.worker || needsWorker(url))) throw new TypeError('open: a clock can’t be handed to a worker');
}

/** What pages keep data in, and whether it is there. */
const storages: Record<string, [string, () => unknown]> = {
  'idb:': ['IndexedDB', () => globalThis.indexedDB],
  'opfs:': ['OPFS', () => globalThis.navigator?.storage?.getDirectory],
};

/** Only a dedicated worker may write the files of a site in place. */
function needsWorker(url: string): boolean {
  return url.startsWith('opfs:') && !('createSyncAccessHandle' in FileSystemFileHandle.prototype);
}

/** The store of an address, from this thread. */
export async function openPlace(url: string, options: Options): Promise<Place> {
  if (url.startsWith('memory:')) return openHere(options);
  if (url.startsWith('file:')) return openHere(options, await openFolder(url));
  const { openShared, takeAlone } = await import('./shared.js');
  const lead = async () => openHere(options, await openKept(url));
  if (options.tabs !== 'alone') return openShared(url, lead);
  const release = await takeAlone(url);
  if (!release) throw new LockedError(`${url} is already open in another tab`);
  const place = await lead().catch((error) => {
    release();
    throw error;
  });
  return { ...place, close: () => place.close().finally(release) };
}

/** The disk of a page. Only who keeps something loads what it takes. */
async function openKept(url: string): Promise<Disk> {
  if (url.startsWith('idb:')) return (await import('./indexeddb.js')).IndexedDbDisk.open(url);
  return (await import('./opfs.js')).OpfsDisk.open(url.slice('opfs://'.length));
}

/** A store in this thread. */
export async function openHere(options: Options, disk?: Disk): Promise<Place> {
  await ready(options.wasm);
  const clock = options.clock ?? machineClock;
  const now = [clock.unix(), clock.mono()] as const;
  const seed = seedOf(options);
  const store = disk ? Redstart.withDisk(seed, ...now, directives(options)) : new Redstart(seed, ...now);
  const host = new Host(store, clock, disk);
  try {
    await host.begin();
    if (options.rdb) await host.replace(await bytesOf(options.rdb));
  } catch (error) {
    await host.close();
    throw error;
  }
  return {
    host,
    connect: (sink) => host.connect(sink),
    rdb: async () => host.use((store, unix, mono) => (store.setTime(unix, mono), store.saveRdb())),
    close: () => host.close(),
  };
}

/** What redis.conf would say. */
function directives({ appendfsync = 'everysec' }: Options): [string, string][] {
  if (appendfsync !== 'no') return [['appendonly', 'yes'], ['appendfsync', appendfsync]];
  return [['save', '60 1']];
}

async function inWorker(url: string, { worker: _, wasm, ...options }: Options): Promise<Place> {
  const worker = await spawn();
  const module = await moduleOf(wasm);
  const { port1, port2 } = new MessageChannel();
  const remote = remoteAt(port1);
  worker.onFailed = (error) => remote.end(error);
  try {
    await worker.ask({ kind: 'open', url, module, options: { ...options, seed: seedOf(options) }, port: port2 }, [port2]);
  } catch (error) {
    await worker.end();
    throw error;
  }
  return {
    host: undefined,
    connect: (sink) => remote.connect(sink),
    rdb: () => remote.rdb(),
    close: async () => {
      remote.end();
      port1.close();
      await worker.ask({ kind: 'close' });
      await worker.end();
    },
  };
}

async function bytesOf(source: Blob | BufferSource): Promise<Uint8Array> {
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function seedOf({ seed }: Options): bigint {
  if (seed !== undefined) return BigInt.asUintN(64, BigInt(seed));
  return crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine's code, compiled once. */
function moduleOf(wasm: Options['wasm']): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return Promise.resolve(wasm);
  if (wasm === undefined) return (compiled ??= load());
  if (typeof wasm === 'string' || wasm instanceof URL) return load(wasm);
  return WebAssembly.compile(wasm);
}

async function ready(wasm: Options['wasm']): Promise<void> {
  if (isStarted()) return;
  try {
    start(await moduleOf(wasm));
  } catch (error) {
    compiled = undefined;
    if (error instanceof EngineError) throw error;
    throw new EngineError(`the engine can’t be started: ${(error as Error).message}`, { cause: error });
  }
}
