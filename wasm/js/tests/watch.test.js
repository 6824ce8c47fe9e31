// Keys that change are told, with their values.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { open } from 'redstart';

const here = fileURLToPath(new URL('..', import.meta.url));
let db;
before(async () => {
  db = await open();
});
after(() => db.close());

/** What is told next. */
function next(pattern) {
  let tell;
  const told = [];
  const stop = db.watchKeys(pattern, (changes) => (told.push(changes), tell?.()));
  return {
    stop,
    ready: stop.ready,
    told,
    async changes() {
      while (told.length === 0) await new Promise((resolve) => (tell = resolve));
      return told.shift();
    },
  };
}

test('it is told of the database that is selected', async () => {
  const other = await open();
  await other.select(1);
  const told = new Promise((resolve) => {
    const stop = other.watchKeys('k', (changes) => (stop(), resolve(changes)));
    void stop.ready.then(() => other.set('k', 'v'));
  });
  assert.deepEqual(await told, [{ key: 'k', event: 'set', value: 'v' }]);
  await other.close();
});

test('that everything is gone is told, for keys that were told of', async () => {
  const other = await open();
  const told = [];
  let tell;
  const stop = other.watchKeys('k:*', (changes) => (told.push(...changes), tell()));
  const next = () => new Promise((resolve) => (tell = resolve));
  await stop.ready;
  for (const command of ['flushall', 'flushdb']) {
    const first = next();
    await other.set('k:1', command);
    await first;
    const second = next();
    await other[command]();
    await second;
  }
  stop();
  assert.deepEqual(told.map(({ event, value }) => [event, value]), [['set', 'flushall'], ['flushall', null], ['set', 'flushdb'], ['flushall', null]]);
  await other.close();
});

test('a listener that fails is told as any callback is, and hears on', () => {
  const program = `
    import { open } from 'redstart';
    const db = await open();
    process.on('uncaughtException', ({ message }) => {
      console.log(message);
      if (message === '1') void db.set('k', 2);
      else void db.close();
    });
    await db.watchKeys('k', ([{ value }]) => {
      throw new Error(value);
    }).ready;
    await db.set('k', 1);`;
  const { stdout, stderr } = spawnSync('node', ['--input-type=module', '--eval', program], { cwd: here, encoding: 'utf8', timeout: 60_000 });
  assert.equal(stdout, '1\n2\n', stderr);
  assert.throws(() => db.watchKeys('k'), /watchKeys: what is called back is undefined; it must be a function/);
});

test('changes of one turn come together, with values of every type', async () => {
  const users = next('user:*');
  await users.ready;
  await Promise.all([db.set('user:1', 'Ada'), db.set('other', 1), db.hset('user:2', { a: 1 }), db.append('user:1', '!')]);
  const changes = await users.changes();
  assert.deepEqual(changes, [
    { key: 'user:1', event: 'append', value: 'Ada!' },
    { key: 'user:2', event: 'hset', value: new Map([['a', '1']]) },
  ]);
  await db.del('user:1');
  assert.deepEqual(await users.changes(), [{ key: 'user:1', event: 'del', value: null }]);
  await db.zadd('user:3', 1, 'x');
  assert.deepEqual((await users.changes())[0].value, new Map([['x', 1]]));
  users.stop();
  await db.set('user:1', 'silence');
  await db.ping();
  assert.deepEqual(users.told, []);
});

test('keys that expire are told, and what was switched on stays on', async () => {
  await db.configSet({ 'notify-keyspace-events': 'Ex' });
  const watched = next('short');
  await watched.ready;
  assert.match((await db.configGet('notify-keyspace-events')).get('notify-keyspace-events'), /E/);
  await db.set('short', 1, { PX: 20 });
  let events = [];
  while (!events.includes('expired')) events = [...events, ...(await watched.changes()).map(({ event }) => event)];
  watched.stop();
});
