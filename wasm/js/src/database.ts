/** An open database: a client of it, and the way to others. */
import { closed, connectorOf, listen, socketPath } from '#platform';
import { type Argument, noWord, requested } from './arguments.js';
import { Client } from './client.js';
import { Connection, serve } from './connection.js';
import { ClosedError, ReplyError } from './errors.js';
import type { Host, LocalWire, Sink } from './host.js';
import type { ConnectorClass } from './node/connector.js';
import type { Listener, ListenOptions } from './node/listen.js';
import { Push, Reader, Writer } from './resp.js';
import type { Origin } from './session.js';
import type { KeyChange, Watching } from './watch.js';

/** Where the engine is, and how to do without it. */
export interface Place extends Origin {
  /** The engine, if it is in this thread. */
  readonly host: Host | undefined;
  /** All there is, as bytes of an RDB file. */
  rdb(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A store that is open, and a client of it. */
export class Database extends Client {
  /** @internal */
  isClosed = false;
  private readonly connections = new Set<{ close(): void }>();
  private readonly listeners = new Set<Listener>();
  private caller: SyncCaller | undefined;

  /** @internal */
  constructor(
    /** How it was opened. */
    readonly url: string,
    /** @internal */
    readonly place: Place,
  ) {
    super({
      connect: (sink) => {
        if (this.isClosed) throw new ClosedError(`${url} is closed`);
        return place.connect(sink);
      },
    });
  }

  /** Calls that answer at once, where the engine is in this thread. A command that would wait gets nothing instead. */
  get sync(): SyncCaller {
    const { host } = this.place;
    if (!host) throw new TypeError('sync: this database is in a worker or another tab, whose answers take a turn');
    if (this.isClosed) throw new ClosedError(`${this.url} is closed`);
    this.caller ??= new SyncCaller(host);
    return this.caller;
  }

  /**
   * Calls back with keys like `pattern` that changed, and their values: `const stop = db.watchKeys('user:*', (changes) =>
   * …)`. Changes of one turn come together.
   */
  watchKeys(pattern: string, heard: (changes: KeyChange[]) => void): Watching {
    if (typeof heard !== 'function') throw noWord('watchKeys', 'what is called back', heard, 'a function');
    let stop: (() => void) | undefined;
    let isOver = false;
    // Only who watches keys loads what it takes.
    const ready = import('./watch.js').then(async ({ watchKeys }) => {
      if (isOver) return;
      const watching = watchKeys(this, pattern, heard);
      stop = watching;
      await watching.ready;
    });
    ready.catch(() => {});
    return Object.assign(() => ((isOver = true), stop?.()), { ready });
  }

  /** A connection of plain bytes, for any client that speaks the protocol. */
  connect(): Connection {
    const connection = new Connection(this.origin);
    this.connections.add(connection);
    return connection;
  }

  /** A connection as a port, which can be handed to a worker or a frame: bytes go each way, `null` ends it. */
  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    serve(this.origin, port1);
    return port2;
  }

  /** What ioredis takes to be a client of this database: `new Redis({ Connector: db.Connector })`. */
  get Connector(): ConnectorClass {
    return connectorOf(this);
  }

  /**
   * A path to this database that `net.connect` understands in this program, and so node-redis and others:
   * `createClient({ socket: { path: db.path } })`.
   */
  get path(): string {
    return socketPath(this);
  }

  /** Listens at a port or a socket file, for clients of any language: in Node. */
  async listen(options: ListenOptions = {}): Promise<Listener> {
    if (this.isClosed) throw new ClosedError(`${this.url} is closed`);
    const listener = await listen(this.origin, options);
    this.listeners.add(listener);
    return listener;
  }

  /** The data, as a file that redis-server reads, too. */
  async save(): Promise<Blob> {
    if (this.isClosed) throw new ClosedError(`${this.url} is closed`);
    return new Blob([(await this.place.rdb()) as Uint8Array<ArrayBuffer>], { type: 'application/x-redis-rdb' });
  }

  /** Closes it. Whoever still waits for an answer gets a `ClosedError`. */
  override async close(): Promise<void> {
    if (this.isClosed) return;
    super.close();
    for (const connection of this.connections) connection.close();
    for (const listener of this.listeners) await listener.close();
    this.isClosed = true;
    closed(this);
    await this.place.close();
  }

  /** Closes it where `await using` ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Calls without a promise. */
export class SyncCaller {
  private readonly writer = new Writer();
  private readonly reader = new Reader();
  private wire: LocalWire | undefined;
  private binary = false;
  private answer: unknown;

  /** @internal */
  constructor(private readonly host: { connect(sink: Sink): LocalWire }) {}

  /** Runs a request: `db.sync.call('GET', 'k')`. */
  call<T = unknown>(command: string, ...args: Argument[]): T {
    return this.run(command, args, false) as T;
  }

  /** The same, with strings as bytes. */
  callBytes<T = unknown>(command: string, ...args: Argument[]): T {
    return this.run(command, args, true) as T;
  }

  private run(command: string, args: Argument[], binary: boolean): unknown {
    const wire = (this.wire ??= this.connect());
    this.writer.request(requested(command, args));
    this.binary = binary;
    this.answer = undefined;
    wire.write(this.writer.take());
    if (this.answer === undefined) wire.giveUp();
    const { answer } = this;
    if (answer instanceof ReplyError) throw new ReplyError(answer.message, command);
    return answer;
  }

  private connect(): LocalWire {
    const wire = this.host.connect({
      data: (bytes) => {
        this.reader.feed(bytes);
        for (;;) {
          const value = this.reader.next(this.binary);
          if (value === undefined) break;
          // What is pushed has nobody here to hear it.
          if (!(value instanceof Push)) this.answer = value;
        }
        this.reader.keep();
      },
      closed: () => {
        this.wire = undefined;
      },
    });
    this.writer.request(['HELLO', 3]);
    wire.write(this.writer.take());
    return wire;
  }
}
