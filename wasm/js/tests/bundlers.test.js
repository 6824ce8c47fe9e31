// The package in what people build with, none of it configured for it: each build runs in a browser or in Node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { alias, globals, redisInPages } from 'redstart/vite';
import { dist, launch, serve } from './browser.js';

const installed = fileURLToPath(new URL('../node_modules/', import.meta.url));
const app = `
import { open } from 'redstart';
const said = [];
for (const worker of [false, true]) {
  const db = await open('memory:', { worker });
  await db.set('k', 'v');
  said.push(await db.get('k'));
  await db.close();
}
globalThis.said = said.join();`;
const html = '<!doctype html><title>test</title><script type="module" src="./main.js"></script>';

let folder;
let browser;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redstart-'));
  mkdirSync(`${folder}/node_modules`);
  // As it is installed: a folder of its own, not a link.
  cpSync(`${installed}redstart`, `${folder}/node_modules/redstart`, { recursive: true });
  symlinkSync(`${installed}.bin`, `${folder}/node_modules/.bin`);
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
  writeFileSync(`${folder}/main.js`, app);
  writeFileSync(`${folder}/index.html`, html);
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** What the page says, once it does. */
async function says(url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.said, undefined, { timeout: 10_000 }).catch((error) => errors.push(error));
  const said = await page.evaluate(() => globalThis.said);
  await page.close();
  assert.deepEqual(errors, []);
  return said;
}

async function servedSays(folders, options) {
  const site = await serve(folders, options);
  try {
    return await says(site.url);
  } finally {
    await site.end();
  }
}

test('Vite, built', async () => {
  await build({ root: folder, logLevel: 'error', build: { outDir: 'vite', target: 'es2022' } });
  assert.equal(await servedSays({ '/': `${folder}/vite` }), 'v,v');
});

test('Vite, while one develops', async () => {
  const server = await createServer({ root: folder, logLevel: 'error', server: { port: 0, host: '127.0.0.1', ws: false } });
  await server.listen();
  try {
    assert.equal(await says(server.resolvedUrls.local[0]), 'v,v');
  } finally {
    await server.close();
  }
});

test('webpack', async () => {
  const compiler = webpack({ mode: 'production', context: folder, entry: './main.js', output: { path: `${folder}/webpack`, filename: 'main.js' } });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  await new Promise((resolve) => compiler.close(resolve));
  assert.equal(stats.hasErrors(), false, stats.toString('errors-only'));
  assert.equal(await servedSays({ '/': `${folder}/webpack` }, { answer: (path) => (path === '/' ? { body: html } : undefined) }), 'v,v');
});

test('esbuild', async () => {
  await esbuild({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, format: 'esm', splitting: true, outdir: 'esbuild', logLevel: 'error' });
  assert.equal(await servedSays({ '/': `${folder}/esbuild` }, { answer: (path) => (path === '/' ? { body: html } : undefined) }), 'v,v');
});

test('no bundler, an import map', async () => {
  const map = '<script type="importmap">{ "imports": { "redstart": "/dist/browser/index.js" } }</script>';
  const answer = (path) => (path === '/' ? { body: html.replace('<script', `${map}<script`) } : undefined);
  assert.equal(await servedSays({ '/dist/': dist, '/': folder }, { answer }), 'v,v');
});

// The clients that were written for Node, with what stands in for it in a page.
const clients = `
import { open } from 'redstart';
import Redis, { connector } from 'redstart/ioredis';
import { createClient, path } from 'redstart/redis';
const db = await open('memory:');
const redis = new Redis({ Connector: connector(db) });
redis.defineCommand('twice', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)" });
const client = await createClient({ socket: { path: path(db) } }).connect();
const listener = await client.duplicate().connect();
const heard = new Promise((resolve) => void listener.subscribe('news', resolve).then(() => redis.publish('news', 'hello')));
const said = [await redis.set('k', 'ü'), await client.get('k'), await redis.twice('n', 21), await redis.twice('n', 1), await heard];
said.push(...(await client.multi().incr('n').exec()), (await redis.pipeline().get('n').exec())[0][1]);
const waiting = redis.blpop('q', 0);
await client.rPush('q', 'x');
said.push((await waiting)[1]);
globalThis.said = said.join();`;
const told = 'OK,ü,42,44,hello,45,45,x';

test('ioredis and node-redis in a page, by Vite', async () => {
  const root = `${folder}/clients`;
  mkdirSync(root);
  writeFileSync(`${root}/main.js`, clients);
  writeFileSync(`${root}/index.html`, html);
  for (const name of ['ioredis', 'redis', '@redis', '@ioredis', 'cluster-key-slot', 'redis-errors', 'denque', 'standard-as-callback', 'debug', 'ms']) {
    cpSync(`${installed}${name}`, `${folder}/node_modules/${name}`, { recursive: true });
  }
  const config = { root, logLevel: 'error', configFile: false, plugins: [redisInPages()] };
  await build({ ...config, build: { outDir: `${folder}/clients-built`, emptyOutDir: true, target: 'es2022' } });
  assert.equal(await servedSays({ '/': `${folder}/clients-built` }), told);
  const server = await createServer({ ...config, server: { port: 0, host: '127.0.0.1', ws: false, fs: { strict: false } } });
  await server.listen();
  try {
    assert.equal(await says(server.resolvedUrls.local[0]), told);
  } finally {
    await server.close();
  }
});

test('and by esbuild', async () => {
  await esbuild({ absWorkingDir: folder, entryPoints: ['clients/main.js'], bundle: true, format: 'esm', splitting: true, outdir: 'clients-esbuild', alias, inject: [globals], define: { global: 'globalThis' }, logLevel: 'error' });
  assert.equal(await servedSays({ '/': `${folder}/clients-esbuild` }, { answer: (path) => (path === '/' ? { body: html } : undefined) }), told);
});

test('Node: as a module, as CommonJS, and bundled by esbuild', async () => {
  const node = (file) => execFileSync('node', [file], { cwd: folder, encoding: 'utf8' });
  writeFileSync(`${folder}/print.mjs`, `${app}\nconsole.log(said);`);
  assert.equal(node('print.mjs'), "[ 'v', 'v' ]\n");
  writeFileSync(`${folder}/print.cjs`, `const { open } = require('redstart');\n(async () => {${app.replace(/import.*/, '')}\nconsole.log(said) })();`);
  assert.equal(node('print.cjs'), "[ 'v', 'v' ]\n");
  await esbuild({ absWorkingDir: folder, entryPoints: ['print.mjs'], bundle: true, format: 'esm', platform: 'node', outfile: 'bundled/print.mjs', logLevel: 'error' });
  assert.equal(node('bundled/print.mjs'), "[ 'v', 'v' ]\n");
});
