// What comes bit by bit: scans, messages, entries of streams, requests of others.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ClosedError, open } from 'redstart';

let db;
before(async () => {
  db = await open();
});
beforeEach(() => db.flushall());
after(() => db.close());

/** All that a loop gives. */
async function all(loop) {
  const items = [];
  for await (const item of loop) items.push(item);
  return items;
}

test('a scan goes through everything', async () => {
  await db.mset(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`user:${i}`, i])));
  await db.set('other', 1);
  assert.equal(new Set(await all(db.scanIterator({ MATCH: 'user:*', COUNT: 50 }))).size, 500);
  await db.hset('h', { a: 1, b: 2 });
  assert.deepEqual(await all(db.hscanIterator('h')), [['a', '1'], ['b', '2']]);
  await db.sadd('s', 1, 2, 3);
  assert.deepEqual(await all(db.sscanIterator('s')), ['1', '2', '3']);
  await db.zadd('z', '-inf', 'low', 1.5, 'mid');
  assert.deepEqual(await all(db.zscanIterator('z')), [['low', -Infinity], ['mid', 1.5]]);
});

test('messages arrive in their order, from the moment of ready on', async () => {
  const news = db.subscribe('news', 'sport');
  await news.ready;
  await db.publish('news', 'one');
  await db.publish('sport', 'two');
  assert.deepEqual((await news.next()).value, { channel: 'news', message: 'one' });
  assert.deepEqual((await news.next()).value, { channel: 'sport', message: 'two' });
  const next = news.next();
  await db.publish('news', 'three');
  assert.equal((await next).value.message, 'three');
  news.close();
  assert.equal((await news.next()).done, true);
  assert.equal(await db.publish('news', 'nobody'), 0);
});

test('leaving the loop ends the subscription', async () => {
  const loop = (async () => {
    for await (const { pattern, channel, message } of db.psubscribe('n*')) return [pattern, channel, message];
  })();
  while ((await db.pubsubNumpat()) === 0);
  await db.publish('news', Buffer.from('bytes'));
  assert.deepEqual(await loop, ['n*', 'news', 'bytes']);
  assert.equal(await db.pubsubNumpat(), 0);
});

test('messages can be bytes', async () => {
  const news = db.bytes.subscribe('news');
  await news.ready;
  await db.publish('news', Uint8Array.of(0, 255));
  assert.deepEqual((await news.next()).value.message, Uint8Array.of(0, 255));
  news.close();
});

test('a stream is read as it grows', async () => {
  await db.xadd('log', '1-0', { n: 1 });
  const entries = db.streamIterator('log', { from: '0' });
  assert.deepEqual((await entries.next()).value, { id: '1-0', fields: new Map([['n', '1']]) });
  const next = entries.next();
  await db.xadd('log', '2-0', { n: 2 });
  assert.equal((await next).value.id, '2-0');
});

test('a group shares a stream', async () => {
  await db.xgroupCreate('jobs', 'workers', '$', { MKSTREAM: true });
  const done = new AbortController();
  const seen = [];
  const work = async (consumer) => {
    for await (const { id } of db.streamIterator('jobs', { group: { name: 'workers', consumer }, count: 1, signal: done.signal })) {
      seen.push(id);
      await db.xack('jobs', 'workers', id);
      if (seen.length === 3) done.abort();
    }
  };
  const both = [work('a'), work('b')];
  for (const id of ['1-0', '2-0', '3-0']) await db.xadd('jobs', id, { x: 1 });
  await Promise.all(both);
  assert.deepEqual(seen.sort(), ['1-0', '2-0', '3-0']);
  assert.equal((await db.xpending('jobs', 'workers'))[0], 0);
});

test('everything that is asked can be watched', async () => {
  const monitor = db.monitor();
  await monitor.ready;
  await db.set('k', 'v');
  assert.match((await monitor.next()).value, /"SET" "k" "v"$/);
  monitor.close();
});

test('the end of the database ends the loops', async () => {
  const other = await open();
  const news = other.subscribe('news');
  await news.ready;
  const next = news.next();
  const waiting = other.blpop('q', 0);
  await other.ping();
  await other.close();
  assert.equal((await next).done, true);
  await assert.rejects(waiting, ClosedError);
  await assert.rejects(other.get('k'), ClosedError);
  assert.throws(() => other.sync, ClosedError);
  assert.throws(() => other.connect(), ClosedError);
  await other.close();
});

test('a subscription that the store refuses tells so', async () => {
  const locked = await open();
  await locked.configSet({ requirepass: 'secret' });
  const news = locked.subscribe('news');
  await assert.rejects(news.ready, /NOAUTH|Authentication required/);
  await assert.rejects(news.next(), /Authentication required/);
  await locked.close();
  assert.throws(() => db.subscribe(), /SUBSCRIBE: there is no name to listen to/);
  assert.throws(() => db.subscribe(null), /SUBSCRIBE: argument 1 is null/);
});
