/**
 * What is kept between visits besides the data: one record for history and progress. Earlier versions of the page had one
 * for the data, too.
 */

const store = 'kept';

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
    });
  }

  /** The notes, and the data of an earlier version. */
  async load(): Promise<{ notes: unknown; data: Uint8Array | undefined }> {
    const transaction = this.db.transaction(store);
    const records = transaction.objectStore(store);
    const [data, notes] = [records.get('data'), records.get('notes')];
    await finished(transaction);
    return { data: data.result instanceof Uint8Array ? data.result : undefined, notes: notes.result };
  }

  save(notes: unknown): Promise<void> {
    const transaction = this.db.transaction(store, 'readwrite');
    transaction.objectStore(store).put(notes, 'notes');
    return finished(transaction);
  }

  /** The data of an earlier version is elsewhere by now. */
  forgetData(): Promise<void> {
    const transaction = this.db.transaction(store, 'readwrite');
    transaction.objectStore(store).delete('data');
    return finished(transaction);
  }
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () =>
      reject(transaction.error ?? new Error('IndexedDB gave up writing'));
  });
}
