import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import Redis from 'ioredis';
import { useRedis } from 'redstart/testing/node';
import { Sessions } from './sessions.js';

const store = useRedis();
let redis;
beforeEach(() => {
  redis = new Redis({ Connector: store.Connector });
});
afterEach(() => redis.disconnect());

test('a session ends after an hour', async () => {
  const sessions = new Sessions(redis);
  const id = await sessions.begin('ada');
  store.clock.advance('59m');
  assert.equal(await sessions.userOf(id), 'ada');
  store.clock.advance('1m');
  assert.equal(await sessions.userOf(id), null);
});

test('a session survives a connection that breaks', async () => {
  const sessions = new Sessions(redis);
  const id = await sessions.begin('ada');
  store.dropConnections();
  assert.equal(await sessions.userOf(id), 'ada');
});
