// A leaderboard and a feed of its changes, written for node-redis; the store is in this program.
import { createClient } from 'redis';
import { open } from 'redstart';

const db = await open('memory:');
const client = await createClient({ socket: { path: db.path } }).connect();
const listener = await client.duplicate().connect();

const heard = new Promise((resolve) => void listener.subscribe('scores', resolve).then(() => client.publish('scores', 'ada 120')));
await client.zAdd('leaders', [{ score: 120, value: 'ada' }, { score: 95, value: 'grace' }]);
console.log(await heard, await client.zRangeWithScores('leaders', 0, 0, { REV: true }));
await Promise.all([client.close(), listener.close()]);
await db.close();
