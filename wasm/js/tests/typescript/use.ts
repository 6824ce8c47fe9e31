// What programs in TypeScript write. It is checked, and never run.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { open, type Listener, type Options, type ReplyError } from 'redstart';
import { createCache } from 'redstart/cache';
import 'redstart/console';
import Inside, { connector } from 'redstart/ioredis';
import { useKey } from 'redstart/react';
import { createClient as inside, path } from 'redstart/redis';
import { testRedis } from 'redstart/testing';
import { useRedis } from 'redstart/testing/vitest';

export async function use(flag: boolean): Promise<unknown> {
  const options: Options = { appendfsync: 'always', worker: true, tabs: 'alone', wasm: new URL('https://x/redstart.wasm') };
  await using db = await open('memory:', options);
  const text: string | null = await db.get('k');
  const bytes: Uint8Array | null = await db.bytes.get('k');
  const hash: Map<string, string> = await db.hgetall('h');
  // A condition decides on an option.
  await db.set('k', 'v', { NX: flag, EX: flag ? 10 : undefined });
  await db.zadd('z', { GT: flag }, [1, 'a'], [2, 'b']);
  const [n]: [number | bigint | ReplyError] = await db.pipeline((p) => [p.incr('n')]);
  const results = await db.transaction((t) => [t.set('a', 1), t.call<string>('GET', 'a')]);
  const last: string | undefined = results?.[1];
  for await (const { message } of db.bytes.subscribe(['news', 'sport'])) message.byteLength;
  for await (const { id, fields } of db.streamIterator('log', { from: '0' })) fields.get(id);
  const listener: Listener = await db.listen({ port: 0 });
  const clients = [new Redis({ Connector: db.Connector, db: 1 }), new Inside({ Connector: connector(db) }), new Inside('redis://localhost')];
  createClient({ socket: { path: db.path, tls: false } });
  inside({ socket: { path: path(db), tls: false } });
  const cache = createCache(new Redis(), { ttl: 1000 });
  const { name } = await cache.getOrSet(cache.key('user', 1), () => ({ name: 'Ada' }));
  const redis = await testRedis({ seed: 1 });
  redis.clock.advance('1h');
  redis.restoreSnapshot(redis.snapshot());
  const element = document.createElement('redstart-console');
  element.db = db;
  await element.run('PING');
  return [text, bytes, hash, n, last, listener.url, clients, name, useRedis(), useKey<string>(db, 'k')];
}

export async function misuse(): Promise<void> {
  const db = await open('memory:');
  // @ts-expect-error
  await db.set('k', null);
  // @ts-expect-error
  await db.set('k', 'v', { BOGUS: 1 });
  // @ts-expect-error
  await db.hset('h', { a: { b: 1 } });
  // @ts-expect-error
  await open('memory:', { foo: 1 });
  // @ts-expect-error
  (await testRedis()).clock.advance('1 hour');
}
