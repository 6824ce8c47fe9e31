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
  /** Answers that are late, the last of them: no other one may be earlier. */
  late: Promise<void> | undefined;
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
    const line: Line = { sink, wire: undefined as unknown as LocalWire, late: undefined };
    line.wire = this.origin.connect({
      data: (bytes) => this.deliver(line, bytes),
      closed: (error) => this.lines.delete(line) && sink.closed(error),
    });
    this.lines.add(line);
    return {
      ...this.noted(line.wire),
      close: () => {
        this.lines.delete(line);
        line.wire.close();
      },
    };
  }

  /** A wire whose requests are written down, too. */
  noted<W extends Wire>(wire: W): W {
    const client = ++this.clients;
    const reader = new Reader();
    const write = (bytes: Uint8Array) => {
      this.note(client, reader, bytes);
      wire.write(bytes);
    };
    return { ...wire, write };
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
    const { delay } = this;
    if (delay === 0 && !line.late) return line.sink.data(bytes);
    const copy = bytes.slice();
    const due = delay > 0 ? new Promise<void>((resolve) => globalThis.setTimeout(resolve, delay)) : undefined;
    const given = Promise.all([line.late, due]).then(() => {
      if (line.late === given) line.late = undefined;
      if (this.lines.has(line)) line.sink.data(copy);
    });
    line.late = given;
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
