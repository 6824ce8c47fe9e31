// Databases in folders: what is kept, for whom, and what redis-server makes of it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, beforeEach, test } from 'node:test';
import { createClient } from 'redis';
import { LockedError, open } from 'redstart';

const here = fileURLToPath(new URL('..', import.meta.url));
const folders = [];
let folder;
let url;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redstart-'));
  folders.push(folder);
  url = `file:${folder}/data`;
});
after(() => folders.forEach((each) => rmSync(each, { recursive: true })));

const data = () => join(folder, 'data');

for (const worker of [false, true]) {
  for (const appendfsync of ['always', 'everysec', 'no']) {
    test(`what is written is there again: ${appendfsync}${worker ? ', in a worker' : ''}`, async () => {
      const db = await open(url, { appendfsync, worker });
      await db.mset({ a: 1, b: 2 });
      await db.hset('h', { f: Buffer.from([0, 255]) });
      await db.set('short', 'x', { PX: 1 });
      await db.select(3);
      await db.rpush('list', ...Array(1000).keys());
      await db.close();
      const again = await open(url, { appendfsync, worker });
      assert.deepEqual(await again.mget('a', 'b'), ['1', '2']);
      assert.deepEqual(await again.bytes.hget('h', 'f'), Uint8Array.of(0, 255));
      await again.select(3);
      assert.equal(await again.llen('list'), 1000);
      await again.close();
    });
  }
}

test('a second opener is refused, in this program, in another, and let in afterwards', async () => {
  const db = await open(url);
  await assert.rejects(open(url), (error) => error instanceof LockedError && /is already open in this program/.test(error.message));
  const other = `import { open } from 'redstart'; await open(${JSON.stringify(url)}).catch((error) => console.log(error.name, error.message))`;
  const run = () => spawnSync('node', ['--input-type=module', '--eval', other], { cwd: here, encoding: 'utf8' }).stdout;
  assert.match(run(), /^LockedError .* is already open in process \d+/);
  await db.close();
  assert.equal(run(), '');
  await (await open(url)).close();
});

test('a program that is killed loses nothing that was answered', async () => {
  const program = `
    import { open } from 'redstart';
    const db = await open(${JSON.stringify(url)}, { appendfsync: 'always' });
    for (let n = 1; ; n++) { await db.set('n', n); console.log(n); }`;
  const child = spawn('node', ['--input-type=module', '--eval', program], { cwd: here });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    if (printed.split('\n').length > 50) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const last = Number(printed.trim().split('\n').at(-1));
  const db = await open(url);
  assert.ok(Number(await db.get('n')) >= last, `${await db.get('n')} after ${last}`);
  await db.close();
});

test('redis-server reads the files, and its own are read', async () => {
  const db = await open(url);
  await db.zadd('z', [1, 'a'], [2, 'b']);
  await db.xadd('log', '1-1', { a: 1 });
  await db.close();
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', join(folder, 'sock'), '--dir', data(), '--appendonly', 'yes', '--save', '']);
  await new Promise((resolve) => server.stdout.on('data', (text) => /ready to accept/i.test(text) && resolve()));
  const client = await createClient({ socket: { path: join(folder, 'sock'), reconnectStrategy: false } }).on('error', () => {}).connect();
  assert.equal(await client.zScore('z', 'b'), 2);
  await client.set('from', 'redis-server');
  await client.bgRewriteAof();
  while (/aof_rewrite_in_progress:1|aof_rewrite_scheduled:1/.test(await client.info('persistence')));
  const gone = once(server, 'exit');
  await client.sendCommand(['SHUTDOWN', 'NOSAVE']).catch(() => {});
  await gone;
  const again = await open(url);
  assert.equal(await again.get('from'), 'redis-server');
  assert.equal(await again.zscore('z', 'a'), 1);
  await again.close();
});

test('a file of redis-server’s begins a database, and one is given', async () => {
  const db = await open();
  await db.set('k', 'v', { EX: 1000 });
  const file = Buffer.from(await (await db.save()).arrayBuffer());
  assert.equal(file.subarray(0, 5).toString(), 'REDIS');
  writeFileSync(join(folder, 'dump.rdb'), file);
  const check = spawnSync('redis-check-rdb', [join(folder, 'dump.rdb')], { encoding: 'utf8' });
  assert.equal(check.status, 0, check.stdout);
  const copy = await open(url, { rdb: file });
  assert.equal(await copy.get('k'), 'v');
  await copy.close();
  const again = await open(url);
  assert.equal(await again.get('k'), 'v');
  await again.close();
  await db.close();
});

