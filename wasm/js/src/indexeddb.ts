/**
 * A disk in IndexedDB.
 *
 *   objects   name        → { id, len }
 *   chunks    [id, index] → its bytes, so many in each but the last
 *
 * So an append writes one chunk anew and adds others, however long the object is, and a rename moves one record.
 *
 * Ops that come while a transaction is under way gather for the next one, which is one transaction for all of them: it
 * answers once it is complete. One that has to last (sync, rename) is strict where the browser knows the word: complete
 * then means on the medium, together with all that was complete before. Any other is relaxed: what it wrote survives the
 * tab and the browser, but not the loss of power.
 *
 * If a transaction fails, its ops are tried one by one, so that only those fail that can't be done. There must be one
 * writer at a time: tabs.ts sees to that.
 */

import { carryOut, type Disk, type StoreAnswer, type StoreOp, type Verbs, words } from './disk.js';

interface ObjectRecord {
  id: number;
  len: number;
}

interface Batch {
  ops: StoreOp[];
  resolve(answers: StoreAnswer[]): void;
}

/** An append writes up to so much anew, and a read that is one byte too long as much in vain: each about a millisecond. */
const chunkLen = 60 * 1024;

export class IndexedDbDisk implements Disk {
  #batches: Batch[] = [];
  #running = false;

  private constructor(private readonly db: IDBDatabase) {}

  /** Opens the database of this name; fails where the browser has none, as in some private windows. */
  static open(name: string): Promise<IndexedDbDisk> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('objects');
        request.result.createObjectStore('chunks');
      };
      request.onsuccess = () => {
        const db = request.result;
        // Somebody deletes the database, or a later version changes it.
        db.onversionchange = () => db.close();
        resolve(new IndexedDbDisk(db));
      };
      request.onerror = () => reject(request.error ?? new Error('IndexedDB could not be opened'));
    });
  }

  perform(ops: StoreOp[]): Promise<StoreAnswer[]> {
    return new Promise((resolve) => {
      this.#batches.push({ ops, resolve });
      if (!this.#running) void this.#run();
    });
  }

  close(): void {
    this.db.close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#batches.length > 0) {
      const batches = this.#batches.splice(0);
      const answers = await this.#together(batches.flatMap((batch) => batch.ops));
      for (const batch of batches) batch.resolve(answers.splice(0, batch.ops.length));
    }
    this.#running = false;
  }

  async #together(ops: StoreOp[]): Promise<StoreAnswer[]> {
    try {
      return await this.#transact(ops);
    } catch (error) {
      if (ops.length === 1) return [{ error: words(error as Error) }];
      const answers = [];
      for (const op of ops) answers.push(...(await this.#together([op])));
      return answers;
    }
  }

  async #transact(ops: StoreOp[]): Promise<StoreAnswer[]> {
    const only = (...verbs: string[]) => ops.every((op) => verbs.includes(op.verb));
    const mode = only('read', 'list') ? 'readonly' : 'readwrite';
    const durability = only('read', 'list', 'append', 'remove') ? 'relaxed' : 'strict';
    const transaction = this.db.transaction(['objects', 'chunks'], mode, { durability });
    const complete = completion(transaction);
    const work = new Work(transaction.objectStore('objects'), transaction.objectStore('chunks'));
    // A request that fails is never answered: it takes the transaction with it, which knows why.
    const [answers] = await Promise.all([Promise.race([work.performAll(ops), complete.then((): StoreAnswer[] => [])]), complete]);
    return answers;
  }
}

/** Ops within one transaction. */
class Work implements Verbs {
  constructor(
    private readonly objects: IDBObjectStore,
    private readonly chunks: IDBObjectStore,
  ) {}

  async performAll(ops: StoreOp[]): Promise<StoreAnswer[]> {
    const answers = [];
    for (const op of ops) answers.push(await carryOut(this, op));
    return answers;
  }

  async read(name: string, offset: number, len: number): Promise<StoreAnswer> {
    const object = await this.find(name);
    if (!object) return { error: null };
    const end = Math.min(offset + len, object.len);
    if (end <= offset) return { bytes: new Uint8Array(), objectLen: object.len };
    const [first, last] = [Math.floor(offset / chunkLen), Math.floor((end - 1) / chunkLen)];
    const chunks = await result<Uint8Array[]>(this.chunks.getAll(IDBKeyRange.bound([object.id, first], [object.id, last])));
    const bytes = new Uint8Array(end - offset);
    chunks.forEach((chunk, index) => {
      const start = (first + index) * chunkLen;
      bytes.set(chunk.subarray(Math.max(offset - start, 0), end - start), Math.max(start - offset, 0));
    });
    return { bytes, objectLen: object.len };
  }

  async append(name: string, offset: number, bytes: Uint8Array): Promise<StoreAnswer> {
    const object = (await this.find(name)) ?? { id: Math.floor(Math.random() * 2 ** 52), len: 0 };
    if (offset > object.len) return { error: 'Invalid argument' };
    const [first, before] = [Math.floor(offset / chunkLen), offset % chunkLen];
    let all = bytes;
    if (before > 0) {
      const chunk = await result<Uint8Array>(this.chunks.get([object.id, first]));
      all = new Uint8Array(before + bytes.length);
      all.set(chunk.subarray(0, before));
      all.set(bytes, before);
    }
    // The room is given back.
    if (offset < object.len) this.chunks.delete(chunksFrom(object.id, first));
    // A chunk is a copy: of a view, all that it is a view of would be written.
    for (let at = 0; at < all.length; at += chunkLen) {
      this.chunks.put(all.slice(at, at + chunkLen), [object.id, first + at / chunkLen]);
    }
    this.objects.put({ id: object.id, len: offset + bytes.length } satisfies ObjectRecord, name);
    return {};
  }

  async sync(name: string): Promise<StoreAnswer> {
    const object = await this.find(name);
    if (!object) return { error: null };
    // A transaction that writes nothing would have nothing to wait for.
    this.objects.put(object, name);
    return {};
  }

  async rename(from: string, to: string): Promise<StoreAnswer> {
    const object = await this.find(from);
    if (!object) return { error: null };
    if (from === to) return {};
    await this.remove(to);
    this.objects.delete(from);
    this.objects.put(object, to);
    return {};
  }

  async remove(name: string): Promise<StoreAnswer> {
    const object = await this.find(name);
    if (object) {
      this.objects.delete(name);
      this.chunks.delete(chunksFrom(object.id, 0));
    }
    return {};
  }

  async list(folder: string): Promise<StoreAnswer> {
    const names = (await result(this.objects.getAllKeys())) as string[];
    return { names: names.filter((name) => name.slice(0, Math.max(name.lastIndexOf('/'), 0)) === folder) };
  }

  private find(name: string): Promise<ObjectRecord | undefined> {
    return result(this.objects.get(name) as IDBRequest<ObjectRecord | undefined>);
  }
}

function chunksFrom(id: number, first: number): IDBKeyRange {
  return IDBKeyRange.bound([id, first], [id, Infinity]);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave up writing'));
  });
}
