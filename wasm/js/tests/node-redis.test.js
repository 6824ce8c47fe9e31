// node-redis, in all its majors: the same on the engine in this program and on redis-server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { places } from './servers.js';

for (const [version, name] of [[4, 'redis-4'], [5, 'redis-5'], [6, 'redis']]) {
  const { createClient, commandOptions, RESP_TYPES } = await import(name);
  for (const [where, start] of Object.entries(places)) {
    describe(`node-redis ${version}, ${where}`, () => {
      let place;
      let client;
      before(async () => {
        place = await start();
        client = createClient({ socket: place.redis });
        await client.connect();
      });
      beforeEach(() => client.flushAll());
      after(async () => {
        await client.quit();
        await place.end();
      });

      test('values, bytes and nothing', async () => {
        assert.equal(await client.set('k', 'v', { EX: 60 }), 'OK');
        assert.equal(await client.get('k'), 'v');
        assert.equal(await client.get('none'), null);
        const bytes = Buffer.from([0, 13, 10, 255]);
        await client.set('bytes', bytes);
        const read = commandOptions
          ? client.get(commandOptions({ returnBuffers: true }), 'bytes')
          : client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('bytes');
        assert.deepEqual(await read, bytes);
        await client.hSet('h', { a: 1, b: 2 });
        assert.deepEqual({ ...(await client.hGetAll('h')) }, { a: '1', b: '2' });
      });

      test('many at once, and an error', async () => {
        await client.set('text', 'abc');
        assert.deepEqual(await Promise.all([client.incr('n'), client.incr('n'), client.incr('n')]), [1, 2, 3]);
        await assert.rejects(client.incr('text'), /value is not an integer or out of range/);
      });

      test('a transaction', async () => {
        assert.deepEqual(await client.multi().incr('n').get('n').exec(), [1, '1']);
      });

      test('messages on a duplicate', async () => {
        const listener = client.duplicate();
        await listener.connect();
        const heard = new Promise((resolve) => {
          listener.subscribe('news', (message, channel) => resolve([channel, message])).then(() => client.publish('news', 'hello'));
        });
        assert.deepEqual(await heard, ['news', 'hello']);
        await listener.quit();
      });

      test('waiting for an element', async () => {
        const waiter = client.duplicate();
        await waiter.connect();
        const waiting = waiter.blPop('q', 0);
        await client.rPush('q', 'x');
        assert.deepEqual({ ...(await waiting) }, { key: 'q', element: 'x' });
        await waiter.quit();
      });

      test('a script', async () => {
        assert.equal(await client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)", { keys: ['n'], arguments: ['21'] }), 42);
      });

      test('a scan', async () => {
        await client.mSet(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, `${i}`])));
        const keys = new Set();
        for await (const found of client.scanIterator({ MATCH: 'k*' })) [found].flat().forEach((key) => keys.add(key));
        assert.equal(keys.size, 100);
      });

      test('a connection that is killed comes back', async () => {
        client.on('error', () => {});
        const again = new Promise((resolve) => client.once('ready', resolve));
        const other = client.duplicate();
        await other.connect();
        await other.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
        await again;
        assert.equal(await client.set('k', '1'), 'OK');
        await other.quit();
      });
    });
  }
}
