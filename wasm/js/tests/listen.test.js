// Ports and socket files, and the program of the package.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { createClient } from 'redis';
import { open } from 'redstart';

const bin = fileURLToPath(new URL('./bin.js', import.meta.resolve('redstart')));
const folder = mkdtempSync(join(tmpdir(), 'redstart-'));
let db;
before(async () => {
  db = await open();
});
after(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

test('any client connects to a port', async () => {
  const listener = await db.listen({ port: 0 });
  const client = await createClient({ url: listener.url }).connect();
  await client.set('k', 'over the wire');
  assert.equal(await db.get('k'), 'over the wire');
  const gone = once(client.on('error', () => {}), 'error');
  await listener.close();
  await gone;
  client.destroy();
});

test('and to a socket file, with much at once', async () => {
  const path = join(folder, 'redis.sock');
  const listener = await db.listen({ path });
  assert.equal(listener.url, path);
  const socket = net.connect(path);
  const large = 'x'.repeat(3_000_000);
  socket.write(`*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${large.length}\r\n${large}\r\n`);
  socket.write('GET large\r\nQUIT\r\n');
  let got = 0;
  for await (const bytes of socket) got += bytes.length;
  assert.equal(got, '+OK\r\n$3000000\r\n\r\n+OK\r\n'.length + large.length);
  await listener.close();
  assert.equal(existsSync(path), false);
});

test('a port that is taken is told', async () => {
  const { port, close } = await db.listen();
  await assert.rejects(db.listen({ port }), { code: 'EADDRINUSE', message: /port: 0 takes one that is free/ });
  await assert.rejects(db.listen({ port, path: 'x' }), /either a port or a path/);
  await close();
});

test('options that make no sense are told', async () => {
  await assert.rejects(db.listen({ prot: 1 }), /listen: there is no option prot; there are host, path, port/);
  await assert.rejects(db.listen({ port: 70_000 }), /listen: 70000 is no port/);
  await assert.rejects(db.listen({ port: '6379' }), /listen: port is a string; it must be a number/);
  // To Node it would be every address there is.
  await assert.rejects(db.listen({ host: '' }), /listen: host is a string; it must be an address/);
  await assert.rejects(db.listen(null), /it must be an object of options/);
});

test('the program serves until it is told to end', async () => {
  const program = spawn('node', [bin, '--port', '0']);
  const [line] = await once(program.stdout.setEncoding('utf8'), 'data');
  const [, port] = /redstart listens at redis:\/\/127\.0\.0\.1:(\d+)/.exec(line);
  const client = await createClient({ socket: { port: Number(port) } }).connect();
  assert.equal(await client.ping(), 'PONG');
  client.destroy();
  program.kill('SIGTERM');
  assert.deepEqual(await once(program, 'exit'), [0, null]);
});

test('the program tells what it can’t do', () => {
  const run = (...args) => spawnSync('node', [bin, ...args], { encoding: 'utf8' });
  assert.match(run('--help').stdout, /--port N/);
  assert.deepEqual([run('--port', 'http').stderr, run('--port', 'http').status], ['redstart: "http" is no port\n', 1]);
  assert.match(run('--nonsense').stderr, /redstart: Unknown option '--nonsense'/);
});
