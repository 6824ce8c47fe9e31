/** Opening a database by its address. */
import { crypto, load, openFolder } from '#platform';
import { type Clock, machineClock } from './clock.js';
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

/** The options that there are. */
export const known = ['appendfsync', 'clock', 'rdb', 'seed', 'tabs', 'wasm', 'worker'];

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
  // What is wrong takes many words, which only who hears them loads.
  if (!isFine(url, options)) throw (await import('./refusal.js')).refusal(url, options);
  const place = options.worker || needsWorker(url) ? await inWorker(url, options) : await openPlace(url, options);
  return new Database(url, place);
}

function isFine(url: string, options: Options): boolean {
  if (!/^(memory:|file:(?!\/*$)|(idb|opfs):\/\/.)/.test(url) || Object(options) !== options) return false;
  const { appendfsync = 'no', clock, rdb, seed = 0, tabs = 'alone' } = options;
  return (
    Object.keys(options).every((name) => known.includes(name)) &&
    /^(always|everysec|no)$/.test(appendfsync) &&
    /^(shared|alone)$/.test(tabs) &&
    (typeof seed === 'bigint' || Number.isInteger(seed)) &&
    (rdb === undefined || isBytes(rdb)) &&
    (clock === undefined || typeof clock?.unix === 'function') &&
    (!url.startsWith('idb:') || !!globalThis.indexedDB) &&
    (!url.startsWith('opfs:') || !!globalThis.navigator?.storage?.getDirectory) &&
    !(clock && (options.worker || needsWorker(url)))
  );
}

/** What data can be handed over as. */
export const isBytes = (it: unknown): it is Blob | BufferSource => it instanceof Blob || it instanceof ArrayBuffer || ArrayBuffer.isView(it);

/** Only a dedicated worker may write the files of a site in place. */
function needsWorker(url: string): boolean {
  return url.startsWith('opfs:') && !('createSyncAccessHandle' in FileSystemFileHandle.prototype);
}

/** The store of an address, from this thread. */
export async function openPlace(url: string, options: Options): Promise<Place> {
  if (url.startsWith('memory:')) return openHere(options);
  if (url.startsWith('file:')) return openHere(options, await openFolder(url));
  const { openShared, takeAlone } = await import('./shared.js');
  const { rdb, ...later } = options;
  // What it begins with is for now: who leads later goes on with what is there.
  const lead = async (begins = true) => openHere(begins ? options : later, await openKept(url));
  if (options.tabs !== 'alone') return openShared(url, lead, rdb !== undefined);
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
  let opened: Host | undefined;
  try {
    await ready(options.wasm);
    const clock = options.clock ?? machineClock;
    const now = [clock.unix(), clock.mono()] as const;
    const kept = disk && (await (await import('./disk.js')).survey(disk, options.appendfsync));
    const seed = seedOf(options);
    opened = new Host(kept ? Redstart.withDisk(seed, ...now, kept.directives) : new Redstart(seed, ...now), clock, disk);
    await opened.begin();
    if (kept?.isSnapshot) await opened.rewrite((store) => store.call(['CONFIG', 'SET', 'appendonly', 'yes']));
    if (options.rdb) await begin(opened, await bytesOf(options.rdb));
  } catch (error) {
    await (opened ?? disk)?.close();
    throw error;
  }
  const host = opened;
  return {
    host,
    connect: (sink) => host.connect(sink),
    rdb: async () => host.use((store, unix, mono) => (store.setTime(unix, mono), store.saveRdb())),
    close: () => host.close(),
  };
}

async function begin(host: Host, rdb: Uint8Array): Promise<void> {
  await host.rewrite((store) => {
    try {
      store.loadRdb(rdb);
    } catch (error) {
      throw new EngineError(`rdb is no file of redis-server’s, or a broken one: ${(error as Error).message}`);
    }
  });
}

/** A store in a worker. Only who wants that loads what it takes. */
async function inWorker(url: string, { worker: _, wasm, ...options }: Options): Promise<Place> {
  const module = await compiledFrom(wasm);
  return (await import('./remote.js')).openInWorker({ kind: 'open', url, module, options: { ...options, seed: seedOf(options) } });
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

async function compiledFrom(wasm: Options['wasm']): Promise<WebAssembly.Module> {
  try {
    return await moduleOf(wasm);
  } catch (error) {
    compiled = undefined;
    if (error instanceof EngineError) throw error;
    throw new EngineError(`the engine can’t be started: ${(error as Error).message}`, { cause: error });
  }
}

async function ready(wasm: Options['wasm']): Promise<void> {
  if (!isStarted()) start(await compiledFrom(wasm));
}
