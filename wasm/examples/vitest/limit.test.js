import { createClient } from 'redis';
import { useRedis } from 'redstart/testing/vitest';
import { expect, test, vi } from 'vitest';
import { allow } from './limit.js';

const redis = useRedis();

test('three times a minute', async () => {
  const client = await createClient({ socket: { path: redis.path } }).connect();
  // node-redis sends on the next turn, so that one must stay real.
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] });
  for (const expected of [true, true, true, false]) expect(await allow(client, 'ada', 3)).toBe(expected);
  vi.advanceTimersByTime(60_000);
  expect(await allow(client, 'ada', 3)).toBe(true);
  vi.useRealTimers();
  client.destroy();
});
