// Programs that know nothing of this package: they were written for a server, and find one inside.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, test } from 'node:test';
import { Cluster, connector, flushStores, Redis } from 'redstart/ioredis';
import { createClient, createClientPool, createCluster, createSentinel, path } from 'redstart/redis';
import { open } from 'redstart';

const register = fileURLToPath(import.meta.resolve('redstart/register'));
const clients = fileURLToPath(new URL('../../../tests/interop/js/', import.meta.url));

/** Runs Node with what the package registers. Port 1 is nobody's: who is answered there was answered inside. */
function run(args, options = {}) {
  const env = { ...process.env, NODE_OPTIONS: `--import=${register}`, REDSTART_PORTS: '1', REDIS_PORT: '1', NODE_TEST_CONTEXT: undefined };
  return spawnSync('node', args, { cwd: clients, encoding: 'utf8', timeout: 120_000, ...options, env: { ...env, ...options.env } });
}

// What proves servers right proves this: clients, scripts, locks, queues.
for (const file of readdirSync(clients).filter((name) => name.endsWith('.test.js'))) {
  test(`${file} runs without a server`, () => {
    const { status, stdout, stderr } = run(['--test', '--test-reporter=spec', file]);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /ℹ pass [1-9]/);
  });
}

test('ioredis and node-redis of one program share a store, CommonJS included', () => {
  const program = `
    const Redis = require('ioredis');
    const { createClient } = require('redis');
    (async () => {
      const one = new Redis(1);
      await one.set('shared', 'yes');
      const two = await createClient({ url: 'redis://127.0.0.1:1' }).connect();
      console.log(await two.get('shared'));
      await one.quit();
      await two.close();
    })();`;
  const { stdout, stderr } = run(['--eval', program]);
  assert.equal(stdout, 'yes\n', stderr);
});

test('every client finds a host that is nowhere', () => {
  const program = `
    const Redis = require('ioredis');
    const { createClient } = require('redis');
    (async () => {
      const one = new Redis({ host: 'redis.invalid', port: 1 });
      await one.set('k', 'v');
      const two = await createClient({ url: 'redis://redis.invalid:1' }).connect();
      console.log(await two.get('k'));
      await one.quit();
      await two.close();
      await require('dns/promises').lookup('other.invalid').catch(({ code }) => console.log(code));
    })();`;
  const { stdout, stderr } = run(['--eval', program]);
  assert.match(stdout, /^v\n(ENOTFOUND|EAI_AGAIN)\n$/, stderr);
});

test('other connections go where they always went, and bad ports are told', () => {
  const program = `require('net').connect(2, '127.0.0.1').on('error', ({ code }) => console.log(code))`;
  assert.equal(run(['--eval', program]).stdout, 'ECONNREFUSED\n');
  const bad = run(['--eval', '0'], { env: { REDSTART_PORTS: 'http' } });
  assert.notEqual(bad.status, 0);
  assert.match(bad.stderr, /REDSTART_PORTS is "http"/);
});

describe('as a stand-in for the client’s own module', () => {
  afterEach(flushStores);

  test('ioredis', async () => {
    const one = new Redis();
    const two = new Redis('redis://localhost:6379/0', { keyPrefix: 'app:' });
    const elsewhere = new Redis(6380, 'cache.example');
    await one.set('app:k', 'v');
    assert.equal(await two.get('k'), 'v');
    assert.equal(await elsewhere.get('app:k'), null);
    await Promise.all([one, two, elsewhere].map((client) => client.quit()));
    const db = await open('memory:');
    const own = new Redis({ Connector: connector(db) });
    await own.set('k', 'mine');
    assert.equal(await db.get('k'), 'mine');
    await own.quit();
    await db.close();
  });

  test('ioredis, required as itself or by name', async () => {
    const required = createRequire(import.meta.url)('redstart/ioredis');
    assert.ok(required === required.default && required === required.Redis);
    const client = new required();
    assert.equal(await client.set('k', 'v'), 'OK');
    const other = new Redis();
    assert.equal(await other.get('k'), 'v');
    await Promise.all([client.quit(), other.quit()]);
  });

  test('node-redis', async () => {
    const one = await createClient().connect();
    const two = await createClient({ url: 'redis://localhost:6379/2' }).connect();
    await two.set('k', 'in two');
    assert.equal(await one.get('k'), null);
    await one.select(2);
    assert.equal(await one.get('k'), 'in two');
    await Promise.all([one, two].map((client) => client.close()));
  });

  test('a client of a closed database is told', async () => {
    const db = await open('memory:');
    const { Connector } = db;
    await db.close();
    const client = new Redis({ Connector, retryStrategy: () => null });
    const failed = new Promise((resolve) => client.once('error', resolve));
    assert.match((await failed).message, /memory: is closed/);
  });

  test('there is no cluster, and it is told what to do', async () => {
    const said = /a store inside this program is one node, and no cluster; (new Redis|createClient)\(\) is a client of all its keys/;
    assert.throws(() => new Redis.Cluster([{ port: 6379 }]), said);
    assert.throws(() => new Cluster([{ port: 6379 }]), said);
    assert.throws(() => createCluster({ rootNodes: [{ url: 'redis://localhost' }] }), said);
    assert.throws(() => createSentinel({ name: 'main' }), said);
  });

  test('node-redis as a pool', async () => {
    const pool = createClientPool({ url: 'redis://pooled:6379' }, { minimum: 2 });
    await pool.connect();
    await pool.set('k', 'v');
    const one = await createClient({ url: 'redis://pooled:6379' }).connect();
    assert.equal(await one.get('k'), 'v');
    await pool.close();
    await one.close();
  });

  test('a path leads to its own database, or nowhere', async () => {
    const connected = (to) => createClient({ socket: { path: to, reconnectStrategy: false } }).on('error', () => {}).connect();
    const [one, two] = [await open(), await open()];
    const [toOne, toTwo] = [one.path, path(two)];
    await two.set('k', 'of two');
    await one.close();
    const three = await open();
    await three.set('k', 'of three');
    assert.ok(![toOne, toTwo].includes(three.path));
    const client = await connected(toTwo);
    assert.equal(await client.get('k'), 'of two');
    await client.close();
    await assert.rejects(connected(toOne), /there is no database at redstart:#\d+: it is closed/);
    assert.throws(() => path(undefined), /what it leads to is undefined; it must be a database/);
    assert.throws(() => connector(undefined), /what it leads to is undefined; it must be a database/);
    await Promise.all([two.close(), three.close()]);
  });
});
