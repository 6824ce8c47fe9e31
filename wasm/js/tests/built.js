// Where people build: a folder with the package installed in it, programs for it, and what their pages say.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before } from 'node:test';
import { launch, serve } from './browser.js';

export const installed = fileURLToPath(new URL('../node_modules/', import.meta.url));

export const html = '<!doctype html><title>test</title><script type="module" src="./main.js"></script>';
/** A server that has this page, and beside it what was built. */
export const withPage = { answer: (path) => (path === '/' ? { body: html } : undefined) };

export const app = `
import { open } from 'redstart';
const said = [];
for (const worker of [false, true]) {
  const db = await open('memory:', { worker });
  await db.set('k', 'v');
  said.push(await db.get('k'));
  await db.close();
}
globalThis.said = said.join();`;

/** A folder for the tests of a file, gone after them, with `app` and a page for it. */
export function folderWithPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'redstart-'));
  mkdirSync(`${folder}/node_modules`);
  // As it is installed: a folder of its own, not a link.
  cpSync(`${installed}redstart`, `${folder}/node_modules/redstart`, { recursive: true });
  symlinkSync(`${installed}.bin`, `${folder}/node_modules/.bin`);
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
  writeFileSync(`${folder}/main.js`, app);
  writeFileSync(`${folder}/index.html`, html);
  after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A browser for the tests of a file; gives what tells what a page says, once it does. */
export function listener() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  async function says(url) {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(url);
    await page.waitForFunction(() => globalThis.said, undefined, { timeout: 30_000 }).catch((error) => errors.push(error));
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

  return { says, servedSays };
}

/** A page says something while Vite's own server serves it. */
export async function developedSays(says, createServer, config) {
  const server = await createServer({ logLevel: 'error', configFile: false, ...config, server: { port: 0, host: '127.0.0.1', ws: false, hmr: false, fs: { strict: false } } });
  await server.listen();
  try {
    return await says(server.resolvedUrls.local[0]);
  } finally {
    await server.close();
  }
}

/** Builds with webpack what begins with `entry`, as one file. */
export async function packed(webpack, { folder, entry, into, ...options }) {
  const optimization = { minimize: false };
  const compiler = webpack({ mode: 'production', optimization, context: folder, entry, output: { path: `${folder}/${into}`, filename: 'main.js' }, ...options });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  await new Promise((resolve) => compiler.close(resolve));
  assert.equal(stats.hasErrors(), false, stats.toString('errors-only'));
}
