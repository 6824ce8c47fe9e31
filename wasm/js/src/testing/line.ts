/** What stands between clients and the store in a test: it writes down what they send, and can be made to fail. */
import type { LocalWire, Sink, Wire } from '../host.js';
import { Reader } from '../resp.js';
import type { Origin } from '../session.js';

/** A command that was sent. */
export interface Logged {
  /** The number of the connection, from 1. */
  client: number;
  /** Its words, the first in capitals. */
  command: string[];
}

/** One connection: both ends, so that either can be told. */
interface Line {
  sink: Sink;
  wire: Wire;
}

export class FaultyLine implements Origin {
  readonly log: Logged[] = [];
  private readonly lines = new Set<Line>();
  private clients = 0;
  private delay = 0;
  private refusals = 0;

  constructor(private readonly origin: Origin) {}

  connect(sink: Sink): Wire {
    if (this.refusals > 0) {
      this.refusals--;
      throw Object.assign(new Error('connect ECONNREFUSED redstart'), { code: 'ECONNREFUSED' });
    }
    const client = ++this.clients;
    const reader = new Reader();
    const line: Line = { sink, wire: undefined as unknown as LocalWire };
    line.wire = this.origin.connect({
      data: (bytes) => this.deliver(line, bytes),
      closed: (error) => this.lines.delete(line) && sink.closed(error),
    });
    this.lines.add(line);
    return {
      ...line.wire,
      write: (bytes) => {
        this.note(client, reader, bytes);
        line.wire.write(bytes);
      },
      close: () => {
        this.lines.delete(line);
        line.wire.close();
      },
    };
  }

  /** Every connection breaks. */
  drop(): void {
    for (const { wire, sink } of [...this.lines]) {
      wire.close();
      sink.closed();
    }
    this.lines.clear();
  }

  refuse(count: number): void {
    this.refusals = count;
  }

  slow(ms: number): void {
    this.delay = ms;
  }

  private deliver(line: Line, bytes: Uint8Array): void {
    if (this.delay === 0) return line.sink.data(bytes);
    const copy = bytes.slice();
    globalThis.setTimeout(() => this.lines.has(line) && line.sink.data(copy), this.delay);
  }

  private note(client: number, reader: Reader, bytes: Uint8Array): void {
    reader.feed(bytes);
    for (;;) {
      const words = reader.sign === 0x2a ? reader.next(false) : undefined;
      if (!Array.isArray(words)) break;
      const [name = '', ...args] = words as string[];
      this.log.push({ client, command: [name.toUpperCase(), ...args] });
    }
    reader.keep();
  }
}
