// Caching: the same on a database of this package, on ioredis and on node-redis.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { open } from 'redstart';
import { createCache } from 'redstart/cache';
import { testRedis } from 'redstart/testing';

/** A loading that is over when the test says so. */
function loading(value) {
  let finish;
  const done = new Promise((resolve) => {
    finish = () => resolve(value);
  });
  let count = 0;
  return { load: () => (count++, done), finish, count: () => count };
}

const clients = {
  'this package': async (redis) => [redis, () => {}],
  ioredis: async (redis) => {
    const client = new Redis({ Connector: redis.Connector });
    return [client, () => client.quit()];
  },
  'node-redis': async (redis) => {
    const client = await createClient({ socket: { path: redis.path } }).connect();
    return [client, () => client.close()];
  },
};

for (const [name, connect] of Object.entries(clients)) {
  describe(`a cache on ${name}`, () => {
    let redis;
    let client;
    let end;
    let cache;
    beforeEach(async () => {
      redis = await testRedis();
      [client, end] = await connect(redis);
      cache = createCache(client, { prefix: 'app', ttl: 10_000, beta: 0 });
    });
    afterEach(async () => {
      await end();
      await redis.close();
    });

    test('a value is loaded once, and again when its time is over', async () => {
      let loads = 0;
      const load = () => ({ n: ++loads });
      assert.deepEqual(await cache.getOrSet('k', load), { n: 1 });
      assert.deepEqual(await cache.getOrSet('k', load), { n: 1 });
      redis.clock.advance(10_001);
      assert.deepEqual(await cache.getOrSet('k', load), { n: 2 });
      const { hits, misses, loads: counted, hitRate } = cache.stats;
      assert.deepEqual({ hits, misses, counted, hitRate }, { hits: 1, misses: 2, counted: 2, hitRate: 1 / 3 });
      assert.deepEqual([await cache.delete('k', 'none'), await cache.get('k')], [1, undefined]);
    });

    test('many who miss at once load once', async () => {
      const { load, finish, count } = loading('slow');
      const all = Array.from({ length: 20 }, () => cache.getOrSet('k', load));
      while (count() === 0) await redis.ping().then(() => new Promise(setImmediate));
      finish();
      assert.deepEqual(new Set(await Promise.all(all)), new Set(['slow']));
      assert.equal(count(), 1);
    });

    test('another program waits for what the first one loads', async () => {
      const elsewhere = createCache(client, { prefix: 'app', ttl: 10_000 });
      const { load, finish, count } = loading('slow');
      const first = cache.getOrSet('k', load);
      while (count() === 0) await new Promise(setImmediate);
      const second = elsewhere.getOrSet('k', () => assert.fail('it has no lock'));
      while (elsewhere.stats.waits === 0) await new Promise(setImmediate);
      finish();
      assert.deepEqual([await first, await second], ['slow', 'slow']);
    });

    test('a stale value is given at once, and loaded again', async () => {
      await cache.set('k', 'old', { stale: 5000 });
      redis.clock.advance(12_000);
      const { load, finish, count } = loading('new');
      assert.equal(await cache.getOrSet('k', load, { stale: 5000 }), 'old');
      while (count() === 0) await new Promise(setImmediate);
      finish();
      while ((await cache.get('k')) !== 'new') await new Promise(setImmediate);
      assert.equal(cache.stats.loads, 1);
    });

    test('what waits to be written survives a failure', async () => {
      const written = [];
      let works = false;
      const queue = cache.writeBehind((values) => {
        if (!works) throw new Error('the other side is down');
        written.push(...values);
      }, { delay: 1e6 });
      await queue.set('a', 1);
      await queue.set('a', 2);
      await queue.set('b', 1);
      assert.equal(await cache.get('a'), 2);
      await assert.rejects(queue.flush(), /the other side is down/);
      assert.equal(await queue.size(), 2);
      works = true;
      await queue.set('c', 3);
      await queue.close();
      assert.deepEqual(new Map(written), new Map([['a', 2], ['b', 1], ['c', 3]]));
      await assert.rejects(queue.set('d', 4), /is closed/);
    });
  });
}

