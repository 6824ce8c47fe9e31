/**
 * A connection of plain bytes, for any client that speaks the protocol: as calls and callbacks, as a pair of Web
 * Streams, or as a `MessagePort`.
 */
import { noWord } from './arguments.js';
import { ClosedError } from './errors.js';
import type { Wire } from './host.js';
import type { Origin } from './session.js';

const encoder = new TextEncoder();
const soon = globalThis.queueMicrotask.bind(globalThis);

/** A connection of plain bytes. */
export class Connection {
  /** Is given what the store answers; never from inside `write`. */
  onData: ((bytes: Uint8Array) => void) | undefined;
  /** Is called once when it ends, by whomever; with an error if the store can't go on. */
  onClose: ((error?: Error) => void) | undefined;

  private readonly wire: Wire;
  private arrived: Uint8Array[] = [];
  private soon = false;
  private isClosed = false;
  private streams: { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array | string> } | undefined;

  /** @internal */
  constructor(origin: Origin) {
    this.wire = origin.connect({
      data: (bytes) => {
        this.arrived.push(bytes.slice());
        this.deliverSoon();
      },
      closed: (error) => this.end(error),
    });
  }

  /** Sends bytes: any part of any number of requests. */
  write(bytes: Uint8Array | string): void {
    if (this.isClosed) throw new ClosedError('the connection is closed');
    this.wire.write(toBytes(bytes));
  }

  /** Ends it. */
  close(): void {
    if (this.isClosed) return;
    this.wire.close();
    this.end();
  }

  /** Keeps the program running while it is open, as a socket does. */
  ref(): this {
    this.wire.hold(!this.isClosed);
    return this;
  }

  /** Lets the program end while it is open, which is how it begins. */
  unref(): this {
    this.wire.hold(false);
    return this;
  }

  /** What the store answers, as a stream. */
  get readable(): ReadableStream<Uint8Array> {
    return this.asStreams().readable;
  }

  /** What the store is sent, as a stream. */
  get writable(): WritableStream<Uint8Array | string> {
    return this.asStreams().writable;
  }

  private asStreams() {
    if (this.streams) return this.streams;
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.onData = (bytes) => controller.enqueue(bytes);
        this.onClose = (error) => (error ? controller.error(error) : controller.close());
      },
      cancel: () => this.close(),
    });
    const writable = new WritableStream<Uint8Array | string>({
      write: (bytes) => this.write(bytes),
      close: () => this.close(),
      abort: () => this.close(),
    });
    this.streams = { readable, writable };
    return this.streams;
  }

  private deliverSoon(): void {
    if (this.soon) return;
    this.soon = true;
    soon(() => this.deliver());
  }

  private deliver(): void {
    this.soon = false;
    for (const bytes of this.arrived.splice(0)) this.onData?.(bytes);
  }

  private end(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    soon(() => {
      this.deliver();
      this.onClose?.(error);
    });
  }
}

function toBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return encoder.encode(data);
  if (data instanceof Uint8Array) return data;
  throw noWord('write', 'what is sent', data, 'a Uint8Array or a string');
}

/** What passes through a port: bytes, or `null` for the end. */
export type Passing = Uint8Array | null;

/** Lets whoever has the other end of a port be a client. */
export function serve(origin: Origin, port: MessagePort): void {
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    port.postMessage(null);
    // What was posted still arrives.
    port.close();
  };
  const wire = origin.connect({
    data: (bytes) => post(port, bytes, (copy) => copy),
    closed: end,
  });
  port.onmessage = ({ data }: MessageEvent<Passing>) => {
    try {
      if (data !== null) return open ? wire.write(toBytes(data)) : undefined;
    } catch {
      // Whoever sends what are no bytes has lost the thread.
    }
    wire.close();
    end();
  };
  unref(port);
}

/** Sends a copy of bytes, whose own memory is used again. */
function post(port: MessagePort, bytes: Uint8Array, pack: (copy: Uint8Array) => unknown): void {
  const copy = bytes.slice();
  port.postMessage(pack(copy), [copy.buffer]);
}

/** In Node, an open port keeps the program running unless it is told not to. */
export function unref(port: MessagePort | { unref?(): void }): void {
  if ('unref' in port) port.unref?.();
}
