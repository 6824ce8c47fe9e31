// ioredis, connected with its defaults.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Redis from 'ioredis'

const port = Number(process.env.REDIS_PORT)
let redis

before(async () => {
  redis = new Redis({ port, host: '127.0.0.1' })
  await redis.flushall()
})
after(() => redis.quit())

test('a value comes back', async () => {
  assert.equal(await redis.set('greeting', 'hello'), 'OK')
  assert.equal(await redis.get('greeting'), 'hello')
  assert.equal(await redis.get('nobody'), null)
})

test('bytes come back as they were', async () => {
  const bytes = Buffer.from([0, 13, 10, 255, 128])
  await redis.set('bytes', bytes)
  assert.deepEqual(await redis.getBuffer('bytes'), bytes)
})

test('a key can be given a time to live', async () => {
  await redis.set('short', 'lived')
  assert.equal(await redis.expire('short', 100), 1)
  const ttl = await redis.ttl('short')
  assert.ok(ttl > 90 && ttl <= 100, `ttl ${ttl}`)
  assert.equal(await redis.expire('nobody', 100), 0)
})

test('a pipeline keeps its order', async () => {
  const pipeline = redis.pipeline().set('n', 0)
  for (let i = 0; i < 200; i++) pipeline.incr('n')
  const replies = await pipeline.exec()
  assert.deepEqual(replies.map(([error, reply]) => error ?? reply), ['OK', ...Array.from({ length: 200 }, (_, i) => i + 1)])
})

test('an error is an error', async () => {
  await redis.set('text', 'abc')
  await assert.rejects(redis.incr('text'), /value is not an integer or out of range/)
  await assert.rejects(redis.call('NOSUCH', 'x'), /unknown command 'NOSUCH'/)
})
