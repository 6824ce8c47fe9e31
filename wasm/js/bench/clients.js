/**
 * Calls a second: this package beside ioredis-mock and js-redis-server, and ioredis on a store inside the program beside
 * ioredis on redis-server over loopback (`REDIS_PORT`). Contenders take turns, round by round, in one process.
 */
import Redis from 'ioredis';
import RedisMock from 'ioredis-mock';
import { createInMemoryClient } from 'js-redis-server';
import { open } from 'redstart';

const rounds = Number(process.env.ROUNDS ?? 5);
const time = Number(process.env.ROUND_MS ?? 300);

const db = await open('memory:');
const mock = new RedisMock();
const inMemory = await createInMemoryClient();
const inside = new Redis({ Connector: db.Connector });
const outside = process.env.REDIS_PORT && new Redis({ host: '127.0.0.1', port: Number(process.env.REDIS_PORT) });

const keys = Array.from({ length: 1000 }, (_, i) => `key:${i}`);
/** What is called, by each kind of client. */
const calls = {
  GET: { typed: (c, k) => c.get(k), raw: (c, k) => c.command('GET', k) },
  SET: { typed: (c, k) => c.set(k, 'value'), raw: (c, k) => c.command('SET', k, 'value') },
  HSET: { typed: (c, k, i) => c.hset('hash', k, i), raw: (c, k, i) => c.command('HSET', 'hash', k, `${i}`) },
  ZADD: { typed: (c, k, i) => c.zadd('ranking', i, k), raw: (c, k, i) => c.command('ZADD', 'ranking', `${i}`, k) },
};

const contenders = {
  redstart: { client: db, kind: 'typed' },
  'ioredis-mock': { client: mock, kind: 'typed' },
  'js-redis-server': { client: inMemory, kind: 'raw' },
  'ioredis, inside': { client: inside, kind: 'typed' },
  ...(outside && { 'ioredis, redis-server': { client: outside, kind: 'typed' } }),
};

const ways = {
  'together, 1000 at a time': async (call, client) => {
    await Promise.all(keys.map((key, i) => call(client, key, i)));
    return keys.length;
  },
  'one after the other': async (call, client) => {
    for (let i = 0; i < 100; i++) await call(client, keys[i], i);
    return 100;
  },
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const result = {};
for (const [way, run] of Object.entries(ways)) {
  for (const [name, call] of Object.entries(calls)) {
    const rates = Object.fromEntries(Object.keys(contenders).map((contender) => [contender, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const [contender, { client, kind }] of Object.entries(contenders)) {
        const started = performance.now();
        let done = 0;
        while (performance.now() - started < time) done += await run(call[kind], client);
        // The first round warms up.
        if (round > 0) rates[contender].push((done / (performance.now() - started)) * 1000);
      }
    }
    for (const [contender, measured] of Object.entries(rates)) {
      ((result[way] ??= {})[name] ??= {})[contender] = Math.round(median(measured));
    }
  }
}
console.log(JSON.stringify(result));
inside.disconnect();
if (outside) outside.disconnect();
mock.disconnect();
await inMemory.close?.();
await db.close();
