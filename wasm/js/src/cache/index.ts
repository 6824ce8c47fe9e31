/**
 * Caching as it is done, on a store inside the program or on any Redis.
 *
 *     const cache = createCache(db, { prefix: 'app', ttl: 60_000, jitter: 0.1, stale: 30_000 });
 *     const user = await cache.getOrSet(cache.key('user', id), () => loadUser(id));
 *
 * A value is kept with the time that loading it took. It is fresh for `ttl`, then stale for `stale`: who finds a stale one
 * gets it at once, and it is loaded again behind his back. Whether it is fresh is told by the key's own time to live, so
 * clocks of programs don't matter.
 *
 *     fresh ── ttl ──► stale ── stale ──► gone
 *
 * Against many who miss at once: within a program they share one loading; among programs one has the lock and the others
 * wait for what it loads. And a value that is asked for often is loaded again a little before its time, by chance, the
 * sooner the longer loading takes.
 */
import { type AnyClient, type Call, callerOf } from './caller.js';
import { type WriteBehind, type WriteBehindOptions, writeBehind } from './behind.js';

export type { AnyClient };
export type { WriteBehind, WriteBehindOptions };

/** How long an entry is good. */
export interface EntryOptions {
  /** How long a value is fresh, in milliseconds. */
  ttl?: number;
  /** By which part of it that may be less, by chance, so that values don't all end at once: 0.1 is ten percent. */
  jitter?: number;
  /** How long a value may be used after that while it is loaded again, in milliseconds. */
  stale?: number;
  /** How eagerly a value is loaded again before its time; 0: never, 1: as theory says. */
  beta?: number;
}

/** What holds for all entries. */
export interface CacheOptions extends EntryOptions {
  /** What all keys begin with. */
  prefix?: string;
  /** How long a program may take to load before another one tries, in milliseconds. */
  lockTtl?: number;
  /** How values become text; JSON unless said otherwise. */
  codec?: { encode(value: unknown): string; decode(text: string): unknown };
  /** Chance, for tests: a number from 0 to 1. */
  random?(): number;
}

/** What a cache has done so far. */
export interface Stats {
  /** Fresh values that were found. */
  hits: number;
  /** Values that were not there. */
  misses: number;
  /** Stale values that were given while they were loaded again. */
  stale: number;
  /** Loadings. */
  loads: number;
  /** Those of them that were before a value's time. */
  early: number;
  /** Calls that waited for somebody else's loading. */
  waits: number;
  /** Loadings that failed. */
  errors: number;
  /** Hits among all that were asked for, from 0 to 1. */
  readonly hitRate: number;
}

interface Kept {
  value: unknown;
  /** How long loading it took, in milliseconds. */
  took: number;
  /** How long it is still fresh; below 0: it is stale. */
  freshMs: number;
}

const defaults = {
  prefix: '',
  ttl: 60_000,
  jitter: 0,
  stale: 0,
  beta: 1,
  lockTtl: 10_000,
  codec: { encode: JSON.stringify as (value: unknown) => string, decode: JSON.parse as (text: string) => unknown },
  random: Math.random,
};

const longest = 1e13;
/** What numbers may be; times are milliseconds. */
const bounds = [
  ['ttl', 1, longest],
  ['stale', 0, longest],
  ['lockTtl', 1, longest],
  ['jitter', 0, 1],
  ['beta', 0, longest],
] as const;

const unlock = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
/** How often one who waits for another program's loading looks, in milliseconds. */
const lookEvery = 25;

/** A cache on a store. */
export class Cache {
  private readonly call: Call;
  private readonly options: typeof defaults;
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly counted = { hits: 0, misses: 0, stale: 0, loads: 0, early: 0, waits: 0, errors: 0 };

  /** On a database of this package, or on a client of ioredis or node-redis. */
  constructor(client: AnyClient, options: CacheOptions = {}) {
    this.call = callerOf(client);
    const unknown = Object.keys(options).find((name) => !(name in defaults));
    if (unknown !== undefined) throw new TypeError(`cache: there is no option ${unknown}; there are ${Object.keys(defaults).join(', ')}`);
    this.options = this.with(options);
  }

