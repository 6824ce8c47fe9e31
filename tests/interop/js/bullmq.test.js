// BullMQ: a queue of jobs that is kept by about fifty scripts. What it does is waited for by the events that it sends.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { FlowProducer, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq'
import Redis from 'ioredis'

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) }

before(async () => {
  const redis = new Redis(connection)
  await redis.flushall()
  await redis.quit()
})

/** A queue with somebody who works at it; all is closed when the test ends. */
async function work(t, name, job, options = {}) {
  const queue = new Queue(name, { connection })
  // From the stream's beginning: what happens before its first read is not missed.
  const events = new QueueEvents(name, { connection, lastEventId: '0-0' })
  const worker = new Worker(name, job, { connection, ...options })
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()])
  t.after(() => Promise.all([worker.close(), events.close(), queue.close()]))
  return { queue, events, worker }
}

/** What an event tells, the next time that it happens. */
const next = async (emitter, event) => (await once(emitter, event))[0]

test('a job is done, and its result kept', async (t) => {
  const { queue, events } = await work(t, 'sums', async ({ data }) => data.a + data.b)
  const job = await queue.add('sum', { a: 2, b: 3 })
  assert.equal(await job.waitUntilFinished(events), 5)
  assert.equal(await job.getState(), 'completed')
  assert.equal((await queue.getJob(job.id)).returnvalue, 5)
})

test('jobs are done in their order, the urgent ones first', async (t) => {
  const done = []
  const { queue, worker } = await work(t, 'orders', async ({ name }) => done.push(name), { autorun: false })
  await queue.addBulk(['a', 'b', 'c'].map((name) => ({ name, data: {} })))
  await queue.add('low', {}, { priority: 10 })
  await queue.add('high', {}, { priority: 1 })
  assert.deepEqual(await queue.getJobCounts('waiting', 'prioritized'), { waiting: 3, prioritized: 2 })
  const drained = once(worker, 'drained')
  worker.run()
  await drained
  assert.deepEqual(done, ['a', 'b', 'c', 'high', 'low'])
})

test('a job that fails is tried again, later', async (t) => {
  const { queue, events } = await work(t, 'flaky', async (job) => {
    if (job.attemptsMade < 2) throw new Error(`no. ${job.attemptsMade}`)
    return 'at last'
  })
  const job = await queue.add('try', {}, { attempts: 3, backoff: { type: 'exponential', delay: 10 } })
  assert.equal(await job.waitUntilFinished(events), 'at last')
  assert.equal((await queue.getJob(job.id)).attemptsMade, 3)
})

test('a job that always fails is kept with its reason, and can be sent again', async (t) => {
  let hopeless = true
  const { queue, events } = await work(t, 'hopeless', async () => {
    if (hopeless) throw new UnrecoverableError('never')
    return 'now'
  })
  const job = await queue.add('try', {}, { attempts: 5 })
  await assert.rejects(job.waitUntilFinished(events), /never/)
  assert.equal(await job.getState(), 'failed')
  assert.equal(await queue.getFailedCount(), 1)
  hopeless = false
  await job.retry()
  assert.equal(await job.waitUntilFinished(events), 'now')
})

test('a delayed job waits for its time', async (t) => {
  const { queue, events } = await work(t, 'later', async () => Date.now())
  const added = Date.now()
  const job = await queue.add('wait', {}, { delay: 200 })
  assert.equal(await job.getState(), 'delayed')
  assert.ok((await job.waitUntilFinished(events)) >= added + 195)
  const soon = await queue.add('promoted', {}, { delay: 3_600_000 })
  await soon.promote()
  await soon.waitUntilFinished(events)
})

test('one job of a name is enough', async (t) => {
  const { queue, events } = await work(t, 'once', async ({ data }) => data, { autorun: false })
  const duplicate = next(events, 'deduplicated')
  const first = await queue.add('only', 1, { deduplication: { id: 'only' } })
  const second = await queue.add('only', 2, { deduplication: { id: 'only' } })
  assert.equal(second.id, first.id)
  assert.equal((await duplicate).deduplicationId, 'only')
  assert.equal((await queue.add('named', 1, { jobId: 'mine' })).id, 'mine')
  await queue.add('named', 2, { jobId: 'mine' })
  assert.equal(await queue.count(), 2)
})

