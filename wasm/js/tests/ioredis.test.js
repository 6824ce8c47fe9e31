// ioredis, in all its majors: the same on the engine in this program and on redis-server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { places } from './servers.js';

for (const [version, name] of [[4, 'ioredis-4'], [5, 'ioredis-5'], [6, 'ioredis']]) {
  const { default: Redis } = await import(name);
  for (const [where, start] of Object.entries(places)) {
    describe(`ioredis ${version}, ${where}`, () => {
      let place;
      let redis;
      before(async () => {
        place = await start();
        redis = new Redis(place.ioredis);
      });
      beforeEach(() => redis.flushall());
      after(async () => {
        await redis.quit();
        await place.end();
      });

      test('values, bytes and nothing', async () => {
        assert.equal(await redis.set('k', 'v', 'EX', 60), 'OK');
        assert.equal(await redis.get('k'), 'v');
        assert.equal(await redis.get('none'), null);
        const bytes = Buffer.from([0, 13, 10, 255]);
        await redis.set('bytes', bytes);
        assert.deepEqual(await redis.getBuffer('bytes'), bytes);
        await redis.hset('h', { a: 1, b: 2 });
        assert.deepEqual({ ...(await redis.hgetall('h')) }, { a: '1', b: '2' });
      });

      test('a pipeline, with an error in it', async () => {
        const replies = await redis.pipeline().set('a', 'x').incr('a').get('a').exec();
        assert.deepEqual(replies.map(([error, reply]) => error?.message ?? reply), ['OK', 'ERR value is not an integer or out of range', 'x']);
      });

      test('a transaction', async () => {
        assert.deepEqual(await redis.multi().incr('n').incr('n').exec(), [[null, 1], [null, 2]]);
        await redis.watch('n');
        const other = redis.duplicate();
        await other.set('n', 9);
        assert.equal(await redis.multi().incr('n').exec(), null);
        await other.quit();
      });

      test('messages on a duplicate', async () => {
        const listener = redis.duplicate();
        await listener.subscribe('news');
        const heard = new Promise((resolve) => listener.on('message', (channel, message) => resolve([channel, message])));
        assert.equal(await redis.publish('news', 'hello'), 1);
        assert.deepEqual(await heard, ['news', 'hello']);
        await listener.quit();
      });

      test('waiting for an element', async () => {
        const waiter = redis.duplicate();
        const waiting = waiter.blpop('q', 0);
        await redis.rpush('q', 'x');
        assert.deepEqual(await waiting, ['q', 'x']);
        await waiter.quit();
      });

      test('a script, by its digest', async () => {
        redis.defineCommand('twice', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)" });
        assert.equal(await redis.twice('n', 21), 42);
        assert.equal(await redis.twice('n', 1), 44);
      });

      test('a scan as a stream', async () => {
        await redis.mset(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i])));
        const keys = new Set();
        for await (const found of redis.scanStream({ match: 'k*' })) found.forEach((key) => keys.add(key));
        assert.equal(keys.size, 100);
      });

      test('a connection that is killed comes back', async () => {
        const again = new Promise((resolve) => redis.once('ready', resolve));
        const other = redis.duplicate();
        await other.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await again;
        assert.equal(await redis.set('k', 1), 'OK');
        await other.quit();
      });
    });
  }
}
