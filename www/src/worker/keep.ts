/**
 * What is kept between visits, in IndexedDB: one record for the data, one for history and progress. Only the tab
 * that holds the lock writes, so that two tabs never overwrite each other's data.
 */

/** What a visit begins with. */
export interface Kept {
  data: Uint8Array | undefined;
  notes: unknown;
}

const store = 'kept';

/** How long to wait for a tab that is just closing, such as this one before a reload, in milliseconds. */
const patience = 2000;

export class Keep {
  private constructor(private readonly db: IDBDatabase) {}

  /** Opens the database; fails where there is none, as in some private windows. */
  static open(): Promise<Keep> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open('redstart', 1);
      request.onupgradeneeded = () => request.result.createObjectStore(store);
      request.onsuccess = () => {
        const db = request.result;
        // A later version of the page, in another tab, may change the database.
        db.onversionchange = () => db.close();
        resolve(new Keep(db));
      };
      request.onerror = () => reject(request.error ?? new Error('IndexedDB could not be opened'));
      request.onblocked = () => reject(new Error('another tab with an older version is open'));
    });
  }

  async load(): Promise<Kept> {
    const transaction = this.db.transaction(store);
    const records = transaction.objectStore(store);
    const [data, notes] = [records.get('data'), records.get('notes')];
    await finished(transaction);
    return { data: data.result instanceof Uint8Array ? data.result : undefined, notes: notes.result };
  }

  /** Writes records together; what is undefined stays as it was. Once it returns they are on the disk. */
  async save(records: { data?: Uint8Array | undefined; notes?: unknown }): Promise<void> {
    const transaction = this.db.transaction(store, 'readwrite', { durability: 'strict' });
    for (const [name, value] of Object.entries(records)) {
      if (value !== undefined) transaction.objectStore(store).put(value, name);
    }
    await finished(transaction);
  }

  /** Puts data that could not be read under another name. */
  async setAside(data: Uint8Array): Promise<void> {
    const transaction = this.db.transaction(store, 'readwrite', { durability: 'strict' });
    transaction.objectStore(store).put(data, `damaged-${new Date().toISOString()}`);
    transaction.objectStore(store).delete('data');
    await finished(transaction);
  }
}

/** Resolves to whether this tab is the one that writes; it is until it closes. */
export function becomeWriter(): Promise<boolean> {
  const locks = (navigator as Partial<WorkerNavigator>).locks;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    locks.request('redstart', { signal: AbortSignal.timeout(patience) }, held).catch(() => resolve(false));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () =>
      reject(transaction.error ?? new Error('IndexedDB gave up writing'));
  });
}
