// Commands as methods: what they take, what they answer, what they refuse.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ClosedError, open, ReplyError } from 'redstart';

// The same in this thread and in a worker.
for (const worker of [false, true]) {
  describe(worker ? 'in a worker' : 'in this thread', () => {
    let db;
    before(async () => {
      db = await open('memory:', { worker });
    });
    beforeEach(() => db.flushall());
    after(() => db.close());

    test('a value comes back', async () => {
      assert.equal(await db.set('greeting', 'héllo', { EX: 60 }), 'OK');
      assert.equal(await db.get('greeting'), 'héllo');
      assert.equal(await db.ttl('greeting'), 60);
      assert.equal(await db.get('nobody'), null);
      assert.equal(await db.call('GET', 'greeting'), 'héllo');
    });

    test('options are an object, in their place', async () => {
      assert.equal(await db.set('k', 1, { NX: true, EX: 10, GET: undefined }), 'OK');
      assert.equal(await db.set('k', 2, { NX: true }), null);
      assert.equal(await db.set('k', 2, { NX: false, KEEPTTL: true }), 'OK');
      assert.equal(await db.ttl('k'), 10);
      assert.equal(await db.zadd('z', [1, 'a'], [2, 'b']), 2);
      assert.equal(await db.zadd('z', { GT: true, CH: true }, 5, 'a', 1, 'b'), 1);
      assert.deepEqual(await db.zrange('z', 0, -1, { REV: true, LIMIT: [0, 1], BYSCORE: false, WITHSCORES: true }).catch(String), 'ReplyError: ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
      assert.deepEqual(await db.zrange('z', 0, -1, { WITHSCORES: true }), [['b', 2], ['a', 5]]);
      assert.deepEqual(await db.bitfield('bits', [{ SET: ['u8', 0, 255] }, { GET: ['u4', 0] }]), [0, 15]);
      await db.geoadd('places', 13.4, 52.5, 'Berlin', 2.35, 48.85, 'Paris');
      assert.deepEqual(await db.geosearch('places', { FROMMEMBER: 'Paris', BYRADIUS: [1000, 'KM'], ASC: true }), ['Paris', 'Berlin']);
    });

    test('pairs are an object, a map, or one after the other', async () => {
      assert.equal(await db.hset('h', { name: 'Ada', born: 1815 }), 2);
      assert.equal(await db.hset('h', new Map([['died', 1852]])), 1);
      assert.equal(await db.hset('h', 'city', 'London'), 1);
      assert.deepEqual(await db.hgetall('h'), new Map([['name', 'Ada'], ['born', '1815'], ['died', '1852'], ['city', 'London']]));
      assert.equal(await db.mset({ a: 1, b: 2 }), 'OK');
      assert.deepEqual(await db.mget('a', ['b', 'c']), ['1', '2', null]);
      const id = await db.xadd('log', { MAXLEN: ['~', 100] }, '*', { event: 'start' });
      assert.deepEqual(await db.xrange('log', '-', '+'), [[id, ['event', 'start']]]);
    });

    test('answers have the types of RESP3', async () => {
      await db.sadd('s', 'a', 'b');
      assert.deepEqual(await db.smembers('s'), new Set(['a', 'b']));
      await db.zadd('z', '+inf', 'far');
      assert.equal(await db.zscore('z', 'far'), Infinity);
      await db.set('n', '9007199254740993');
      assert.equal(await db.incr('n'), 9007199254740994n);
      assert.equal(await db.decrby('n', 9007199254740994n), 0);
      assert.deepEqual(await db.configGet('maxclients'), new Map([['maxclients', '10000']]));
      assert.match(await db.info('server'), /^# Server/);
      assert.equal(await db.eval('return {1, ARGV[1], KEYS[1]}', 1, 'k', 'v').then(String), '1,v,k');
      assert.equal(await db.eval('redis.setresp(3) return redis.call("GET", "none")', 0), null);
    });

    test('bytes stay bytes', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await db.set('bytes', bytes);
      assert.deepEqual(await db.bytes.get('bytes'), bytes);
      await db.hset('h', 'f', Buffer.from([0, 255, 13, 10]));
      const [[field, value]] = await db.bytes.hgetall('h');
      assert.deepEqual([field, value], [Uint8Array.from([102]), Uint8Array.from([0, 255, 13, 10])]);
      const large = 'ü'.repeat(300_000);
      await db.set('large', large);
      assert.equal(await db.get('large'), large);
    });

    test('an error tells what went wrong and where', async () => {
      await db.set('text', 'abc');
      await assert.rejects(db.incr('text'), (error) => {
        assert.ok(error instanceof ReplyError);
        assert.deepEqual([error.message, error.code, error.command], ['ERR value is not an integer or out of range', 'ERR', 'INCR']);
        return true;
      });
      await assert.rejects(db.lpush('text', 1), { code: 'WRONGTYPE' });
      await assert.rejects(db.call('NOSUCH', 'x'), /unknown command 'NOSUCH'/);
    });

    test('what can be no word is refused before it is sent', async () => {
      await assert.rejects(db.set('k', undefined, { EX: 1 }), { name: 'TypeError', message: 'SET: argument 2 is undefined; it must be a string, a number, a bigint or a Uint8Array' });
      await assert.rejects(db.set('k', null), /SET: argument 2 is null/);
      await assert.rejects(db.set('k', true), /SET: argument 2 is a boolean/);
      await assert.rejects(db.set('k', new Date(0)), /SET: argument 2 is a Date/);
      await assert.rejects(db.hset('h', { a: true }), /HSET: the value of "a" is a boolean/);
      await assert.rejects(db.call('SET', 'k', ['v']), /SET: argument 2 is an Array/);
      await assert.rejects(db.sadd('k', 'a', undefined), /SADD: argument 3 is undefined/);
      await assert.rejects(db.hset('h', 'f', undefined), /HSET: argument 3 is undefined/);
      assert.equal(await db.set('options', 'v', undefined), 'OK');
      await assert.rejects(db.call(5), { name: 'TypeError', message: 'call: the command is a number; it must be a string' });
      await assert.rejects(db.blpop('k', 1, { signal: 5 }), /BLPOP: signal is a number; it must be an AbortSignal/);
      assert.equal(await db.exists('k', 'h'), 0);
    });

    test('the value of a pair is one word, or nothing is sent', async () => {
      for (const pairs of [{ a: { x: 1 }, b: { y: 2 } }, { tags: ['a', 'b', 'c'] }, new Map([['a', ['x', 'y', 'z']]])]) {
        await assert.rejects(db.hset('h', pairs), /HSET: the value of "?\w+"? is an (Object|Array)/);
      }
      await assert.rejects(db.mset({ a: { x: 1 }, b: { y: 2 } }), /MSET: the value of "?a"? is an Object/);
      assert.equal(await db.exists('h', 'a'), 0);
    });

    test('what is answered unasked is not asked for as a call', async () => {
      for (const command of ['SUBSCRIBE', 'psubscribe', 'SUNSUBSCRIBE', 'MONITOR']) {
        await assert.rejects(db.call(command, 'news'), /use db\.subscribe\(\)/);
        if (!worker) assert.throws(() => db.sync.call(command, 'news'), /use db\.subscribe\(\)/);
      }
      assert.equal(await db.ping(), 'PONG');
    });

    test('of calls that are gathered all are sent, or none', async () => {
      for (const together of ['pipeline', 'transaction']) {
        await assert.rejects(db[together]((calls) => [calls.set('a', 1), calls.set('b', null)]), /SET: argument 2 is null/);
        await assert.rejects(db[together]((calls) => (calls.set('a', 1), assert.fail('mine'))), /mine/);
        await assert.rejects(db[together](async (calls) => [await calls.set('a', 1)]), /nothing to await/);
        assert.equal(await db.exists('a', 'b'), 0);
        assert.deepEqual(await db[together]((calls) => [calls.call('SET', 'raw', together), calls.get('raw')]), ['OK', together]);
      }
    });

    test('a pipeline gives every answer, errors too', async () => {
      await db.set('text', 'abc');
      const [n, failed, text] = await db.pipeline((p) => [p.incr('n'), p.incr('text'), p.get('text')]);
      assert.deepEqual([n, failed instanceof ReplyError, text], [1, true, 'abc']);
      const answers = await Promise.all(Array.from({ length: 1000 }, () => db.incr('count')));
      assert.deepEqual(answers, Array.from({ length: 1000 }, (_, i) => i + 1));
    });

    test('a transaction is all or nothing', async () => {
      assert.deepEqual(await db.transaction((t) => [t.set('a', 1), t.incr('a')]), ['OK', 2]);
      await assert.rejects(db.transaction((t) => void t.incr('a') || void t.getrange('a')), /wrong number of arguments/);
      assert.equal(await db.get('a'), '2');
      await db.set('text', 'abc');
      await assert.rejects(db.transaction((t) => [t.incr('text'), t.set('after', 1)]), /not an integer/);
      assert.equal(await db.get('after'), '1');
    });

    test('a transaction that watched is given up when somebody was faster', async () => {
      await db.set('balance', 10);
      const spend = (interfere) =>
        db.watch('balance', async (client) => {
          const balance = Number(await client.get('balance'));
          if (interfere) await db.set('balance', 1);
          return client.transaction((t) => [t.set('balance', balance - 5)]);
        });
      assert.deepEqual(await spend(false), ['OK']);
      assert.equal(await spend(true), null);
      assert.equal(await db.get('balance'), '1');
    });

    test('who waits holds nobody up', async () => {
      const first = db.blpop('queue', 0);
      const second = db.blpop(['other', 'queue'], 0);
      await db.rpush('queue', 'a', 'b');
      assert.deepEqual([await first, await second], [['queue', 'a'], ['queue', 'b']]);
      assert.equal(await db.blpop('queue', 0.01), null);
    });

    test('a signal ends the waiting, and nothing is lost by it', async () => {
      const controller = new AbortController();
      const waiting = db.blpop('queue', 0, { signal: controller.signal });
      await db.ping();
      controller.abort(new Error('enough'));
      await assert.rejects(waiting, /enough/);
      await assert.rejects(db.blpop('queue', 0, { signal: AbortSignal.abort() }), { name: 'AbortError' });
      assert.equal(await db.rpush('queue', 'kept'), 1);
      assert.deepEqual(await db.blpop('queue', 0), ['queue', 'kept']);
    });

    test('a database of one’s own choice', async () => {
      await db.select(3);
      await db.set('here', 1);
      const waiting = db.blpop('queue', 0);
      await db.rpush('queue', 'x');
      assert.deepEqual(await waiting, ['queue', 'x']);
      const other = db.duplicate();
      assert.equal(await other.get('here'), '1');
      await other.select(0);
      assert.equal(await other.get('here'), null);
      other.close();
      await db.select(0);
      await assert.rejects(other.get('here'), ClosedError);
    });

    test('data are carried away and brought back', async () => {
      await db.hset('h', { a: 1 });
      await db.set('s', 'x', { EX: 100 });
      const file = await db.save();
      const copy = await open('memory:', { worker, rdb: file });
      assert.deepEqual(await copy.hgetall('h'), new Map([['a', '1']]));
      assert.equal(await copy.pexpiretime('s'), await db.pexpiretime('s'));
      await copy.close();
      await assert.rejects(open('memory:', { worker, rdb: Buffer.from('nonsense') }), { name: 'EngineError', message: /^rdb is no file of redis-server’s, or a broken one: / });
    });
  });
}
