// node-redis, connected with its defaults, in both protocols.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createClient, RESP_TYPES } from 'redis'

const port = Number(process.env.REDIS_PORT)

for (const RESP of [2, 3]) {
  describe(`RESP${RESP}`, () => {
    let client

    before(async () => {
      client = await createClient({ RESP, socket: { port, host: '127.0.0.1' } }).connect()
      await client.flushAll()
    })
    after(() => client.close())

    test('a value comes back', async () => {
      assert.equal(await client.set('greeting', 'hello'), 'OK')
      assert.equal(await client.get('greeting'), 'hello')
      assert.equal(await client.get('nobody'), null)
    })

    test('bytes come back as they were', async () => {
      const bytes = Buffer.from([0, 13, 10, 255, 128])
      await client.set('bytes', bytes)
      const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
      assert.deepEqual(await binary.get('bytes'), bytes)
    })

    test('a key can be given a time to live', async () => {
      await client.set('short', 'lived', { expiration: { type: 'EX', value: 100 } })
      const ttl = await client.ttl('short')
      assert.ok(ttl > 90 && ttl <= 100, `ttl ${ttl}`)
      assert.equal(await client.expire('nobody', 100), 0)
    })

    test('a pipeline keeps its order', async () => {
      await client.set('n', '0')
      const replies = await Promise.all(Array.from({ length: 200 }, () => client.incr('n')))
      assert.deepEqual(replies, Array.from({ length: 200 }, (_, i) => i + 1))
    })

    test('an error is an error', async () => {
      await client.set('text', 'abc')
      await assert.rejects(client.incr('text'), /value is not an integer or out of range/)
    })
  })
}
