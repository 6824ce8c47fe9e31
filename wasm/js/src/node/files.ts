/**
 * A disk in a folder: files in the formats and under the names of redis-server.
 *
 * One program at a time has a folder: a file in it, `redstart.lock`, says which.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { type Disk, InTurn, type StoreAnswer, type StoreOp, type Verbs } from '../disk.js';
import { EngineError, LockedError } from '../errors.js';

const lockName = 'redstart.lock';

export class FileDisk implements Disk, Verbs {
  private readonly inTurn = new InTurn(this, asAnswer);
  private readonly handles = new Map<string, FileHandle>();

  private constructor(private readonly folder: string) {}

  /** Takes the folder of a `file:` address; fails if somebody has it. */
  static async open(url: string): Promise<FileDisk> {
    const folder = folderOf(url);
    try {
      await mkdir(folder, { recursive: true });
      takeLock(join(folder, lockName), folder);
      return new FileDisk(folder);
    } catch (error) {
      if (error instanceof LockedError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      throw Object.assign(new EngineError(`${folder} can’t be the folder of a database, which must be one that may be written: ${message}`, { cause: error }), { code });
    }
  }

  perform(ops: StoreOp[]): Promise<StoreAnswer[]> {
    return this.inTurn.perform(ops);
  }

  async close(): Promise<void> {
    await this.inTurn.done();
    for (const handle of this.handles.values()) await handle.close();
    this.handles.clear();
    rmSync(join(this.folder, lockName), { force: true });
  }

  async read(name: string, offset: number, len: number): Promise<StoreAnswer> {
    const handle = await this.handle(name, 'r+');
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(len, size - offset)));
    if (bytes.length > 0) await handle.read(bytes, 0, bytes.length, offset);
    return { bytes, objectLen: size };
  }

  async append(name: string, offset: number, bytes: Uint8Array): Promise<StoreAnswer> {
    const handle = await this.handle(name, 'r+').catch(() => this.create(name));
    const { size } = await handle.stat();
    if (offset > size) return { error: 'Invalid argument' };
    if (offset < size) await handle.truncate(offset);
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
    return {};
  }

  async sync(name: string): Promise<StoreAnswer> {
    await (await this.handle(name, 'r+')).datasync();
    await this.syncFolder(dirname(this.path(name)));
    return {};
  }

  async rename(from: string, to: string): Promise<StoreAnswer> {
    await this.forget(from);
    await this.forget(to);
    await mkdir(dirname(this.path(to)), { recursive: true });
    await rename(this.path(from), this.path(to));
    await this.syncFolder(dirname(this.path(from)));
    await this.syncFolder(dirname(this.path(to)));
    return {};
  }

  async remove(name: string): Promise<StoreAnswer> {
    await this.forget(name);
    await rm(this.path(name), { force: true });
    return {};
  }

  async list(folder: string): Promise<StoreAnswer> {
    const entries = await readdir(this.path(folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith(lockName)).map(({ name }) => name);
    return { names: names.sort().map((name) => (folder ? `${folder}/${name}` : name)) };
  }

  private async handle(name: string, flags: string): Promise<FileHandle> {
    const known = this.handles.get(name);
    if (known) return known;
    const handle = await open(this.path(name), flags);
    this.handles.set(name, handle);
    return handle;
  }

  private async create(name: string): Promise<FileHandle> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    return this.handle(name, 'w+');
  }

  private async forget(name: string): Promise<void> {
    const handle = this.handles.get(name);
    this.handles.delete(name);
    await handle?.close();
  }

  /** A new name lasts once its folder is written. */
  private async syncFolder(path: string): Promise<void> {
    // There are systems where folders can't be opened; their names last by themselves.
    const handle = await open(path, 'r').catch(() => undefined);
    await handle?.sync().catch(() => {});
    await handle?.close();
  }

  private path(name: string): string {
    const path = resolve(this.folder, name);
    if (relative(this.folder, path).startsWith('..')) throw new Error('Permission denied');
    return path;
  }
}

function folderOf(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : resolve(url.slice('file:'.length));
}

function asAnswer(error: NodeJS.ErrnoException): StoreAnswer {
  if (error.code === 'ENOENT') return { error: null };
  if (error.code === 'ENOSPC') return { error: 'No space left on device' };
  return { error: error.message };
}

/** Who had the folder and is gone has left the lock behind: one of those who find it takes it over. */
function takeLock(path: string, folder: string): void {
  for (;;) {
    if (create(path)) return;
    const found = readLock(path);
    if (found === undefined) continue;
    const [pid, start] = found.trim().split(' ');
    const holder = Number(pid);
    if (isAlive(holder) && (start === undefined || start === startOf(holder))) {
      throw new LockedError(`${folder} is already open in ${holder === process.pid ? 'this program' : `process ${holder}`}: close it there first`);
    }
    // Only who has this one, too, may remove what was left behind, and nothing else.
    const takeover = `${path}.takeover`;
    takeLock(takeover, folder);
    try {
      if (readLock(path) === found) rmSync(path, { force: true });
      if (create(path)) return;
    } finally {
      rmSync(takeover, { force: true });
    }
  }
}

/** Makes a lock of this process, unless there is one; it is there with its words, or not at all. */
function create(path: string): boolean {
  const words = `${process.pid} ${startOf(process.pid)}\n`;
  const whole = `${path}.${process.pid}.${threadId}`;
  try {
    writeFileSync(whole, words);
    linkSync(whole, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // There are file systems without links.
    return createPlainly(path, words);
  } finally {
    rmSync(whole, { force: true });
  }
  return true;
}

function createPlainly(path: string, words: string): boolean {
  try {
    writeFileSync(path, words, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  return true;
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/**
 * When a process began, where the system says so: in a container each one may have the number of the one before, and
 * elsewhere numbers come back, too.
 */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
