/**
 * A connection of plain bytes, for any client that speaks the protocol: as calls and callbacks, as a pair of Web
 * Streams, or as a `MessagePort`.
 */
import { ClosedError } from './errors.js';
import type { Sink, Wire } from './host.js';
import type { Origin } from './session.js';

const encoder = new TextEncoder();
const soon = globalThis.queueMicrotask.bind(globalThis);

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
    this.wire.write(typeof bytes === 'string' ? encoder.encode(bytes) : bytes);
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
    if (data) return open ? wire.write(data) : undefined;
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

/** What passes between threads: which connection, and its bytes or its end. A new number is a new connection. */
export type Numbered = [id: number, bytes: Passing];

/** Lets whoever has the other end of a port make any number of connections. What it sends keeps its order. */
export function serveMany(origin: Origin, port: MessagePort): void {
  const wires = new Map<number, Wire>();
  const connect = (id: number) =>
    origin.connect({
      data: (bytes) => post(port, bytes, (copy) => [id, copy]),
      closed: () => wires.delete(id) && port.postMessage([id, null]),
    });
  port.onmessage = ({ data: [id, bytes] }: MessageEvent<Numbered>) => {
    let wire = wires.get(id);
    if (bytes === null) {
      wires.delete(id);
      return wire?.close();
    }
    if (!wire) wires.set(id, (wire = connect(id)));
    wire.write(bytes);
  };
  unref(port);
}

/** A store in another thread, behind the other end of such a port. */
export class Remote implements Origin {
  private readonly sinks = new Map<number, Sink>();
  private readonly holding = new Set<number>();
  private last = 0;

  constructor(private readonly port: MessagePort) {
    port.onmessage = ({ data: [id, bytes] }: MessageEvent<Numbered>) => {
      const sink = this.sinks.get(id);
      if (bytes) return sink?.data(bytes);
      this.forget(id);
      sink?.closed();
    };
    unref(port);
  }

  connect(sink: Sink): Wire {
    const id = ++this.last;
    this.sinks.set(id, sink);
    return {
      write: (bytes) => {
        if (!this.sinks.has(id)) return;
        post(this.port, bytes, (copy) => [id, copy]);
      },
      close: () => {
        if (this.forget(id)) this.port.postMessage([id, null]);
      },
      hold: (waiting) => this.hold(id, waiting && this.sinks.has(id)),
    };
  }

  /** The other side is gone: whoever waits is told. */
  end(error?: Error): void {
    this.port.close();
    for (const [id, sink] of [...this.sinks]) {
      this.forget(id);
      sink.closed(error);
    }
  }

  private forget(id: number): boolean {
    this.hold(id, false);
    return this.sinks.delete(id);
  }

  private hold(id: number, waiting: boolean): void {
    if (waiting) this.holding.add(id);
    else this.holding.delete(id);
    const counted = this.port as { ref?(): void; unref?(): void };
    if (this.holding.size > 0) counted.ref?.();
    else counted.unref?.();
  }
}
