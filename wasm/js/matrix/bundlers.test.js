// Older Vites, and Next: none of them configured for the package. `cargo xtask test package --full` runs it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { redisInPages } from 'redstart/vite';
import { developedSays, folderWithPackage, html, installed, listener } from '../tests/built.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = folderWithPackage();
const { says, servedSays } = listener();

for (const version of [5, 6, 7]) {
  describe(`Vite ${version}`, async () => {
    const { build, createServer } = await import(`vite-${version}`);
    const outDir = `${folder}/vite-${version}`;

    test('built', async () => {
      await build({ root: folder, logLevel: 'error', build: { outDir, target: 'es2022' } });
      assert.equal(await servedSays({ '/': outDir }), 'v,v');
    });

    test('while one develops', async () => {
      assert.equal(await developedSays(says, createServer, { root: folder, cacheDir: `${folder}/cache-${version}` }), 'v,v');
    });

    test('with ioredis in a page', async () => {
      const root = `${folder}/client`;
      mkdirSync(root, { recursive: true });
      writeFileSync(`${root}/index.html`, html);
      writeFileSync(`${root}/main.js`, "import Redis from 'redstart/ioredis'; const redis = new Redis(); redis.set('k', 'v').then((it) => (globalThis.said = it));");
      const resolve = { alias: [{ find: /^ioredis$/, replacement: `${installed}ioredis` }] };
      const config = { root, logLevel: 'error', configFile: false, plugins: [redisInPages()], resolve };
      await build({ ...config, build: { outDir: `${outDir}-client`, target: 'es2022' } });
      assert.equal(await servedSays({ '/': `${outDir}-client` }), 'OK');
      assert.equal(await developedSays(says, createServer, { ...config, cacheDir: `${folder}/cache-client-${version}` }), 'OK');
    });
  });
}

describe('Next', () => {
  const app = `${here}next`;
  const next = (...args) =>
    spawn(process.execPath, [`${here}node_modules/next/dist/bin/next`, ...args], { cwd: app, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined } });

  /** Serves the app in a mode, and says what its page and its handler say. */
  async function visited(mode) {
    const server = next(mode, '--port', '0', '--hostname', '127.0.0.1');
    const over = new Promise((resolve) => server.on('close', resolve));
    try {
      const url = await new Promise((resolve, reject) => {
        let printed = '';
        const read = (text) => {
          printed += text;
          const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
          if (found && /Ready/.test(printed)) resolve(found);
        };
        server.stdout.on('data', read);
        server.stderr.on('data', read);
        over.then(() => reject(new Error(printed)));
      });
      return [await says(url), await (await fetch(`${url}/server`)).text()];
    } finally {
      server.kill();
      await over;
    }
  }

  // As it is installed: a folder of its own, not a link.
  rmSync(`${app}/node_modules/redstart`, { recursive: true, force: true });
  cpSync(`${installed}redstart`, `${app}/node_modules/redstart`, { recursive: true });

  test('built', async () => {
    rmSync(`${app}/.next`, { recursive: true, force: true });
    const building = next('build');
    let printed = '';
    for (const stream of [building.stdout, building.stderr]) stream.on('data', (text) => (printed += text));
    const status = await new Promise((resolve) => building.on('close', resolve));
    assert.equal(status, 0, printed);
    assert.deepEqual(await visited('start'), ['v,v', 'v']);
  });

  test('while one develops', async () => {
    assert.deepEqual(await visited('dev'), ['v,v', 'v']);
  });
});
