/** A client with a method for every command; see {@link Commands} for those. */
import { type Argument, flatten, type Many, type Request, requested } from './arguments.js';
import { ClosedError, ReplyError } from './errors.js';
import type { Commands } from './generated/commands.js';
import { Monitor, type Message, Subscription } from './subscription.js';
import { type Entry, hashPairs, keys, members, readStream, type ScanOptions, scoredMembers, type StreamOptions } from './iterate.js';
import { type Origin, Session } from './session.js';
import { commands, waiting } from './table.js';

/** What runs requests: a client, or a list that keeps them for later. */
interface Runner {
  run(request: Request, waits: boolean): Promise<unknown>;
  /** Tells of arguments that can't be words. */
  refuse(error: unknown): Promise<never>;
}

/** What can be called in a pipeline or a transaction: every command, and `call` for a request as it is. */
export interface Calls<S = string> extends Commands<S>, Pick<Client<S>, 'call'> {}

/** The answers to the calls of a pipeline, errors among them. */
export type Answers<T> = { -readonly [K in keyof T]: Awaited<T[K]> | ReplyError };

/** The answers to the calls of a transaction. */
export type Results<T> = { -readonly [K in keyof T]: Awaited<T[K]> };

/** A client of the store. `S` is what strings are read as. */
// biome-ignore lint: the methods of the interface are put onto the prototype below.
export interface Client<S = string> extends Commands<S> {}

export class Client<S = string> {
  /** Connections for commands that wait, so that nothing else waits with them. */
  private readonly spare: Session[] = [];
  private readonly busy = new Set<Session>();
  private others = new Set<{ close(): void }>();

  /** @internal */
  constructor(
    /** @internal */
    readonly origin: Origin,
    protected session: Session = new Session(origin),
    private readonly binary = false,
  ) {}

  /** The same client, its strings read as bytes. */
  get bytes(): Client<Uint8Array> {
    return new Client<Uint8Array>(this.origin, this.session, true);
  }

  /** Sends a request as it is: `call('XADD', 'log', '*', 'a', 1)`. */
  call<T = unknown>(command: string, ...args: Argument[]): Promise<T> {
    try {
      const words = requested(command, args);
      return this.run({ words, signal: undefined }, waiting.has(command.toLowerCase())) as Promise<T>;
    } catch (error) {
      return this.refuse(error);
    }
  }

  /**
   * Sends calls together: `const [n, v] = await db.pipeline((p) => [p.incr('n'), p.get('v')])`. An error is one of the
   * answers. Calls are gathered first, so their answers are to be had from the result only.
   */
  pipeline<const T extends readonly unknown[]>(fill: (calls: Calls<S>) => T): Promise<Answers<T>>;
  pipeline(fill: (calls: Calls<S>) => void): Promise<unknown[]>;
  async pipeline(fill: (calls: Calls<S>) => unknown): Promise<unknown[]> {
    return Promise.all(gather(fill).map(([request, waits]) => this.run(request, waits).catch((error) => error)));
  }

  /**
   * Runs calls as one transaction, all or none. `null`: a key that was watched had changed. Calls are gathered first,
   * so their answers are to be had from the result only.
   */
  transaction<const T extends readonly unknown[]>(fill: (calls: Calls<S>) => T): Promise<Results<T> | null>;
  transaction(fill: (calls: Calls<S>) => void): Promise<unknown[] | null>;
  async transaction(fill: (calls: Calls<S>) => unknown): Promise<unknown[] | null> {
    const sent = [['MULTI'], ...gather(fill).map(([{ words }]) => words)].map((words) => this.session.send(words, false));
    const done = this.session.send(['EXEC'], this.binary) as Promise<unknown[] | null>;
    const refused = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
    if (refused) {
      await done.catch(() => {});
      throw (refused as PromiseRejectedResult).reason;
    }
    const results = await done;
    const failed = results?.find((result) => result instanceof ReplyError);
    if (failed) throw Object.assign(failed as ReplyError, { results });
    return results;
  }

  /**
   * Watches keys while `work` reads and decides: its `transaction` gives `null` if one of them changed meanwhile.
   */
  async watch<T>(keys: Argument | readonly Argument[], work: (client: Client<S>) => Promise<T>): Promise<T> {
    const client = this.duplicate();
    // Elsewhere nothing would be watched.
    client.session.isRenewable = false;
    try {
      await client.call('WATCH', ...(Array.isArray(keys) ? (keys as Argument[]) : [keys as Argument]));
      return await work(client);
    } finally {
      client.close();
    }
  }

  /** Another client, with a connection of its own, in the same database. */
  duplicate(): Client<S> {
    return this.also(new Client<S>(this.origin, this.another(), this.binary));
  }

  /** Listens to channels until the loop is left: `for await (const { message } of db.subscribe('news'))`. */
  subscribe(...channels: Many<Argument>[]): Subscription<S> {
    return this.hear('SUBSCRIBE', channels);
  }

