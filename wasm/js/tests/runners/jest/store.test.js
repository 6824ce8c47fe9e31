const Redis = require('ioredis');
const { useRedis } = require('redstart/testing/jest');

const redis = useRedis();
afterEach(() => jest.useRealTimers());

test('fake timers let keys expire', async () => {
  jest.useFakeTimers();
  await redis.set('k', 'v', { EX: 60 });
  jest.advanceTimersByTime(59_000);
  expect(await redis.get('k')).toBe('v');
  jest.advanceTimersByTime(1000);
  expect(await redis.get('k')).toBe(null);
  const waiting = redis.blpop('queue', 5);
  await redis.ping();
  await jest.advanceTimersByTimeAsync(5000);
  expect(await waiting).toBe(null);
});

test('the next test begins with nothing', async () => {
  expect(await redis.dbsize()).toBe(0);
  const client = new Redis({ Connector: redis.Connector });
  await client.set('k', 'v');
  expect(redis.commands()).toEqual([['DBSIZE'], ['SET', 'k', 'v']]);
  await client.quit();
});
