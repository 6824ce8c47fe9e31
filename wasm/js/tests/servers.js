// Where the clients' tests run: on the engine in this program, and on the real redis-server, which proves them right.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'redstart';

/** A port that nobody has just now. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function redisServer() {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'redis-'));
  const server = spawn('redis-server', ['--port', `${port}`, '--save', '', '--bind', '127.0.0.1', '--dir', dir]);
  await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => /Ready to accept/.test(text) && resolve());
    server.once('error', reject).once('exit', () => reject(new Error('redis-server ended')));
  });
  return {
    port,
    async end() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await gone;
      rmSync(dir, { recursive: true });
    },
  };
}

/** Each place: how ioredis and node-redis are told of it, and its end. */
export const places = {
  async 'in process'() {
    const db = await open('memory:');
    return { ioredis: { Connector: db.Connector }, redis: { path: db.path }, end: () => db.close() };
  },
  async 'redis-server'() {
    const { port, end } = await redisServer();
    const address = { host: '127.0.0.1', port };
    return { ioredis: address, redis: address, end };
  },
};