  /** A key out of parts: `key('user', 7)` is `user:7`. What would look like another part is escaped. */
  key(...parts: (string | number)[]): string {
    const wrong = parts.find((part) => typeof part !== 'string' && typeof part !== 'number');
    if (wrong !== undefined || parts.includes(undefined as never)) throw new TypeError(`cache: a part of a key is ${wrong}; it must be a string or a number`);
    return parts.map((part) => String(part).replace(/[%:]/g, encodeURIComponent)).join(':');
  }

  /** The value, or what `load` gives, which is then kept. `undefined` is not kept. */
  async getOrSet<T>(key: string, load: () => T | Promise<T>, options: EntryOptions = {}): Promise<T> {
    if (typeof load !== 'function') throw new TypeError(`cache: what loads ${key} is ${String(load)}; it must be a function`);
    const kept = await this.read(key, options);
    if (!kept) {
      this.counted.misses++;
      return this.load(key, load, options) as Promise<T>;
    }
    const { beta, random } = this.with(options);
    const isStale = kept.freshMs <= 0;
    const isEarly = !isStale && beta > 0 && -kept.took * beta * Math.log(random() || Number.MIN_VALUE) >= kept.freshMs;
    this.counted[isStale ? 'stale' : 'hits']++;
    if (isStale || isEarly) {
      if (isEarly) this.counted.early++;
      // Whoever loads it has the error; here there is a value.
      this.refresh(key, load, options).catch(() => {});
    }
    return kept.value as T;
  }

  /** The value, stale or not, or `undefined`. */
  async get<T>(key: string): Promise<T | undefined> {
    const kept = await this.read(key, {});
    this.counted[!kept ? 'misses' : kept.freshMs > 0 ? 'hits' : 'stale']++;
    return kept?.value as T | undefined;
  }

  /** Keeps a value. */
  async set(key: string, value: unknown, options: EntryOptions = {}): Promise<void> {
    await this.keep(key, value, 0, options);
  }

  /** Forgets values; gives how many there were. */
  async delete(...keys: string[]): Promise<number> {
    return keys.length === 0 ? 0 : Number(await this.call('DEL', ...keys.map((key) => this.named(key))));
  }

  /** Read-through: a function that gives the value of a key, from here or from where it comes from. */
  readThrough<T>(load: (key: string) => T | Promise<T>, options: EntryOptions = {}): (key: string) => Promise<T> {
    return (key) => this.getOrSet(key, () => load(key), options);
  }

  /** Write-through: a function that writes to where a value belongs, and then here. If that fails nothing changes here. */
  writeThrough<T>(write: (key: string, value: T) => unknown, options: EntryOptions = {}): (key: string, value: T) => Promise<void> {
    return async (key, value) => {
      await write(key, value);
      await this.set(key, value, options);
    };
  }

  /**
   * Write-behind: values are here at once, and written to where they belong a little later, many together, the last of
   * each key. What waits is kept in the store, and so survives the program if the store does.
   */
  writeBehind<T>(write: (values: Map<string, T>) => unknown, options: WriteBehindOptions & EntryOptions = {}): WriteBehind<T> {
    const { codec } = this.options;
    const queue = this.named(`behind:${options.name ?? 'queue'}`);
    return writeBehind(this.call, queue, codec, (key, value) => this.set(key, value, options), write, options);
  }

