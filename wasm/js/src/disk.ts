/**
 * Disks: what performs the six verbs that the engine asks for (engine/src/persistence/store.rs), as plain objects
 * (wasm/store). There is one in IndexedDB (indexeddb.ts), one in the files of a site (opfs.ts), and one in a folder
 * (node/files.ts).
 */

import { EngineError } from './errors.js';

export type StoreOp = { ticket: number; name: string } & (
  | { verb: 'read'; offset: number; len: number }
  | { verb: 'append'; offset: number; bytes: Uint8Array }
  | { verb: 'rename'; to: string }
  | { verb: 'sync' | 'remove' | 'list' }
);

/** `{}` when it is done and there is nothing to give; an error is null for what is not there, or says what is wrong. */
export type StoreAnswer =
  | { bytes?: Uint8Array; objectLen?: number; names?: string[]; error?: undefined }
  | { error: string | null };

/** Where a store keeps its data. */
export interface Disk {
  /** Performs ops in order, after those that were given before. */
  perform(ops: StoreOp[]): Promise<StoreAnswer[]>;
  close(): unknown;
}

/** The verbs, one method each. */
export interface Verbs {
  read(name: string, offset: number, len: number): Promise<StoreAnswer>;
  append(name: string, offset: number, bytes: Uint8Array): Promise<StoreAnswer>;
  sync(name: string): Promise<StoreAnswer>;
  rename(from: string, to: string): Promise<StoreAnswer>;
  remove(name: string): Promise<StoreAnswer>;
  list(folder: string): Promise<StoreAnswer>;
}

export function carryOut(verbs: Verbs, op: StoreOp): Promise<StoreAnswer> {
  switch (op.verb) {
    case 'read':
      return verbs.read(op.name, op.offset, op.len);
    case 'append':
      return verbs.append(op.name, op.offset, op.bytes);
    case 'sync':
      return verbs.sync(op.name);
    case 'rename':
      return verbs.rename(op.name, op.to);
    case 'remove':
      return verbs.remove(op.name);
    case 'list':
      return verbs.list(op.name);
  }
}

/** A disk that performs one op after the other. `wrong` makes an answer of what a verb throws. */
export class InTurn {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly verbs: Verbs,
    private readonly wrong: (error: Error) => StoreAnswer,
  ) {}

  perform(ops: StoreOp[]): Promise<StoreAnswer[]> {
    const done = this.last.then(async () => {
      const answers: StoreAnswer[] = [];
      for (const op of ops) answers.push(await carryOut(this.verbs, op).catch(this.wrong));
      return answers;
    });
    this.last = done;
    return done;
  }

  /** Resolves when everything is performed that was given so far. */
  async done(): Promise<void> {
    await this.last;
  }
}

/** What a person is told of what a browser refuses. */
export function words({ name, message }: Error): string {
  if (name === 'QuotaExceededError') return 'No space left on device: the browser gives this site no more room';
  return `${name}: ${message}`;
}

/** What asks a disk: a store of the wasm build. */
export interface Asking {
  takeStoreOps(): StoreOp[];
  stored(ticket: number, answer: StoreAnswer): void;
}

/**
 * Has a disk perform whatever a store asks for. `attend` is called after anything that may have made it ask, and looks by
 * itself after each answer; `turn` is called then, too, for what follows from it.
 */
export class Attendant {
  #waiting = 0;
  #idle: (() => void)[] = [];

  constructor(
    private readonly store: Asking,
    private readonly disk: Pick<Disk, 'perform'>,
    private readonly turn: () => void,
  ) {}

  attend(): void {
    const ops = this.store.takeStoreOps();
    if (ops.length > 0) void this.#perform(ops);
  }

  /** Resolves when the disk has nothing more to do. */
  idle(): Promise<void> {
    return this.#waiting === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  async #perform(ops: StoreOp[]): Promise<void> {
    this.#waiting += 1;
    const answers = await this.disk.perform(ops);
    ops.forEach((op, index) => this.store.stored(op.ticket, answers[index]!));
    this.turn();
    this.attend();
    this.#waiting -= 1;
    if (this.#waiting === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** What is said to a store of what it finds on its disk. */
export interface Survey {
  /** What redis.conf would say. */
  directives: [string, string][];
  /** There is a snapshot and no append-only file yet: it is loaded first, and the file is begun with it. */
  isSnapshot: boolean;
}

/** Looks at what a disk has. One of the two ways to keep data must not pass over what the other one has kept. */
export async function survey(disk: Pick<Disk, 'perform'>, appendfsync = 'everysec'): Promise<Survey> {
  const [logs, files] = await disk.perform(['appendonlydir', ''].map((name, ticket) => ({ ticket, verb: 'list', name })));
  const has = (answer: StoreAnswer | undefined, end: string) => (answer && 'names' in answer ? (answer.names ?? []) : []).some((name) => name.endsWith(end));
  const hasLog = has(logs, '.manifest');
  if (appendfsync !== 'no') {
    const isSnapshot = !hasLog && has(files, 'dump.rdb');
    return { directives: [['appendonly', isSnapshot ? 'no' : 'yes'], ['appendfsync', appendfsync]], isSnapshot };
  }
  if (hasLog) throw new EngineError("the data are in an append-only file, which appendfsync 'no' would not read: open it with 'everysec' or 'always', or give what save() gives there as rdb to a new place");
  return { directives: [['save', '60 1']], isSnapshot: false };
}
