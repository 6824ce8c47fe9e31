/**
 * A store for one test: alone, with a clock, a seed and a log of its own, and with connections that break on demand.
 *
 *     const redis = await testRedis();
 *     app.connect(new Redis({ Connector: redis.Connector }));
 *     redis.clock.advance('1h');
 */
import { Client } from '../client.js';
import { noWord } from '../arguments.js';
import { Database, SyncCaller } from '../database.js';
import { openHere } from '../open.js';
import { type ConnectorClass, connectorTo } from '../node/connector.js';
import { TestClock } from './clock.js';
import { FaultyLine, type Logged } from './line.js';

export type { Logged };
export type { Time } from './clock.js';
export { TestClock };

/** What a store in a test begins with. */
export interface TestOptions {
  /** Decides every random choice; the same in every run unless it is given. */
  seed?: number | bigint;
  /** Data to begin with: a file of redis-server's, or what `save` gave. */
  rdb?: Blob | BufferSource;
}

/** What a snapshot holds. */
export interface Snapshot {
  /** A file of redis-server's. */
  readonly data: Uint8Array;
}

/** A store in a test: a database with every command, and more. */
export class TestRedis extends Database {
  /** The store's time. It also follows the fake timers of vitest, jest and node:test. */
  readonly clock: TestClock;
  private readonly line: FaultyLine;
  private noted: SyncCaller | undefined;

  /** @internal */
  constructor(place: ConstructorParameters<typeof Database>[1], clock: TestClock) {
    const line = new FaultyLine(place);
    super('memory:', { ...place, connect: (sink) => line.connect(sink) });
    this.line = line;
    this.clock = clock;
  }

  /** Calls that answer at once: they are in the log, too, and there is no network that could fail. */
  override get sync(): SyncCaller {
    const caller = super.sync;
    return (this.noted ??= caller && new SyncCaller({ connect: (sink) => this.line.noted(this.here.connect(sink)) }));
  }

  /** Every command that clients sent, in order; `HELLO` and what else clients send by themselves included. */
  get log(): readonly Logged[] {
    return this.line.log;
  }

  /** Just the words: `['SET', 'k', 'v']`, without what clients say of themselves. */
  commands(): string[][] {
    return this.log.map(({ command }) => command).filter(([name = '']) => !['HELLO', 'CLIENT', 'INFO'].includes(name));
  }

  /** Breaks every connection, as a network that fails. */
  dropConnections(): void {
    this.line.drop();
    // This client is the test's own: it goes on.
    this.renew();
  }

  /** Refuses the next connections. */
  refuseConnections(count = 1): void {
    if (!(Number.isInteger(count) && count >= 0)) throw new RangeError(`refuseConnections: ${String(count)} is no number of connections`);
    this.line.refuse(count);
  }

  /** Makes every answer late by so many milliseconds; 0: no longer. */
  slowReplies(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`slowReplies: ${String(ms)} is no time in milliseconds`);
    this.line.slow(ms);
  }

  /** All data as they are. */
  snapshot(): Snapshot {
    return { data: this.here.use((store, unix, mono) => (store.setTime(unix, mono), store.saveRdb())) };
  }

  /** The data of a snapshot, in the place of those that are there. */
  restoreSnapshot(snapshot: Snapshot): void {
    const data = snapshot?.data;
    if (!(data instanceof Uint8Array)) throw noWord('restoreSnapshot', 'the snapshot', snapshot, 'what snapshot() gave');
    this.here.use((store, unix, mono) => (store.setTime(unix, mono), store.loadRdb(data)));
  }

  /** Empties it, log and faults included. */
  async reset(): Promise<void> {
    this.line.slow(0);
    this.line.refuse(0);
    await this.flushall();
    this.line.log.length = 0;
  }

  /** What ioredis takes as its `Connector` option, under this test's log and faults. */
  override get Connector(): ConnectorClass {
    return connectorTo(() => this.origin);
  }

  private get here() {
    return this.place.host as NonNullable<typeof this.place.host>;
  }
}

/** Opens a store for a test. */
export async function testRedis(options: TestOptions = {}): Promise<TestRedis> {
  if (Object(options) !== options) throw noWord('testRedis', 'what is said', options, 'an object of options');
  const unknown = Object.keys(options).find((name) => !['rdb', 'seed'].includes(name));
  if (unknown !== undefined) throw new TypeError(`testRedis: there is no option ${unknown}; there are rdb, seed`);
  const { seed = 1, rdb } = options;
  const clock = new TestClock();
  const place = await openHere({ seed, clock, ...(rdb && { rdb }) });
  clock.moved = () => place.host?.tick();
  return new TestRedis(place, clock);
}

/** What a runner of tests has. */
export interface Hooks {
  /** Has something done before each test. */
  beforeEach(work: () => Promise<void>): unknown;
  /** Has something done after each test. */
  afterEach(work: () => Promise<void>): unknown;
}

/** A store for each test of a file or a block: what it gives is the one of the test that runs. */
export function useRedisWith({ beforeEach, afterEach }: Hooks, options?: TestOptions): TestRedis {
  let current: TestRedis | undefined;
  beforeEach(async () => {
    current = await testRedis(options);
  });
  afterEach(async () => {
    await current?.close();
    current = undefined;
  });
  return new Proxy({} as TestRedis, {
    get(_, name) {
      if (!current) throw new Error('useRedis: there is a store only while a test runs');
      const value: unknown = Reflect.get(current, name, current);
      return typeof value === 'function' && name !== 'Connector' ? value.bind(current) : value;
    },
  });
}

export { Client };