  /** Loads values before anybody asks for them, some at a time; those that are there stay as they are. */
  async warm<T>(keys: Iterable<string>, load: (key: string) => T | Promise<T>, options: EntryOptions & { concurrency?: number } = {}): Promise<number> {
    const waiting = [...keys];
    const before = this.counted.loads;
    const work = async () => {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
        const next = key;
        if (!(await this.read(next, options))) await this.load(next, () => load(next), options);
      }
    };
    const { concurrency = 8 } = options;
    if (!(concurrency >= 1)) throw new RangeError(`cache: concurrency is ${concurrency}; it must be 1 or more`);
    await Promise.all(Array.from({ length: concurrency }, work));
    return this.counted.loads - before;
  }

  /** What happened so far. */
  get stats(): Stats {
    const { hits, misses, stale } = this.counted;
    const asked = hits + misses + stale;
    return { ...this.counted, hitRate: asked === 0 ? 0 : hits / asked };
  }

  /** The options for one entry: what is left out, or undefined, is as for all. */
  private with(options: CacheOptions): typeof defaults {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const all = { ...(this.options ?? defaults), ...Object.fromEntries(given) } as typeof defaults;
    for (const [name, least, most] of bounds) {
      if (!(all[name] >= least && all[name] <= most)) throw new RangeError(`cache: ${name} is ${String(all[name])}; it must be a number from ${least} to ${most}`);
    }
    return all;
  }

  private named(key: string): string {
    if (typeof key !== 'string') throw new TypeError(`cache: the key is ${String(key)}; it must be a string`);
    return this.options.prefix ? `${this.options.prefix}:${key}` : key;
  }

  private async read(key: string, options: EntryOptions): Promise<Kept | undefined> {
    const name = this.named(key);
    const { stale, codec } = this.with(options);
    const [text, left] = await Promise.all([this.call('GET', name), this.call('PTTL', name)]);
    if (text === null || text === undefined || Number(left) === -2) return undefined;
    const [, took, encoded = ''] = /^(\d+) ([^]*)$/.exec(String(text)) ?? [];
    const freshMs = Number(left) === -1 ? Infinity : Number(left) - stale;
    try {
      return took === undefined ? undefined : { value: codec.decode(encoded), took: Number(took), freshMs };
    } catch {
      // What another version of the program kept, or somebody else: it is loaded anew.
      return undefined;
    }
  }

  private async keep(key: string, value: unknown, took: number, options: EntryOptions): Promise<void> {
    const { ttl, jitter, stale, codec, random } = this.with(options);
    const fresh = Math.max(1, Math.round(ttl * (1 - jitter * random())));
    const text = codec.encode(value) as unknown;
    if (typeof text !== 'string') throw new TypeError(`cache: the value of ${key} can’t be kept: it is encoded as ${text}, not as a string`);
    await this.call('SET', this.named(key), `${Math.round(took)} ${text}`, 'PX', fresh + Math.round(stale));
  }

  /** Loads a value that is not there: once for all who ask in this program, and only if no other program does. */
  private load<T>(key: string, load: () => T | Promise<T>, options: EntryOptions): Promise<T> {
    return this.once(key, async () => {
      for (;;) {
        const token = await this.lock(key);
        if (token) return this.loadLocked(key, token, load, options);
        this.counted.waits++;
        await new Promise((resolve) => setTimeout(resolve, lookEvery));
        const kept = await this.read(key, options);
        if (kept) return kept.value as T;
      }
    });
  }

  /** Loads a value again that is there, unless somebody does already. */
  private async refresh<T>(key: string, load: () => T | Promise<T>, options: EntryOptions): Promise<void> {
    if (this.loading.has(key)) return;
    await this.once(key, async () => {
      const token = await this.lock(key);
      if (token) await this.loadLocked(key, token, load, options);
    });
  }

  private once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.loading.get(key);
    if (running) {
      this.counted.waits++;
      return running as Promise<T>;
    }
    const begun = work().finally(() => this.loading.delete(key));
    this.loading.set(key, begun);
    return begun;
  }

  private async loadLocked<T>(key: string, token: string, load: () => T | Promise<T>, options: EntryOptions): Promise<T> {
    const started = performance.now();
    this.counted.loads++;
    try {
      const value = await load();
      if (value !== undefined) await this.keep(key, value, performance.now() - started, options);
      return value;
    } catch (error) {
      this.counted.errors++;
      throw error;
    } finally {
      await this.call('EVAL', unlock, 1, `${this.named(key)}:lock`, token);
    }
  }

  private async lock(key: string): Promise<string | undefined> {
    const token = `${Math.random()}`.slice(2) + `${Math.random()}`.slice(2);
    const taken = await this.call('SET', `${this.named(key)}:lock`, token, 'NX', 'PX', this.options.lockTtl);
    return taken === null ? undefined : token;
  }
}

/** A cache on a database of this package, or on a client of ioredis or node-redis. */
export function createCache(client: AnyClient, options?: CacheOptions): Cache {
  return new Cache(client, options);
}
