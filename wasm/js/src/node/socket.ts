/**
 * A connection that looks like a socket of Node's: what ioredis and node-redis need of one.
 *
 * It connects on a later turn and never answers inside `write`: clients queue a command after they have written it. So
 * what is written in one go is carried to the store together, and answered together.
 */
import { Duplex } from 'node:stream';
import type { Wire } from '../host.js';
import type { Origin } from '../session.js';

export class EngineSocket extends Duplex {
  connecting = true;
  pending = true;
  readonly remoteAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  readonly remotePort = 6379;
  readonly localAddress = '127.0.0.1';
  bytesRead = 0;
  bytesWritten = 0;

  private wire: Wire | undefined;
  private written: Uint8Array[] = [];
  private arrived: Buffer[] = [];
  private willExchange = false;
  private isExchanging = false;
  private isReferenced = true;

  /** Connects to a store, once it is there. */
  constructor(origin: Origin | Promise<Origin>) {
    super({ allowHalfOpen: false });
    // Who asked for it must have it in hand, and listen, before anything happens.
    Promise.resolve(origin).then(
      (origin) => process.nextTick(() => this.open(origin)),
      (error: Error) => process.nextTick(() => this.destroy(error)),
    );
  }

  private open(origin: Origin): void {
    if (this.destroyed) return;
    try {
      this.wire = origin.connect({
        data: (bytes) => this.arrive(bytes),
        closed: (error) => process.nextTick(() => (error ? this.destroy(error) : this.finish())),
      });
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    this.wire.hold(this.isReferenced);
    this.connecting = false;
    this.pending = false;
    this.emit('connect');
    this.emit('ready');
  }

  private arrive(bytes: Uint8Array): void {
    this.arrived.push(Buffer.from(bytes));
    if (!this.isExchanging) this.exchangeSoon();
  }

  private exchangeSoon(): void {
    if (this.willExchange) return;
    this.willExchange = true;
    process.nextTick(() => this.exchange());
  }

  /** Carries what was written to the store, and what it says to the reader. */
  private exchange(): void {
    this.willExchange = false;
    if (this.destroyed) return;
    const { written } = this;
    if (written.length > 0) {
      this.written = [];
      this.isExchanging = true;
      this.wire?.write(written.length === 1 ? (written[0] as Uint8Array) : Buffer.concat(written));
      this.isExchanging = false;
    }
    const { arrived } = this;
    if (arrived.length === 0) return;
    this.arrived = [];
    const bytes = arrived.length === 1 ? (arrived[0] as Buffer) : Buffer.concat(arrived);
    this.bytesRead += bytes.length;
    this.push(bytes);
  }

  /** The store ended it: what it said last comes first. */
  private finish(): void {
    this.exchange();
    this.push(null);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    if (!this.wire) {
      this.once('connect', () => this._write(chunk, _encoding, done));
      return;
    }
    this.bytesWritten += chunk.length;
    this.written.push(chunk);
    this.exchangeSoon();
    done();
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.exchange();
    this.wire?.close();
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.wire?.close();
    this.connecting = false;
    done(error);
  }

  address(): object {
    return { address: this.localAddress, family: 'IPv4', port: 0 };
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** There is no silence to be afraid of: the store is in the same program. */
  setTimeout(_ms: number, heard?: () => void): this {
    if (heard) this.once('timeout', heard);
    return this;
  }

  ref(): this {
    this.isReferenced = true;
    this.wire?.hold(true);
    return this;
  }

  unref(): this {
    this.isReferenced = false;
    this.wire?.hold(false);
    return this;
  }
}
