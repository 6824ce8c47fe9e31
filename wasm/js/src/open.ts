/** Opening a database by its address. */
import { load, spawn } from '#platform';
import { type Clock, machineClock } from './clock.js';
import { Remote } from './connection.js';
import { Database, type Place } from './database.js';
import { isStarted, Redstart, start } from './engine.js';
import { EngineError } from './errors.js';
import { Host } from './host.js';

export interface Options {
  /** Runs the engine in a worker, so that long commands don't hold this thread up. */
  worker?: boolean;
  /** The engine: a module, its bytes, or where to fetch it; found by itself if left out. */
  wasm?: WebAssembly.Module | BufferSource | URL | string;
  /** Decides every random choice: the same calls then give the same answers. */
  seed?: number | bigint;
  /** The data to begin with: a file of redis-server's, such as `save` gives. */
  rdb?: Blob | BufferSource;
  /** Where the time comes from; the machine's clock if left out. */
  clock?: Clock;
}

const known = ['worker', 'wasm', 'seed', 'rdb', 'clock'];

/** Opens a database: `memory:` is a new one each time, gone when it is closed. */
export async function open(address: string | URL = 'memory:', options: Options = {}): Promise<Database> {
  const url = String(address);
  check(url, options);
  const place = options.worker ? await inWorker(options) : await openHere(options);
  return new Database(url, place);
}

function check(url: string, options: Options): void {
  const scheme = /^[a-z]+:/.exec(url)?.[0];
  if (scheme !== 'memory:') {
    throw new TypeError(`open: ${JSON.stringify(url)} is no address of a database; it begins with memory:`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`open: there is no option ${name}; there are ${known.join(', ')}`);
  }
  if (options.worker && options.clock) throw new TypeError('open: a clock can’t be handed to a worker');
}

/** A store in this thread. */
export async function openHere(options: Options): Promise<Place> {
  await ready(options.wasm);
  const clock = options.clock ?? machineClock;
  const store = new Redstart(seedOf(options), clock.unix(), clock.mono());
  const host = new Host(store, clock);
  const place: Place = {
    host,
    connect: (sink) => host.connect(sink),
    rdb: async () => host.use((store, unix, mono) => (store.setTime(unix, mono), store.exportData())),
    close: async () => host.close(),
  };
  await begin(options, (bytes) => host.use((store) => store.importData(bytes)));
  return place;
}

async function inWorker(options: Options): Promise<Place> {
  const worker = await spawn();
  const module = await moduleOf(options.wasm);
  const { port1, port2 } = new MessageChannel();
  const remote = new Remote(port1);
  worker.onFailed = (error) => remote.end(error);
  await worker.ask({ kind: 'open', module, seed: seedOf(options), port: port2 }, [port2]);
  await begin(options, (bytes) => worker.ask({ kind: 'import', bytes }));
  return {
    host: undefined,
    connect: (sink) => remote.connect(sink),
    rdb: () => worker.ask({ kind: 'export' }) as Promise<Uint8Array>,
    close: async () => {
      remote.end();
      await worker.end();
    },
  };
}

async function begin({ rdb }: Options, fill: (bytes: Uint8Array) => unknown): Promise<void> {
  if (rdb === undefined) return;
  await fill(rdb instanceof Blob ? new Uint8Array(await rdb.arrayBuffer()) : bytesOf(rdb));
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function seedOf({ seed }: Options): bigint {
  if (seed !== undefined) return BigInt.asUintN(64, BigInt(seed));
  return globalThis.crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
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