describe('caching', () => {
  let redis;
  beforeEach(async () => {
    redis = await testRedis();
  });
  afterEach(() => redis.close());

  test('read-through and write-through', async () => {
    const source = new Map([['a', 1]]);
    const cache = createCache(redis);
    const read = cache.readThrough((key) => source.get(key));
    const write = cache.writeThrough((key, value) => (value < 0 ? Promise.reject(new Error('no')) : source.set(key, value)));
    assert.equal(await read('a'), 1);
    await write('a', 2);
    assert.deepEqual([await read('a'), source.get('a')], [2, 2]);
    await assert.rejects(write('a', -1), /no/);
    assert.equal(await read('a'), 2);
    assert.equal(await read('none'), undefined);
    assert.equal(await redis.exists('none'), 0);
  });

  test('a failed loading is told, and the next one may try', async () => {
    const cache = createCache(redis);
    await assert.rejects(cache.getOrSet('k', () => Promise.reject(new Error('down'))), /down/);
    assert.equal(await cache.getOrSet('k', () => 'up'), 'up');
    assert.equal(cache.stats.errors, 1);
  });

  test('times differ by chance, and what is asked for often is loaded early', async () => {
    const draws = [1, 0.5, 0];
    const cache = createCache(redis, { ttl: 10_000, jitter: 0.2, random: () => draws.shift() ?? 1 });
    await cache.set('a', 1);
    await cache.set('b', 1);
    assert.deepEqual([await redis.pttl('a'), await redis.pttl('b')].map((ms) => Math.round(ms / 1000)), [8, 9]);
    // The least likely draw of all is sooner than any time to live, once loading took a moment.
    const early = createCache(redis, { ttl: 1000, random: () => 0 });
    await early.getOrSet('slow', () => new Promise((resolve) => setTimeout(resolve, 5, 1)));
    const again = new Promise((resolve) => void early.getOrSet('slow', () => resolve('again') ?? 2));
    assert.equal(await again, 'again');
    assert.equal(early.stats.early, 1);
  });

  test('values are there before anybody asks', async () => {
    const cache = createCache(redis);
    await cache.set('b', 'own');
    assert.equal(await cache.warm(['a', 'b', 'c'], (key) => `${key}!`), 2);
    assert.deepEqual([await cache.get('a'), await cache.get('b')], ['a!', 'own']);
  });

  test('keys are made of parts that can’t be mistaken', () => {
    const cache = createCache(redis);
    assert.equal(cache.key('user', 7, 'a:b%'), 'user:7:a%3Ab%25');
  });

  test('a write-behind goes on after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redstart-'));
    const written = new Map();
    const first = await open(`file:${folder}`, { appendfsync: 'always' });
    // The program ends before the time has come.
    mock.timers.enable({ apis: ['setTimeout'] });
    await createCache(first).writeBehind(() => assert.fail('not yet')).set('a', 1);
    mock.timers.reset();
    await first.close();
    const second = await open(`file:${folder}`);
    const queue = createCache(second).writeBehind((values) => values.forEach((value, key) => written.set(key, value)));
    await queue.flush();
    assert.deepEqual(written, new Map([['a', 1]]));
    await queue.close();
    await second.close();
    rmSync(folder, { recursive: true });
  });

  test('bad use is told', () => {
    assert.throws(() => createCache({}), /needs a database of this package, or a client/);
    assert.throws(() => createCache(undefined), /needs a database of this package, or a client/);
    assert.throws(() => createCache(redis, { ttl: -1 }), /ttl is -1/);
    assert.throws(() => createCache(redis, { jitter: 2 }), /jitter is 2; it must be a number from 0 to 1/);
    assert.throws(() => createCache(redis, { tll: 1 }), /there is no option tll/);
    assert.throws(() => createCache(redis).key('user', undefined), /a part of a key is undefined/);
  });

  test('bad use of an entry is told, and keeps nothing', async () => {
    const cache = createCache(redis, { stale: undefined });
    await assert.rejects(cache.set('k', undefined), /the value of k can’t be kept: it is encoded as undefined/);
    await assert.rejects(cache.set('k', 1, { ttl: 0 }), /ttl is 0/);
    await assert.rejects(cache.getOrSet('k', 'no function'), /what loads k is no function/);
    await assert.rejects(cache.getOrSet(undefined, () => 1), /the key is undefined/);
    await assert.rejects(cache.warm(['k'], () => 1, { concurrency: 0 }), /concurrency is 0/);
    assert.equal(await redis.dbsize(), 0);
  });

  test('what can’t be read is loaded anew', async () => {
    const cache = createCache(redis);
    for (const text of ['somebody else’s', '5 {"an":"older']) {
      await redis.set('k', text);
      assert.equal(await cache.get('k'), undefined);
      assert.equal(await cache.getOrSet('k', () => 'new'), 'new');
      assert.equal(await cache.get('k'), 'new');
    }
  });
});
