/**
 * A disk in the files that a browser keeps for a site (the Origin Private File System): a folder with the files of
 * redis-server, under its names.
 *
 * They are written in place, through handles that only a dedicated worker gets, and one at a time for each file. Who has
 * them is decided by a lock before (shared.ts), as for IndexedDB. What was written survives the tab and the browser; a
 * sync is as lasting as the browser makes it.
 */
import { type Disk, InTurn, type StoreAnswer, type StoreOp, type Verbs, words } from './disk.js';

/** What the compiler's library has for workers only, or not yet. */
interface SyncAccess {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface SyncFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

export class OpfsDisk implements Disk, Verbs {
  private readonly inTurn = new InTurn(this, asAnswer);
  private readonly accesses = new Map<string, SyncAccess>();

  private constructor(private readonly root: FileSystemDirectoryHandle) {}

  /** Opens the folder of this name. */
  static async open(name: string): Promise<OpfsDisk> {
    const root = await navigator.storage.getDirectory();
    return new OpfsDisk(await root.getDirectoryHandle(`redstart-${encodeURIComponent(name)}`, { create: true }));
  }

  perform(ops: StoreOp[]): Promise<StoreAnswer[]> {
    return this.inTurn.perform(ops);
  }

  async close(): Promise<void> {
    await this.inTurn.done();
    for (const name of [...this.accesses.keys()]) this.release(name);
  }

  async read(name: string, offset: number, len: number): Promise<StoreAnswer> {
    const access = await this.access(name);
    const size = access.getSize();
    const bytes = new Uint8Array(Math.max(0, Math.min(len, size - offset)));
    if (bytes.length > 0) access.read(bytes, { at: offset });
    return { bytes, objectLen: size };
  }

  async append(name: string, offset: number, bytes: Uint8Array): Promise<StoreAnswer> {
    const access = await this.access(name, true);
    const size = access.getSize();
    if (offset > size) return { error: 'Invalid argument' };
    if (offset < size) access.truncate(offset);
    for (let at = 0; at < bytes.length; ) {
      const written = access.write(bytes.subarray(at), { at: offset + at });
      // Some browsers give no error when there is no room, but a count that can't be.
      if (!(written > 0 && written <= bytes.length - at)) throw new DOMException('nothing is written', 'QuotaExceededError');
      at += written;
    }
    return {};
  }

  async sync(name: string): Promise<StoreAnswer> {
    (await this.access(name)).flush();
    return {};
  }

  async rename(from: string, to: string): Promise<StoreAnswer> {
    const [folder, name] = await this.place(from);
    const file = (await folder.getFileHandle(name)) as SyncFile;
    if (from === to) return {};
    this.release(from);
    this.release(to);
    await file.move(...(await this.place(to, true)));
    return {};
  }

  async remove(name: string): Promise<StoreAnswer> {
    this.release(name);
    await this.place(name).then(([folder, last]) => folder.removeEntry(last)).catch(ifMissing);
    return {};
  }

  async list(folder: string): Promise<StoreAnswer> {
    const names: string[] = [];
    const [within] = (await this.place(folder && `${folder}/`).catch(ifMissing)) ?? [];
    if (!within) return { names };
    for await (const [name, { kind }] of within.entries()) if (kind === 'file') names.push(folder ? `${folder}/${name}` : name);
    return { names: names.sort() };
  }

  /** The way into a file, which stays open. */
  private async access(path: string, create = false): Promise<SyncAccess> {
    const known = this.accesses.get(path);
    if (known) return known;
    const [folder, name] = await this.place(path, create);
    const access = await openOnceFree((await folder.getFileHandle(name, { create })) as SyncFile);
    this.accesses.set(path, access);
    return access;
  }

  private release(path: string): void {
    this.accesses.get(path)?.close();
    this.accesses.delete(path);
  }

  /** The folder of an object, and its name in there. */
  private async place(path: string, create = false): Promise<[FileSystemDirectoryHandle, string]> {
    const folders = path.split('/');
    const name = folders.pop() as string;
    let folder = this.root;
    for (const each of folders) folder = await folder.getDirectoryHandle(each, { create });
    return [folder, name];
  }
}

/** A browser may let go of a dead tab's files a little later than of its lock. */
async function openOnceFree(file: SyncFile): Promise<SyncAccess> {
  for (let tries = 1; ; tries++) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if ((error as Error).name !== 'NoModificationAllowedError' || tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const isMissing = ({ name }: Error): boolean => name === 'NotFoundError';

function ifMissing(error: Error): undefined {
  if (!isMissing(error)) throw error;
}

function asAnswer(error: Error): StoreAnswer {
  return { error: isMissing(error) ? null : words(error) };
}
