import { createClient } from 'redis';
import { useRedis } from 'redstart/testing/vitest';
import { afterEach, expect, test, vi } from 'vitest';

const redis = useRedis();
afterEach(() => vi.useRealTimers());

test('fake timers let keys expire', async () => {
  vi.useFakeTimers();
  await redis.set('k', 'v', { EX: 60 });
  vi.advanceTimersByTime(59_000);
  expect(await redis.get('k')).toBe('v');
  vi.advanceTimersByTime(1000);
  expect(await redis.get('k')).toBe(null);
  const waiting = redis.blpop('queue', 5);
  await redis.ping();
  await vi.advanceTimersByTimeAsync(5000);
  expect(await waiting).toBe(null);
});

test('the next test begins with nothing', async () => {
  expect(await redis.dbsize()).toBe(0);
  const client = await createClient({ socket: { path: redis.path } }).connect();
  await client.set('k', 'v');
  expect(redis.commands()).toEqual([['DBSIZE'], ['SET', 'k', 'v']]);
  await client.close();
});
