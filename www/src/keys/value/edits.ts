/** Which commands change an element of each type. */
import { run, runAll } from '../hand';
import type { Element, ElementsView } from '../protocol';
import { line, shown } from '../words';

export interface Edits {
  /** What an element is known by, and what belongs to it. */
  columns: [string, string?];
  change?: (key: Uint8Array, element: Element, value: string) => void;
  remove: (key: Uint8Array, element: Element, content: ElementsView) => void;
}

export const edits: Record<string, Edits> = {
  hash: {
    columns: ['Field', 'Value'],
    change: (key, { name }, value) => run('HSET', key, name, value),
    remove: (key, { name }) => run('HDEL', key, name),
  },
  list: {
    columns: ['Index', 'Item'],
    change: (key, { name }, value) => run('LSET', key, name, value),
    remove: (key, { name }, { total }) => {
      const index = Number(shown(name));
      if (index === 0) run('LPOP', key);
      else if (index === total - 1) run('RPOP', key);
      // No command removes by an index: the item is marked, and the mark removed.
      else runAll(line('LSET', key, name, mark), line('LREM', key, '1', mark));
    },
  },
  set: {
    columns: ['Member'],
    remove: (key, { name }) => run('SREM', key, name),
  },
  zset: {
    columns: ['Member', 'Score'],
    change: (key, { name }, score) => run('ZADD', key, score, name),
    remove: (key, { name }) => run('ZREM', key, name),
  },
  stream: {
    columns: ['Id', 'Fields'],
    remove: (key, { name }) => run('XDEL', key, name),
  },
};

const mark = '__removed__';