  /** Listens to all channels with a name like one of the patterns. */
  psubscribe(...patterns: Many<Argument>[]): Subscription<S> {
    return this.hear('PSUBSCRIBE', patterns);
  }

  /** Listens to channels of a shard. */
  ssubscribe(...channels: Many<Argument>[]): Subscription<S> {
    return this.hear('SSUBSCRIBE', channels);
  }

  /** Every request that the store is sent, as it happens. */
  monitor(): Monitor {
    return this.also(new Monitor(this.another()));
  }

  /** The keys, some at a time: `for await (const key of db.scanIterator({ MATCH: 'user:*' }))`. */
  scanIterator(options?: ScanOptions & { TYPE?: string }): AsyncIterableIterator<S> {
    return keys(this, options);
  }

  /** The fields of a hash with their values. */
  hscanIterator(key: Argument, options?: ScanOptions): AsyncIterableIterator<[S, S]> {
    return hashPairs(this, key, options);
  }

  /** The members of a set. */
  sscanIterator(key: Argument, options?: ScanOptions): AsyncIterableIterator<S> {
    return members(this, key, options);
  }

  /** The members of a sorted set with their scores. */
  zscanIterator(key: Argument, options?: ScanOptions): AsyncIterableIterator<[S, number]> {
    return scoredMembers(this, key, options);
  }

  /** The entries of a stream, those that are still to come included. */
  streamIterator(key: Argument, options?: StreamOptions): AsyncIterableIterator<Entry<S>> {
    return readStream(this, key, options);
  }

  /** Ends the connection, and those that were made from it. Whoever still waits gets a `ClosedError`. */
  close(): void | Promise<void> {
    const reason = new ClosedError('the client is closed');
    this.session.close(reason);
    for (const session of [...this.spare, ...this.busy]) session.close(reason);
    for (const other of this.others) other.close();
  }

  /** @internal */
  refuse(error: unknown): Promise<never> {
    return Promise.reject(error);
  }

  /** @internal */
  run({ words, signal }: Request, waits: boolean): Promise<unknown> {
    const command = words[0];
    if (!waits) {
      const answer = this.session.send(words, this.binary);
      if (typeof command === 'string' && command.length === 6 && /^select$/i.test(command)) return this.remember(answer, words[1]);
      return answer;
    }
    return this.apart(words, signal);
  }

  /** Commands that come later on other connections are for this database, too. */
  private remember(answer: Promise<unknown>, index: Argument | undefined): Promise<unknown> {
    return answer.then((ok) => {
      this.session.index = Number(index);
      for (const session of this.spare.splice(0)) session.close();
      return ok;
    });
  }

  /** Sends a request that may wait, on a connection that nobody else uses meanwhile. */
  private async apart(words: Argument[], signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.session.isEnded) return this.session.send(words, this.binary);
    const session = this.spare.pop() ?? this.another();
    this.busy.add(session);
    const abort = () => session.close(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    try {
      return await session.send(words, this.binary);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.busy.delete(session);
      if (session.isIdle && session.index === this.session.index) this.spare.push(session);
      else session.close();
    }
  }

  /** Takes another connection in the place of its own. */
  protected renew(): void {
    const { session } = this;
    session.close();
    this.session = new Session(this.origin);
    this.session.index = session.index;
  }

  private hear(command: string, names: readonly unknown[]): Subscription<S> {
    return this.also(new Subscription<S>(this.another(), flatten(command, [command], names, false, true).words, this.binary));
  }

  private another(): Session {
    const session = new Session(this.origin);
    session.index = this.session.index;
    if (this.session.isEnded) session.close(new ClosedError('the client is closed'));
    return session;
  }

  private also<T extends { close(): void }>(other: T): T {
    this.others.add(other);
    const close = other.close.bind(other);
    other.close = () => {
      this.others.delete(other);
      close();
    };
    return other;
  }
}

export type { Message };

/** Puts the methods onto something that runs requests. */
function install(prototype: object): void {
  for (const { words, method, pairs, many, waits } of commands) {
    const label = words.join(' ');
    const value = function (this: Runner, ...args: unknown[]): Promise<unknown> {
      try {
        return this.run(flatten(label, words, args, pairs, many), waits);
      } catch (error) {
        return this.refuse(error);
      }
    };
    Object.defineProperty(value, 'name', { value: method });
    Object.defineProperty(prototype, method, { value, writable: true, configurable: true });
  }
}

install(Client.prototype);
/** Calls that are kept for later, all of them or none. */
const recording = {
  call: Client.prototype.call,
  refuse(error: unknown): never {
    throw error;
  },
};
install(recording);
const later = new Promise<never>(() => {});

/** The requests of the calls that `fill` makes. */
function gather<S>(fill: (calls: Calls<S>) => unknown): [Request, boolean][] {
  const requests: [Request, boolean][] = [];
  const value: Runner['run'] = (...request) => (requests.push(request), later);
  const filled = fill(Object.create(recording, { run: { value } }));
  if (filled instanceof Promise && filled !== later) throw new TypeError('calls are gathered before they are sent: there is nothing to await');
  return requests;
}
