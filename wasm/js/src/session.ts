/**
 * One connection that speaks RESP3, and those who wait for its answers.
 *
 * What is asked within one turn of the program leaves as one batch, so calls that nobody waits for in between are a
 * pipeline by themselves.
 */
import type { Argument } from './arguments.js';
import { ClosedError, HandoverError, OutcomeUnknownError, ReplyError } from './errors.js';
import type { Sink, Wire } from './host.js';
import { Push, Reader, Writer } from './resp.js';
import { reads } from './table.js';

/** Where connections come from: a store in this thread, or a way to one elsewhere. */
export interface Origin {
  connect(sink: Sink): Wire;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  binary: boolean;
  words: readonly Argument[];
}

/** Calls are put off by it: fake timers don't replace it, and in Node it takes less than `queueMicrotask`. */
const done = Promise.resolve();

export class Session implements Sink {
  private wire: Wire | undefined;
  private readonly writer = new Writer();
  private readonly reader = new Reader();
  private pending: Pending[] = [];
  private head = 0;
  private flushing = false;
  private held = false;
  private ended: Error | undefined;
  /** The database that it is in. */
  index = 0;

  /** Hears what comes without being asked for. */
  onPush: ((items: unknown[]) => void) | undefined;
  /** Hears answers that nobody waits for: lines of MONITOR, errors of what was told. */
  onUnasked: ((value: unknown) => void) | undefined;
  /** Hears that it goes on with another store, which knows nothing of it. */
  onRenew: (() => void) | undefined;
  /** Whether it may: its state must be no more than the database that it is in. */
  isRenewable = true;
  /** Hears of the end, once. */
  onEnd: ((error: Error) => void) | undefined;
  /** Whether what is pushed is read as bytes. */
  pushBinary = false;

  constructor(private readonly origin: Origin) {}

  get isIdle(): boolean {
    return this.pending.length === 0 && !this.ended;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  /** Sends a request; gives its answer. */
  send(words: readonly Argument[], binary: boolean): Promise<unknown> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      if (!this.wire) this.open();
      this.write({ resolve, reject, binary, words });
    });
  }

  /** Sends a request that is not answered, but followed by what is pushed. */
  tell(words: readonly Argument[]): void {
    if (this.ended) return;
    if (!this.wire) this.open();
    this.writer.request(words);
    this.flushSoon();
  }

  /** Ends it: whoever still waits is told why. */
  close(reason: Error = new ClosedError('the connection is closed')): void {
    if (this.ended) return;
    this.wire?.close();
    this.end(reason);
  }

  data(bytes: Uint8Array): void {
    const { reader } = this;
    reader.feed(bytes);
    for (;;) {
      const isPush = reader.sign === 0x3e;
      const asked = this.pending[this.head];
      if (!isPush && !asked) {
        const value = reader.next(false);
        if (value === undefined) break;
        this.onUnasked?.(value);
        continue;
      }
      const value = reader.next(isPush ? this.pushBinary : (asked as Pending).binary);
      if (value === undefined) break;
      if (value instanceof Push) {
        this.onPush?.(value.items);
      } else {
        this.head++;
        this.answer(asked as Pending, value);
      }
    }
    reader.keep();
    if (this.head === this.pending.length) {
      this.pending = [];
      this.head = 0;
      this.hold(false);
    }
  }

  closed(error?: Error): void {
    if (error instanceof HandoverError && this.isRenewable) this.renew(error);
    else this.end(error ?? new ClosedError('the store closed the connection'));
  }

  /** Keeps the program running while something is waited for that comes unasked. */
  hold(waiting: boolean): void {
    if (this.held === waiting) return;
    this.held = waiting;
    this.wire?.hold(waiting);
  }

  private open(): void {
    this.wire = this.origin.connect(this);
    this.prepare(['HELLO', '3']);
    if (this.index) this.prepare(['SELECT', this.index]);
  }

  /** Asks for what nobody waits for. */
  private prepare(words: readonly Argument[]): void {
    this.write({ resolve() {}, reject() {}, binary: false, words });
  }

  private write(pending: Pending): void {
    this.writer.request(pending.words);
    this.pending.push(pending);
    this.flushSoon();
  }

  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    void done.then(this.flush);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    if (this.ended || this.writer.isEmpty) return;
    try {
      this.wire?.write(this.writer.take());
    } catch (error) {
      this.end(error as Error);
    }
    if (this.pending.length > 0) this.hold(true);
  };

  /** Goes on elsewhere: what only reads is asked again, of the rest it can't be told whether it was carried out. */
  private renew({ message }: HandoverError): void {
    const waiting = this.pending.slice(this.head);
    this.pending = [];
    this.head = 0;
    this.wire = undefined;
    this.held = false;
    this.writer.take();
    this.reader.reset();
    this.onRenew?.();
    for (const pending of waiting) {
      const command = String(pending.words[0]);
      if (!isRead(pending.words)) {
        pending.reject(new OutcomeUnknownError(`${command}: ${message}, and whether it was carried out can’t be told`));
        continue;
      }
      if (!this.wire) this.open();
      this.write(pending);
    }
  }

  private answer(asked: Pending, value: unknown): void {
    if (!(value instanceof ReplyError)) asked.resolve(value);
    else asked.reject(new ReplyError(value.message, String(asked.words[0])));
  }

  private end(reason: Error): void {
    if (this.ended) return;
    this.ended = reason;
    const waiting = this.pending.slice(this.head);
    this.pending = [];
    this.head = 0;
    for (const { reject } of waiting) reject(reason);
    this.onEnd?.(reason);
  }
}

function isRead([first, second]: readonly Argument[]): boolean {
  const name = String(first).toLowerCase();
  return reads.has(name) || reads.has(`${name}|${String(second).toLowerCase()}`);
}
