jest.mock('ioredis', () => require('redstart/ioredis'));
jest.mock('redis', () => require('redstart/redis'));
const Redis = require('ioredis');
const { createClient } = require('redis');

test('the modules of the clients are stood in for', async () => {
  const one = new Redis('redis://nowhere');
  await one.set('k', 'v');
  const two = await createClient({ url: 'redis://nowhere' }).connect();
  expect(await two.get('k')).toBe('v');
  await one.quit();
  await two.close();
});
