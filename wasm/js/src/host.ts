/**
 * A store at work: it gives the engine the time and its clients' bytes, and hands round what comes out.
 *
 *     client ── receive(bytes) ──► exchange ──► the engine
 *     client ◄── sink.data ─────── settle ◄──── what it wrote for this and for others
 *
 * Everything happens within the call; whoever must not be answered inside its own call puts that off itself.
 */
import { type Clock, holdProgram } from './clock.js';
import type { Asking, Attendant, Disk, StoreOp } from './disk.js';
import { memoryOf, type Redstart } from './engine.js';
import { EngineError } from './errors.js';

/** Where a connection's bytes go. */
export interface Sink {
  /** The bytes are there during the call only: they lie in the engine's memory. */
  data(bytes: Uint8Array): void;
  /** The store ended the connection; with an error if it can't go on at all. */
  closed(error?: Error): void;
}

/** One connection, seen from its client. */
export interface Wire {
  write(bytes: Uint8Array): void;
  close(): void;
  /** Says that the program should not end while this is waited for, or that it may. */
  hold(waiting: boolean): void;
}

/** A wire to a store in the same thread, where everything is answered within `write`. */
export interface LocalWire extends Wire {
  /** Waits no longer: a command that would is answered as if its time were up. */
  giveUp(): void;
}

export class Host {
  private readonly sinks = new Map<number, Sink>();
  private readonly holding = new Set<number>();
  private letGo: (() => void) | undefined;
  private armed = Infinity;
  private disarm: (() => void) | undefined;
  private epoch: unknown;
  private attendant: Attendant | undefined;
  private isEnding = false;
  /** Fulfilled once nothing touches the disk of an engine that gave up. */
  private released: Promise<unknown> | undefined;
  private broken: Error | undefined;
  /** Where the engine takes bytes, and how many have room there. */
  private input = 0;
  private room = 0;

  constructor(
    private readonly store: Redstart,
    private readonly clock: Clock,
    private readonly disk?: Disk,
  ) {
    this.arm();
  }

  /** Loads what is on the disk; fails if that can't be read. */
  async begin(): Promise<void> {
    if (!this.disk) return;
    const { store } = this;
    const asking: Asking = {
      takeStoreOps: () => store.takeStoreOps() as StoreOp[],
      stored: (ticket, answer) => {
        store.setTime(this.clock.unix(), this.clock.mono());
        this.guarded(() => store.stored(ticket, answer));
      },
    };
    const { Attendant } = await import('./disk.js');
    this.attendant = new Attendant(asking, this.disk, () => this.settle());
    this.use(() => store.start());
    while (!this.broken && store.loading !== undefined) {
      await this.attendant.idle();
      this.tick();
    }
    await this.released;
    if (this.broken) throw this.broken;
  }

  /** Does what has the append-only file written anew, and returns once the disk has that. */
  async rewrite(work: (store: Redstart) => unknown): Promise<void> {
    this.use(work);
    const isRewriting = () => /aof_rewrite_(in_progress|scheduled):1/.test(this.use((store) => store.call(['INFO', 'persistence'])) as string);
    while (this.attendant && isRewriting()) {
      await this.attendant.idle();
      this.tick();
    }
  }

  /** Connects a client. */
  connect(sink: Sink): LocalWire {
    if (this.broken) throw this.broken;
    const id = this.store.connect();
    this.sinks.set(id, sink);
    return {
      write: (bytes) => this.receive(id, sink, bytes),
      close: () => this.disconnect(id, sink),
      hold: (waiting) => this.hold(id, waiting && this.sinks.get(id) === sink),
      giveUp: () => {
        const length = this.guarded(() => this.store.giveUp(id));
        if (length > 0) this.answer(sink, length);
      },
    };
  }

  /** What is to be done with the engine beside requests. */
  use<T>(work: (store: Redstart, unix: number, mono: number) => T): T {
    if (this.broken) throw this.broken;
    const done = this.guarded(() => work(this.store, this.clock.unix(), this.clock.mono()));
    this.settle();
    return done;
  }

  /** Gives the engine its turns, until it wants none before later. */
  tick(): void {
    if (this.broken) return;
    this.armed = Infinity;
    // Whatever time has passed, there is an end to what follows from it.
    for (let turn = 0; turn < 100_000; turn++) {
      const mono = this.clock.mono();
      this.guarded(() => this.store.tick(this.clock.unix(), mono));
      this.settle();
      if (this.broken || this.store.deadlineMs() > mono) return;
    }
  }

