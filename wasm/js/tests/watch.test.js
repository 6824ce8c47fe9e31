// Keys that change are told, with their values.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open } from 'redstart';

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
