// A queue of jobs and the worker that does them, without a server.
import { Queue, QueueEvents, Worker } from 'bullmq';
import { open } from 'redstart';

const db = await open('memory:');
const connection = { Connector: db.Connector, maxRetriesPerRequest: null };

const queue = new Queue('sums', { connection });
const events = new QueueEvents('sums', { connection });
const worker = new Worker('sums', async ({ data }) => data.a + data.b, { connection });
await events.waitUntilReady();

const jobs = await queue.addBulk([1, 2, 3].map((n) => ({ name: 'sum', data: { a: n, b: n } })));
console.log(await Promise.all(jobs.map((job) => job.waitUntilFinished(events))));
await Promise.all([worker.close(), events.close(), queue.close()]);
await db.close();