  /** Ends every connection, writes what is to be written, and gives the memory back. */
  async close(): Promise<void> {
    if (this.broken) return void (await this.released);
    if (this.attendant) {
      this.isEnding = true;
      this.use((store, unix, mono) => {
        store.setTime(unix, mono);
        store.receive(store.connect(), new TextEncoder().encode('SHUTDOWN\r\n'));
      });
      await this.attendant.idle();
    }
    this.stop(new EngineError('the database is closed'), undefined);
    await this.disk?.close();
    this.store.free();
  }

  private receive(id: number, sink: Sink, bytes: Uint8Array): void {
    if (this.sinks.get(id) !== sink) return;
    const { store, clock, room } = this;
    let hasMore = true;
    try {
      if (bytes.length > room) {
        this.input = store.input(bytes.length);
        this.room = bytes.length;
      }
      memoryOf().set(bytes, this.input);
      const length = store.exchange(id, bytes.length, clock.unix(), clock.mono(), this.armed);
      hasMore = length < 0;
      const answered = hasMore ? -1 - length : length;
      if (answered > 0) this.answer(sink, answered);
    } catch (error) {
      this.failed(error);
    }
    if (hasMore || this.attendant || clock.epoch?.() !== this.epoch) this.settle();
  }

  private answer(sink: Sink, length: number): void {
    const output = this.store.output();
    sink.data(memoryOf().subarray(output, output + length));
  }

  private disconnect(id: number, sink: Sink): void {
    if (this.sinks.get(id) !== sink) return;
    this.sinks.delete(id);
    this.hold(id, false);
    this.guarded(() => this.store.disconnect(id));
    this.settle();
  }

  /** Hands out what others were given, and sets the alarm. */
  private settle(): void {
    while (!this.broken && this.store.hasNews()) {
      for (const id of this.store.takeWaiting()) this.deliver(id);
      const ended = this.store.takeEnded();
      for (const id of ended) this.deliver(id);
      // Whoever is ended with the store is told why.
      if (this.hasGivenUp) break;
      for (const id of ended) this.end(id);
    }
    if (this.broken) return;
    this.attendant?.attend();
    if (this.hasGivenUp) return this.fail();
    this.arm();
  }

  /** Whether the engine gave up, as a server does that can't go on. */
  private get hasGivenUp(): boolean {
    return this.attendant !== undefined && this.store.failed && !this.isEnding;
  }

  private fail(): void {
    const reason = new EngineError(`the store ended: ${this.store.takeWarnings().join(' ') || 'it was shut down'}`);
    this.stop(reason, reason);
    this.released = this.attendant?.idle().then(() => this.disk?.close());
  }

  private deliver(id: number): void {
    const bytes = this.guarded(() => this.store.outgoing(id));
    if (bytes.length > 0) this.sinks.get(id)?.data(bytes);
  }

  private end(id: number): void {
    const sink = this.sinks.get(id);
    this.sinks.delete(id);
    this.hold(id, false);
    this.guarded(() => this.store.disconnect(id));
    sink?.closed();
  }

  private arm(): void {
    const deadline = this.store.deadlineMs();
    const epoch = this.clock.epoch?.();
    // An alarm that rings early does no harm: it is set again.
    if (deadline >= this.armed && epoch === this.epoch) return;
    this.disarm?.();
    this.epoch = epoch;
    this.armed = deadline;
    this.disarm = this.clock.alarm(Math.max(0, Math.ceil(deadline - this.clock.mono())), () => this.tick());
  }

  private hold(id: number, waiting: boolean): void {
    if (waiting) this.holding.add(id);
    else this.holding.delete(id);
    if (this.holding.size > 0) {
      this.letGo ??= holdProgram();
    } else {
      this.letGo?.();
      this.letGo = undefined;
    }
  }

  /** The engine has no errors of its own: what is thrown here is its end. */
  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      return this.failed(error);
    }
  }

  private failed(error: unknown): never {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const reason = new EngineError(`the engine stopped: ${error.message}`, { cause: error });
    this.stop(reason, reason);
    throw reason;
  }

  private stop(broken: Error, told: Error | undefined): void {
    this.broken = broken;
    this.disarm?.();
    this.holding.clear();
    this.letGo?.();
    this.letGo = undefined;
    const sinks = [...this.sinks.values()];
    this.sinks.clear();
    for (const sink of sinks) sink.closed(told);
  }
}
