// A visit counter, written for ioredis; the store is in this program.
import Redis from 'ioredis';
import { open } from 'redstart';

const db = await open('memory:');
const redis = new Redis({ Connector: db.Connector });

redis.defineCommand('visit', {
  numberOfKeys: 1,
  lua: "redis.call('EXPIRE', KEYS[1], 3600, 'NX') return redis.call('INCR', KEYS[1])",
});
for (const page of ['home', 'about', 'home']) await redis.visit(`visits:${page}`);
console.log(await redis.mget('visits:home', 'visits:about'));
await redis.quit();
await db.close();