test('progress and logs are told', async (t) => {
  const { queue, events } = await work(t, 'talkative', async (job) => {
    await job.log('begun')
    await job.updateProgress(50)
    await job.updateData({ changed: true })
  })
  const progress = next(events, 'progress')
  const job = await queue.add('talk', { changed: false })
  await job.waitUntilFinished(events)
  assert.equal((await progress).data, 50)
  assert.deepEqual((await queue.getJobLogs(job.id)).logs, ['begun'])
  assert.deepEqual((await queue.getJob(job.id)).data, { changed: true })
})

test('a parent waits for its children', async (t) => {
  const order = []
  const { events } = await work(t, 'family', async (job) => {
    order.push(job.name)
    return job.name === 'parent' ? Object.values(await job.getChildrenValues()).sort() : job.name.toUpperCase()
  })
  const flows = new FlowProducer({ connection })
  t.after(() => flows.close())
  const child = (name, children = []) => ({ name, queueName: 'family', children })
  const { job } = await flows.add(child('parent', [child('one', [child('grandchild')]), child('two')]))
  assert.deepEqual(await job.waitUntilFinished(events), ['ONE', 'TWO'])
  assert.equal(order.at(-1), 'parent')
  assert.ok(order.indexOf('grandchild') < order.indexOf('one'))
})

test('a child that fails takes its parent with it', async (t) => {
  const { events } = await work(t, 'doomed', async ({ name }) => {
    if (name === 'child') throw new Error('lost')
  })
  const flows = new FlowProducer({ connection })
  t.after(() => flows.close())
  const { job } = await flows.add({
    name: 'parent',
    queueName: 'doomed',
    children: [{ name: 'child', queueName: 'doomed', opts: { failParentOnFailure: true } }],
  })
  await assert.rejects(job.waitUntilFinished(events), /child/)
})

test('a scheduler makes a job again and again', async (t) => {
  const { queue, worker } = await work(t, 'clock', async ({ data }) => data.tick)
  let ticks = 0
  const thrice = new Promise((resolve) => worker.on('completed', () => ++ticks === 3 && resolve()))
  await queue.upsertJobScheduler('every', { every: 50 }, { name: 'tick', data: { tick: true } })
  assert.equal((await queue.getJobSchedulers()).length, 1)
  await thrice
  assert.equal(await queue.removeJobScheduler('every'), true)
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *', tz: 'UTC' }, { name: 'backup' })
  const scheduler = await queue.getJobScheduler('nightly')
  assert.equal(new Date(scheduler.next).getUTCHours(), 3)
  assert.equal(await queue.removeJobScheduler('nightly'), true)
})

test('a limiter holds jobs back', async (t) => {
  const { queue, events, worker } = await work(t, 'limited', async () => Date.now(), { limiter: { max: 1, duration: 100 } })
  const jobs = await queue.addBulk([1, 2, 3].map((n) => ({ name: `${n}`, data: {} })))
  const times = await Promise.all(jobs.map((job) => job.waitUntilFinished(events)))
  assert.ok(Math.max(...times) - Math.min(...times) >= 150, `${times}`)
  assert.equal(worker.opts.limiter.max, 1)
})

test('a queue is paused, drained, cleaned and forgotten', async (t) => {
  const { queue, events, worker } = await work(t, 'managed', async () => 'done')
  await queue.pause()
  assert.equal(await queue.isPaused(), true)
  const job = await queue.add('held', {})
  assert.equal(await queue.count(), 1)
  await queue.resume()
  await job.waitUntilFinished(events)
  await worker.pause()
  await queue.addBulk([1, 2, 3].map((n) => ({ name: `${n}`, data: {} })))
  await queue.drain()
  assert.equal(await queue.count(), 0)
  assert.deepEqual(await queue.clean(0, 100, 'completed'), [job.id])
  await queue.obliterate()
  assert.equal(await queue.getJob(job.id), undefined)
})
