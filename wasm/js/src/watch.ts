/**
 * Keys that change, with their values, a turn's changes together. Told by keyspace notifications, which are switched on
 * for what is needed. That everything is gone they don't say: that is what a client is told that tracks keys.
 */
import type { Database } from './database.js';

/** A key that changed. */
export interface KeyChange {
  /** Its name. */
  key: string;
  /** What happened last: `set`, `del`, `expired`, `hset`, …; `flushall` for keys that were told of before. */
  event: string;
  /** Its value as it is now: a string, an array, a `Set` or a `Map`; `null` if it is gone. */
  value: unknown;
}

/** Calls back with what changed, until it is told to stop. */
export interface Watching {
  /** Stops it. */
  (): void;
  /** Fulfilled once every later change is told. */
  readonly ready: Promise<void>;
}

// Fake timers replace it; what changed is told all the same.
const nextTurn = globalThis.setTimeout;
const later = (work: () => void) => void nextTurn(work, 0);

/** `seen`: keys that whoever listens knows of already. */
export function watchKeys(db: Database, pattern: string, heard: (changes: KeyChange[]) => void, seen: string[] = []): Watching {
  // The database that is selected: its keys are read, too.
  const { index } = db['session'];
  const events = new Map<string, string>();
  let isReading = false;
  let isOver = false;
  const prefix = `__keyspace@${index}__:`;
  const subscription = db.psubscribe(prefix + pattern);
  const known = new Set(seen);
  const tracking = db['another']();
  tracking.onPush = ([kind, keys]) => {
    if (kind === 'invalidate' && keys === null) for (const key of known) note(key, 'flushall');
  };
  // No key begins so: it is told of nothing else.
  const track = () => tracking.send(['CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', prefix], false);
  tracking.onRenew = () => void track().catch(() => {});

  const read = async () => {
    try {
      while (events.size > 0 && !isOver) {
        const batch = [...events];
        events.clear();
        const changes = await Promise.all(batch.map(async ([key, event]) => ({ key, event, value: await valueOf(db, key) })));
        for (const { key, value } of changes) {
          if (value !== null || seen.includes(key)) known.add(key);
          else known.delete(key);
        }
        if (!isOver) tell(changes);
      }
    } finally {
      // At once: what is noted from now on is read anew.
      isReading = false;
    }
  };
  const tell = (changes: KeyChange[]) => {
    try {
      heard(changes);
    } catch (error) {
      // It is the listener's own, and no reason to stop: it goes where errors of callbacks go.
      later(() => {
        throw error;
      });
    }
  };
  const note = (key: string, event: string) => {
    events.set(key, event);
    if (isReading) return;
    isReading = true;
    // What else changes in this turn comes with it.
    later(() => void read().catch(() => {}));
  };
  const listen = async () => {
    for await (const { channel, message } of subscription) note(channel.slice(prefix.length), message);
  };
  listen().catch(() => {});
  const stop = () => {
    isOver = true;
    subscription.close();
    tracking.close();
  };
  return Object.assign(stop, { ready: Promise.all([subscription.ready, track(), switchOn(db)]).then(() => {}) });
}

/** Adds keyspace notifications of every kind to those that are on. */
async function switchOn(db: Database): Promise<void> {
  const flags = (await db.configGet('notify-keyspace-events')).get('notify-keyspace-events') ?? '';
  const missing = ['K', 'A'].filter((flag) => !flags.includes(flag));
  if (missing.length > 0) await db.configSet({ 'notify-keyspace-events': flags + missing.join('') });
}

/** A key's value, whatever its type. */
export async function valueOf(db: Database, key: string): Promise<unknown> {
  switch (await db.type(key)) {
    case 'string':
      return db.get(key);
    case 'hash':
      return db.hgetall(key);
    case 'list':
      return db.lrange(key, 0, -1);
    case 'set':
      return db.smembers(key);
    case 'zset':
      return new Map((await db.zrange(key, 0, -1, { WITHSCORES: true })) as [string, number][]);
    case 'stream':
      return db.xrange(key, '-', '+');
    default:
      return null;
  }
}
