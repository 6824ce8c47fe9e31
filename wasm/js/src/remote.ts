/**
 * A store elsewhere, in a worker or another tab: its connections, carried by what passes in between.
 */
import { spawn } from '#platform';
import { type Passing, unref } from './connection.js';
import type { Place } from './database.js';
import { ClosedError, EngineError, HandoverError } from './errors.js';
import type { Sink, Wire } from './host.js';
import type { Ask } from './load/crew.js';
import type { Origin } from './session.js';

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

/** Opens a store in a worker of its own. */
export async function openInWorker(ask: Omit<Extract<Ask, { kind: 'open' }>, 'port'>): Promise<Place> {
  const worker = await spawn();
  const { port1, port2 } = new MessageChannel();
  const remote = remoteAt(port1);
  worker.onFailed = (error) => remote.end(error);
  try {
    await worker.ask({ ...ask, port: port2 }, [port2]);
  } catch (error) {
    await worker.end();
    throw error;
  }
  return {
    host: undefined,
    connect: (sink) => remote.connect(sink),
    rdb: () => remote.rdb(),
    close: async () => {
      remote.end();
      port1.close();
      await worker.ask({ kind: 'close' });
      await worker.end();
    },
  };
}
