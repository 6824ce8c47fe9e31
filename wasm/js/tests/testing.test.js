// What tests of programs are given: a store of one's own, time, faults, a log.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { testRedis } from 'redstart/testing';
import { useRedis } from 'redstart/testing/node';

const here = fileURLToPath(new URL('..', import.meta.url));
const redis = useRedis();

test('each test has a store of its own', async () => {
  assert.equal(await redis.dbsize(), 0);
  await redis.set('k', 'v');
  const other = await testRedis();
  assert.equal(await other.get('k'), null);
  await other.close();
});

test('it is there in less than 5 ms', async () => {
  await redis.ping();
  const took = [];
  for (let i = 0; i < 50; i++) {
    const started = process.cpuUsage();
    await (await testRedis()).close();
    const { user, system } = process.cpuUsage(started);
    took.push((user + system) / 1000);
  }
  const median = took.sort((a, b) => a - b)[25];
  assert.ok(median < 5, `${median} ms`);
});

test('time passes when it is told to', async () => {
  await redis.set('session', 'x', { EX: 3600 });
  redis.clock.advance('59m');
  assert.ok((await redis.ttl('session')) <= 60);
  redis.clock.advance('1m');
  assert.equal(await redis.get('session'), null);
  const waiting = redis.blpop('queue', 30);
  await redis.ping();
  redis.clock.advance(30_000);
  assert.equal(await waiting, null);
  redis.clock.freeze();
  const before = await redis.time();
  assert.deepEqual(await redis.time(), before);
  redis.clock.advance('1d');
  assert.equal(Number((await redis.time())[0]), Number(before[0]) + 86_400);
  redis.clock.unfreeze();
  assert.throws(() => redis.clock.advance('soon'), /"soon" is no time/);
  assert.throws(() => redis.clock.advance(-1), RangeError);
});

test('fake timers are its time, too', async () => {
  await redis.set('k', 'v', { EX: 60 });
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.now() });
  try {
    await redis.set('short', 'v', { EX: 10 });
    mock.timers.tick(10_000);
    assert.equal(await redis.get('short'), null);
    assert.ok((await redis.ttl('k')) <= 50);
  } finally {
    mock.timers.reset();
  }
});

test('chance is the same each time', async () => {
  const draw = async (options) => {
    const store = await testRedis(options);
    await store.sadd('s', ...Array(100).keys());
    const drawn = [...(await store.spop('s', 5))];
    await store.close();
    return drawn;
  };
  assert.deepEqual(await draw(), await draw());
  assert.notDeepEqual(await draw(), await draw({ seed: 2 }));
});

test('data are put back as they were', async () => {
  await redis.hset('h', { a: 1 });
  const before = redis.snapshot();
  await redis.flushall();
  await redis.set('other', 1);
  redis.restoreSnapshot(before);
  assert.deepEqual([await redis.hget('h', 'a'), await redis.exists('other')], ['1', 0]);
});

test('a client gets over a connection that breaks', async () => {
  const client = new Redis({ Connector: redis.Connector, retryStrategy: () => 0 });
  await client.set('k', 1);
  const again = new Promise((resolve) => client.once('ready', resolve));
  redis.dropConnections();
  await again;
  assert.equal(await client.incr('k'), 2);
  redis.refuseConnections(2);
  const refused = [];
  client.on('error', ({ code }) => refused.push(code));
  const third = new Promise((resolve) => client.once('ready', resolve));
  redis.dropConnections();
  await third;
  assert.deepEqual(refused, ['ECONNREFUSED', 'ECONNREFUSED']);
  assert.equal(await redis.get('k'), '2');
  await client.quit();
});

test('a client gives up on a store that is slow', async () => {
  const client = new Redis({ Connector: redis.Connector, commandTimeout: 20 });
  await client.ping();
  redis.slowReplies(500);
  await assert.rejects(client.get('k'), /Command timed out/);
  redis.slowReplies(0);
  client.disconnect();
});

test('answers keep their order, whatever they are slowed by', async () => {
  redis.slowReplies(30);
  const first = redis.ping('first');
  await new Promise((resolve) => setImmediate(resolve));
  redis.slowReplies(0);
  assert.deepEqual(await Promise.all([first, redis.ping('second')]), ['first', 'second']);
});

test('bad use is told', async () => {
  await assert.rejects(testRedis({ sed: 1 }), /testRedis: there is no option sed; there are rdb, seed/);
  await assert.rejects(testRedis({ rdb: new Uint8Array(3) }), /rdb is no file of redis-server’s/);
  assert.throws(() => redis.slowReplies('soon'), /slowReplies: soon is no time/);
  assert.throws(() => redis.refuseConnections(-1), /refuseConnections: -1 is no number/);
  assert.throws(() => redis.restoreSnapshot({}), /restoreSnapshot: the snapshot is an Object; it must be what snapshot\(\) gave/);
  assert.throws(() => redis.clock.advance(Infinity), RangeError);
});

test('calls that answer at once are written down, too', () => {
  redis.sync.call('SET', 'k', 'v');
  assert.equal(redis.sync.call('GET', 'k'), 'v');
  assert.deepEqual(redis.commands(), [['SET', 'k', 'v'], ['GET', 'k']]);
});

test('what was sent is written down', async () => {
  const client = await createClient({ socket: { path: redis.path } }).connect();
  await client.set('user:1', 'Ada', { EX: 60 });
  await client.multi().incr('n').get('n').exec();
  assert.deepEqual(redis.commands(), [['SET', 'user:1', 'Ada', 'EX', '60'], ['MULTI'], ['INCR', 'n'], ['GET', 'n'], ['EXEC']]);
  assert.ok(redis.log.some(({ command: [name] }) => name === 'HELLO' || name === 'CLIENT'));
  await redis.reset();
  assert.deepEqual([redis.log.length, await redis.dbsize()], [0, 0]);
  client.destroy();
});

test('there is no store outside a test', () => {
  const hooks = { beforeEach() {}, afterEach() {} };
  return import('redstart/testing').then(({ useRedisWith }) => assert.throws(() => useRedisWith(hooks).get, /only while a test runs/));
});

for (const [runner, command] of [
  ['vitest', ['node_modules/.bin/vitest', 'run', '--root', 'tests/runners/vitest']],
  ['jest', ['node_modules/.bin/jest', '--rootDir', 'tests/runners/jest']],
]) {
  test(`${runner}: a store for each test, and its fake timers`, () => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, CI: 'true' };
    const { status, stdout, stderr } = spawnSync('node', command, { cwd: here, encoding: 'utf8', env, timeout: 60_000 });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout + stderr, /3 passed/);
  });
}
