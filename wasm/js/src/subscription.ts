/** What comes without being asked for, as something to loop over. */
import type { Argument } from './arguments.js';
import type { Session } from './session.js';

/** A message to a channel. */
export interface Message<S = string> {
  /** The channel's name. */
  channel: S;
  /** What was published. */
  message: S;
  /** The pattern that the channel's name is like, with PSUBSCRIBE. */
  pattern?: S;
}

/** Things that come one by one, kept until somebody takes them. */
class Inbox<T> implements AsyncIterableIterator<T> {
  private readonly items: T[] = [];
  private readonly takers: { resolve(result: IteratorResult<T>): void; reject(error: Error): void }[] = [];
  private ended: Error | 'done' | undefined;
  /** Hears of an end that nobody here wanted. */
  protected onEnd: ((error: Error) => void) | undefined;

  constructor(protected readonly session: Session) {
    session.onEnd = (error) => this.end(error);
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.items.shift();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    if (this.ended === 'done') return Promise.resolve({ value: undefined, done: true });
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.takers.push({ resolve, reject });
      this.session.hold(true);
    });
  }

  /** Listens no longer; a loop ends. */
  close(): void {
    this.end('done');
    this.session.close();
  }

  async return(): Promise<IteratorResult<T>> {
    this.close();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  protected put(item: T): void {
    const taker = this.takers.shift();
    if (taker) taker.resolve({ value: item, done: false });
    else this.items.push(item);
    if (this.takers.length === 0) this.session.hold(false);
  }

  /** From now on only a taker keeps the program running. */
  protected confirmed(tell: () => void): void {
    tell();
    this.session.hold(this.takers.length > 0);
  }

  protected end(how: Error | 'done'): void {
    if (this.ended) return;
    this.ended = how;
    if (how !== 'done') this.onEnd?.(how);
    for (const { resolve, reject } of this.takers.splice(0)) {
      if (how === 'done') resolve({ value: undefined, done: true });
      else reject(how);
    }
  }
}

/** Messages of channels. */
export class Subscription<S = string> extends Inbox<Message<S>> {
  /** Fulfilled once the store has heard of it: whatever is published from then on arrives. */
  readonly ready: Promise<void>;

  /** @internal */
  constructor(session: Session, words: Argument[], binary: boolean) {
    super(session);
    let missing = words.length - 1;
    if (missing === 0) throw new TypeError(`${words[0]}: there is no name to listen to`);
    session.pushBinary = binary;
    this.ready = new Promise((resolve, reject) => {
      session.onPush = (items) => {
        const kind = typeof items[0] === 'string' ? items[0] : new TextDecoder().decode(items[0] as Uint8Array);
        if (kind.endsWith('message')) this.put(message(items as S[], kind === 'pmessage'));
        else if (--missing === 0) this.confirmed(resolve);
      };
      session.onUnasked = (error) => this.end(error as Error);
      this.onEnd = reject;
      session.onRenew = () => session.tell(words);
      session.onRenew();
    });
    this.ready.catch(() => {});
  }
}

function message<S>(items: S[], hasPattern: boolean): Message<S> {
  const [, first, second, third] = items as [S, S, S, S];
  return hasPattern ? { pattern: first, channel: second, message: third } : { channel: first, message: second };
}

/** The lines of MONITOR. */
export class Monitor extends Inbox<string> {
  /** Fulfilled once it is on. */
  readonly ready: Promise<void>;

  /** @internal */
  constructor(session: Session) {
    super(session);
    session.onUnasked = (line) => this.put(line as string);
    session.onRenew = () => session.tell(['MONITOR']);
    this.ready = session.send(['MONITOR'], false).then(() => this.confirmed(() => {}));
    this.ready.catch((error: Error) => this.end(error));
  }
}
