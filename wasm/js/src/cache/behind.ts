/**
 * Write-behind. What waits lies in two hashes of the store, by key:
 *
 *     waiting ── taken as a whole (RENAMENX) ──► writing ── written ──► gone
 *
 * A program that ends in the middle leaves `writing` behind; whoever goes on writes that first. So a value may be written
 * twice, and is never lost as long as the store is there.
 */
import type { Call } from './caller.js';

/** How the queue is worked through. */
export interface WriteBehindOptions {
  /** Tells this queue from others. */
  name?: string;
  /** How long a value may wait, in milliseconds. */
  delay?: number;
  /** How long to wait after a failure, in milliseconds; twice as long after each further one. */
  retryDelay?: number;
  /** Hears of failures: what could not be written waits on. */
  onError?(error: unknown): void;
}

/** A cache whose writes reach the source later, in batches. */
export interface WriteBehind<T> {
  /** Changes a value here, at once, and there, later. */
  set(key: string, value: T): Promise<void>;
  /** Writes everything that waits, what an earlier program left included. */
  flush(): Promise<void>;
  /** How many values wait. */
  size(): Promise<number>;
  /** Writes what waits, and then no more. */
  close(): Promise<void>;
}

interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

export function writeBehind<T>(
  call: Call,
  queue: string,
  codec: Codec,
  setHere: (key: string, value: T) => Promise<void>,
  write: (values: Map<string, T>) => unknown,
  { delay = 1000, retryDelay = 1000, onError = () => {} }: WriteBehindOptions,
): WriteBehind<T> {
  const [waiting, writing] = [`${queue}:waiting`, `${queue}:writing`];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> = Promise.resolve();
  let failures = 0;
  let isClosed = false;

  const later = (ms: number) => {
    if (isClosed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      flush().then(
        () => (failures = 0),
        (error) => {
          onError(error);
          later(retryDelay * 2 ** Math.min(failures++, 6));
        },
      );
    }, ms);
  };

  const writeOnce = async (): Promise<boolean> => {
    const left = pairs(await call('HGETALL', writing));
    if (left.size > 0) {
      await write(new Map([...left].map(([key, text]) => [key, codec.decode(text) as T])));
      await call('DEL', writing);
    }
    if (Number(await call('EXISTS', waiting)) === 0) return false;
    await call('RENAMENX', waiting, writing);
    return true;
  };

  const flush = (): Promise<void> => {
    const next = running.catch(() => {}).then(async () => {
      while (await writeOnce());
    });
    running = next;
    return next;
  };

  return {
    async set(key, value) {
      if (isClosed) throw new Error(`write-behind ${queue} is closed`);
      await call('HSET', waiting, key, codec.encode(value));
      await setHere(key, value);
      later(delay);
    },
    flush,
    size: async () => Number(await call('HLEN', waiting)) + Number(await call('HLEN', writing)),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await flush();
    },
  };
}

/** The fields of a hash, however a client gives them. */
function pairs(reply: unknown): Map<string, string> {
  if (reply instanceof Map) return reply as Map<string, string>;
  if (!Array.isArray(reply)) return new Map(Object.entries((reply ?? {}) as Record<string, string>));
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < reply.length; i += 2) map.set(reply[i] as string, reply[i + 1] as string);
  return map;
}
