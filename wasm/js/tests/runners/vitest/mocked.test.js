import Redis from 'ioredis';
import { createClient } from 'redis';
import { expect, test, vi } from 'vitest';

vi.mock('ioredis', () => import('redstart/ioredis'));
vi.mock('redis', () => import('redstart/redis'));

test('the modules of the clients are stood in for', async () => {
  const one = new Redis('redis://nowhere');
  await one.set('k', 'v');
  const two = await createClient({ url: 'redis://nowhere' }).connect();
  expect(await two.get('k')).toBe('v');
  await one.quit();
  await two.close();
});
