/**
 * A connection of plain bytes, for any client that speaks the protocol: as calls and callbacks, as a pair of Web
 * Streams, or as a `MessagePort`.
 */
import { ClosedError, EngineError, HandoverError } from './errors.js';
import type { Sink, Wire } from './host.js';
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

/**
 * What passes between threads or tabs: which connection, and its bytes or its end with a reason. A new number is a new
 * connection; 0 is none: it asks for all data, and brings them.
 */
export type Letter = [id: number, bytes: Passing, why?: string | undefined];

const handedOver = 'handover';

/** The connections that somebody elsewhere makes to a store, by what passes. What comes keeps its order. */
export class Multiplex {
  private readonly wires = new Map<number, Wire>();

  constructor(
    private readonly origin: Origin & { rdb(): Promise<Uint8Array> },
    private readonly send: (letter: Letter) => void,
  ) {}

  receive([id, bytes]: Letter): void {
    if (id === 0) return void this.origin.rdb().then((data) => this.send([0, data]), (error: Error) => this.send([0, null, error.message]));
    let wire = this.wires.get(id);
    if (bytes === null) {
      this.wires.delete(id);
      return wire?.close();
    }
    try {
      if (!wire) this.wires.set(id, (wire = this.connect(id)));
      wire.write(bytes);
    } catch (error) {
      this.end(id, error as Error);
    }
  }

  /** They are gone. */
  leave(): void {
    for (const wire of this.wires.values()) wire.close();
    this.wires.clear();
  }

  private connect(id: number): Wire {
    return this.origin.connect({
      data: (bytes) => this.send([id, bytes.slice()]),
      closed: (error) => {
        if (this.wires.has(id)) this.end(id, error);
      },
    });
  }

  private end(id: number, error: Error | undefined): void {
    this.wires.delete(id);
    this.send([id, null, error instanceof HandoverError ? handedOver : error?.message]);
  }
}

/** A store elsewhere, reached by what passes. */
export class Remote implements Origin {
  private readonly sinks = new Map<number, Sink>();
  private readonly holding = new Set<number>();
  private readonly asking: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  private last = 0;

  constructor(
    private readonly send: (letter: Letter) => void,
    private readonly keepRunning: (waiting: boolean) => void = () => {},
  ) {}

  connect(sink: Sink): Wire {
    const id = ++this.last;
    this.sinks.set(id, sink);
    return {
      // The writer uses its memory again.
      write: (bytes) => this.sinks.has(id) && this.send([id, bytes.slice()]),
      close: () => this.forget(id) && this.send([id, null]),
      hold: (waiting) => this.hold(id, waiting && this.sinks.has(id)),
    };
  }

  rdb(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.asking.push({ resolve, reject });
      this.keep();
      this.send([0, null]);
    });
  }

  receive([id, bytes, why]: Letter): void {
    if (id === 0) {
      const asked = this.asking.shift();
      this.keep();
      return bytes ? asked?.resolve(bytes) : asked?.reject(new EngineError(why ?? 'the data can’t be had'));
    }
    const sink = this.sinks.get(id);
    if (bytes) return sink?.data(bytes);
    this.forget(id);
    sink?.closed(why === handedOver ? new HandoverError() : why === undefined ? undefined : new EngineError(why));
  }

  /** Whoever answered is gone: all connections end. */
  end(error?: Error): void {
    for (const { reject } of this.asking.splice(0)) reject(error ?? new ClosedError('the database is closed'));
    for (const [id, sink] of [...this.sinks]) {
      this.forget(id);
      sink.closed(error);
    }
    this.keep();
  }

  private forget(id: number): boolean {
    this.hold(id, false);
    return this.sinks.delete(id);
  }

  private hold(id: number, waiting: boolean): void {
    if (waiting) this.holding.add(id);
    else this.holding.delete(id);
    this.keep();
  }

  /** The program runs on while somebody waits. */
  private keep(): void {
    this.keepRunning(this.holding.size + this.asking.length > 0);
  }
}

/** A store at the other end of a port. */
export function remoteAt(port: MessagePort): Remote {
  const counted = port as { ref?(): void; unref?(): void };
  const remote = new Remote(
    (letter) => port.postMessage(letter, letter[1] ? [letter[1].buffer as ArrayBuffer] : []),
    (waiting) => (waiting ? counted.ref?.() : counted.unref?.()),
  );
  port.onmessage = ({ data }: MessageEvent<Letter>) => remote.receive(data);
  unref(port);
  return remote;
}

/** Serves whoever has the other end of a port. */
export function serveMany(origin: Origin & { rdb(): Promise<Uint8Array> }, port: MessagePort): void {
  const guest = new Multiplex(origin, (letter) => port.postMessage(letter, letter[1] ? [letter[1].buffer as ArrayBuffer] : []));
  port.onmessage = ({ data }: MessageEvent<Letter>) => guest.receive(data);
  unref(port);
}