test('whichever way data are kept, the other one does not pass over them', async () => {
  const snapshot = `file:${join(folder, 'snapshot')}`;
  const first = await open(snapshot, { appendfsync: 'no' });
  await first.set('k', 'v');
  await first.close();
  assert.equal(existsSync(join(folder, 'snapshot/dump.rdb')), true);
  const second = await open(snapshot);
  assert.equal(await second.get('k'), 'v');
  await second.set('k', 'later');
  await second.close();
  const third = await open(snapshot);
  assert.equal(await third.get('k'), 'later');
  await third.close();
  await assert.rejects(open(snapshot, { appendfsync: 'no' }), { name: 'EngineError', message: /append-only file, which appendfsync 'no' would not read/ });
  assert.equal(existsSync(join(folder, 'snapshot/redstart.lock')), false);
});

test('a lock is nobody’s if its process is gone, though its number came back', async () => {
  const path = join(folder, 'container');
  mkdirSync(path);
  // As the program before left it, in a container where each one is process 1; and a number that a later process has.
  for (const pid of [process.pid, process.ppid]) {
    writeFileSync(join(path, 'redstart.lock'), `${pid} 1\n`);
    const db = await open(`file:${path}`);
    await assert.rejects(open(`file:${path}`), /already open in this program: close it there first/);
    await db.close();
  }
});

test('of many who find a lock that was left behind, one takes it over', async () => {
  const path = join(folder, 'left');
  mkdirSync(path);
  writeFileSync(join(path, 'redstart.lock'), `${process.pid} 1\n`);
  const program = `
    import { open } from 'redstart';
    await (await open()).close();
    console.log('ready');
    process.stdin.once('data', () => open(${JSON.stringify(`file:${path}`)}).then(() => console.log('open'), ({ name }) => console.log(name)));`;
  const children = Array.from({ length: 6 }, () => spawn('node', ['--input-type=module', '--eval', program], { cwd: here }));
  const said = () => Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));
  await said();
  const answers = said();
  for (const { stdin } of children) stdin.write('go');
  assert.deepEqual((await answers).sort(), [...Array(5).fill('LockedError'), 'open']);
  await Promise.all(children.map((child) => (child.kill(), once(child, 'close'))));
  assert.deepEqual(readdirSync(path).filter((name) => name.startsWith('redstart.lock')), ['redstart.lock']);
});

test('a folder that can’t be one is told', async () => {
  const path = join(folder, 'plain');
  writeFileSync(path, '');
  for (const worker of [false, true]) {
    await assert.rejects(open(`file:${path}`, { worker }), { name: 'EngineError', message: /plain can’t be the folder of a database.*EEXIST/ });
  }
  await assert.rejects(open(`file:${path}/within`), { code: 'ENOTDIR' });
  for (const nowhere of ['file:', 'file://']) await assert.rejects(open(nowhere), /names nothing; write file:\.\/data/);
});

test('an end that was torn off does no harm, but damage is told', async () => {
  const db = await open(url);
  await db.set('k', 'v');
  await db.close();
  const [log] = readdirSync(join(data(), 'appendonlydir')).filter((name) => name.endsWith('.incr.aof'));
  const path = join(data(), 'appendonlydir', log);
  appendFileSync(path, '*3\r\n$3\r\nSET\r\n$1');
  const torn = await open(url);
  assert.equal(await torn.get('k'), 'v');
  await torn.close();
  truncateSync(path, 0);
  appendFileSync(path, 'nonsense\r\n'.repeat(10));
  await assert.rejects(open(url), /the store ended: .*Bad file format/);
  await assert.rejects(open(url), /Bad file format/);
  assert.equal(existsSync(join(data(), 'redstart.lock')), false);
});

test('addresses may be relative or whole, and options are checked', async () => {
  const db = await open(pathToFileURL(data()));
  await db.set('k', 1);
  await db.close();
  assert.match(readFileSync(join(data(), 'appendonlydir', readdirSync(join(data(), 'appendonlydir')).find((n) => n.endsWith('manifest'))), 'utf8'), /^file /);
  await assert.rejects(open(url, { appendfsync: 'sometimes' }), /appendfsync is sometimes/);
  await assert.rejects(open('idb://shop'), /there is no IndexedDB here/);
  await assert.rejects(open('opfs://shop'), /there is no OPFS here/);
  await assert.rejects(open('shop://shop'), /"shop:\/\/shop" is no address/);
});
