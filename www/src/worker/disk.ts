/** The disk below the playground: IndexedDB, or nothing where the browser has none or tabs can't share it. */
import type { StoreAnswer, StoreOp } from '../../../wasm/js/src/disk';
import { IndexedDbDisk } from '../../../wasm/js/src/indexeddb';
import { canShare } from '../../../wasm/js/src/tabs';
import { Keep } from './keep';

export interface Disk {
  perform(ops: StoreOp[]): Promise<StoreAnswer[]>;
  /** Why nothing is kept, if nothing is. */
  readonly absent?: string;
}

const folder = 'appendonlydir';

/** Opens both; what an earlier version kept becomes the append-only file. */
export async function openDisk(): Promise<{ disk: Disk; keep?: Keep; notes?: unknown }> {
  if (!canShare()) return { disk: noDisk('it has no Web Locks here, which tabs need to share them') };
  try {
    const [disk, keep] = await Promise.all([IndexedDbDisk.open('redstart-data'), Keep.open()]);
    const { notes, data } = await keep.load();
    if (data) await adopt(disk, keep, data);
    return { disk, keep, notes };
  } catch (error) {
    return { disk: noDisk(error instanceof Error ? error.message : String(error)) };
  }
}

/** Nothing is there, and nothing is kept. */
export function noDisk(absent: string): Disk {
  const answer = ({ verb }: StoreOp): StoreAnswer =>
    verb === 'list' ? { names: [] } : { error: verb === 'read' ? null : 'This browser keeps no data for the page' };
  return { absent, perform: (ops) => Promise.resolve(ops.map(answer)) };
}

/** The data was commands, which the engine takes for an append-only file of the days when that was one file. */
async function adopt(disk: Disk, keep: Keep, data: Uint8Array): Promise<void> {
  const name = 'appendonly.aof';
  const [there] = await disk.perform([{ ticket: 0, verb: 'list', name: folder }]);
  if (there && 'names' in there && there.names?.length === 0) {
    const answers = await disk.perform([
      { ticket: 0, verb: 'append', name, offset: 0, bytes: data },
      { ticket: 0, verb: 'sync', name },
    ]);
    for (const { error } of answers) if (error !== undefined) throw new Error(error ?? 'the data is gone');
  }
  await keep.forgetData();
}

/** Puts files that can't be loaded into a folder of their own, all at once; gives its name. */
export async function setAside(disk: Disk): Promise<string> {
  const aside = `damaged-${new Date().toISOString()}`;
  const renames = (await names(disk, folder)).map((name): StoreOp => {
    return { ticket: 0, verb: 'rename', name, to: `${aside}/${name.slice(folder.length + 1)}` };
  });
  for (const { error } of await disk.perform(renames)) if (error !== undefined) throw new Error(error ?? 'it is gone');
  return aside;
}

/** What was set aside, as one append-only file: base and commands, one after the other. */
export async function readAside(disk: Disk, aside: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = (await names(disk, aside)).filter((name) => /\.(base|incr)\.(rdb|aof)$/.test(name));
  const order = (name: string) => (name.includes('.base.') ? 0 : Number(/\.(\d+)\.incr/.exec(name)?.[1]));
  files.sort((one, other) => order(one) - order(other));
  const reads = files.map((name): StoreOp => ({ ticket: 0, verb: 'read', name, offset: 0, len: Infinity }));
  const pieces = await disk.perform(reads);
  const whole = new Blob(pieces.map((piece) => ('bytes' in piece && piece.bytes ? new Uint8Array(piece.bytes) : '')));
  return new Uint8Array(await whole.arrayBuffer());
}

async function names(disk: Disk, name: string): Promise<string[]> {
  const [answer] = await disk.perform([{ ticket: 0, verb: 'list', name }]);
  return (answer && 'names' in answer && answer.names) || [];
}
