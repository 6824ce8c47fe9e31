// Scripts as ioredis keeps them, and Redlock, which is made of three of them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Redis from 'ioredis'
import Redlock from 'redlock'

const port = Number(process.env.REDIS_PORT)
let redis

before(async () => {
  redis = new Redis({ port, host: '127.0.0.1' })
  await redis.flushall()
})
after(() => redis.quit())

test('a command of one’s own is a script', async () => {
  const lua = `
    local sum = 0
    for _, key in ipairs(KEYS) do sum = sum + (tonumber(redis.call('GET', key)) or 0) end
    redis.call('SET', ARGV[1], sum)
    return {sum, #KEYS, ARGV[1]}`
  redis.defineCommand('sumInto', { numberOfKeys: 2, lua })
  redis.defineCommand('sumAll', { lua })
  await redis.mset('a', 3, 'b', 4)
  assert.deepEqual(await redis.sumInto('a', 'b', 'sum'), [7, 2, 'sum'])
  assert.deepEqual(await redis.sumAll(3, 'a', 'b', 'sum', 'total'), [14, 3, 'total'])
  assert.deepEqual(await redis.sumAllBuffer(1, 'a', 'total'), [3, 1, Buffer.from('total')])
  const replies = await redis.pipeline().set('a', 10).sumInto('a', 'b', 'sum').get('sum').exec()
  assert.deepEqual(replies, [[null, 'OK'], [null, [14, 2, 'sum']], [null, '14']])
})

test('a script that was forgotten is sent again', async () => {
  redis.defineCommand('echoed', { numberOfKeys: 0, lua: 'return ARGV' })
  assert.deepEqual(await redis.echoed('x'), ['x'])
  await redis.script('FLUSH')
  assert.deepEqual(await redis.echoed('y'), ['y'])
  assert.deepEqual(await redis.multi().echoed('z').exec(), [[null, ['z']]])
})

test('an error of a script is told', async () => {
  redis.defineCommand('broken', { numberOfKeys: 1, lua: "return redis.call('INCR', KEYS[1])" })
  await redis.set('text', 'abc')
  await assert.rejects(redis.broken('text'), /value is not an integer or out of range/)
})

test('Redlock lets one in at a time', async () => {
  const redlock = new Redlock([redis], { retryCount: 0, automaticExtensionThreshold: 50 })
  const lock = await redlock.acquire(['locks:a', 'locks:b'], 10_000)
  await assert.rejects(redlock.acquire(['locks:b'], 10_000))
  const longer = await lock.extend(20_000)
  assert.ok((await redis.pttl('locks:a')) > 10_000)
  await longer.release()
  assert.equal(await redis.exists('locks:a', 'locks:b'), 0)
  await assert.rejects(longer.release())
})

test('Redlock extends a lock while it is used', async () => {
  // The first extension comes a second after the lock was taken, and nine before it ends.
  const redlock = new Redlock([redis], { retryCount: 0, automaticExtensionThreshold: 9000 })
  const extended = await redlock.using(['locks:long'], 10_000, async () => {
    const before = await redis.get('locks:long')
    // The lock's key is announced to have a new end.
    const listener = redis.duplicate()
    await redis.config('SET', 'notify-keyspace-events', 'KA')
    await listener.subscribe('__keyspace@0__:locks:long')
    const message = await new Promise((resolve) => listener.on('message', (_, event) => resolve(event)))
    await listener.quit()
    await redis.config('SET', 'notify-keyspace-events', '')
    return message === 'set' && (await redis.get('locks:long')) === before
  })
  assert.equal(extended, true)
})
