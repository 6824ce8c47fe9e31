// The example programs do what they are for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { dist, launch, serve } from './browser.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));

function run(program, args) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, CI: 'true' };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: examples, encoding: 'utf8', timeout: 60_000, env });
  assert.equal(status, 0, stdout + stderr);
  return stdout + stderr;
}

for (const [name, printed] of [
  ['ioredis', "[ '2', '1' ]\n"],
  ['node-redis', "ada 120 [ { value: 'ada', score: 120 } ]\n"],
  ['bullmq', '[ 2, 4, 6 ]\n'],
]) {
  test(name, () => assert.equal(run('node', [`${name}/index.js`]), printed));
}

test('node-test', () => assert.match(run('node', ['--test', '--test-reporter=spec', 'node-test/sessions.test.js']), /ℹ pass 2/));
test('vitest', () => assert.match(run(`${bin}vitest`, ['run', '--root', 'vitest']), /1 passed/));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test('page: notes are shared by tabs, and still there tomorrow', async (t) => {
  const site = await serve({ '/redstart/': dist, '/': join(examples, 'page') });
  const context = await browser.newContext();
  t.after(() => Promise.all([context.close(), site.end()]));
  const open = async () => {
    const page = await context.newPage();
    await page.goto(site.url);
    await page.waitForSelector('body[data-ready]');
    return page;
  };
  const [one, two] = [await open(), await open()];
  await one.fill('input', 'buy milk');
  await one.click('button');
  await two.waitForSelector('li:text("buy milk")');
  await one.close();
  await two.close();
  assert.deepEqual(await (await open()).locator('li').allTextContents(), ['buy milk']);
});

test('vite-react: a page is drawn from keys', async (t) => {
  const outDir = mkdtempSync(join(tmpdir(), 'redstart-'));
  await build({ root: join(examples, 'vite-react'), build: { outDir, emptyOutDir: true }, logLevel: 'error' });
  const site = await serve({ '/': outDir });
  const page = await browser.newPage();
  t.after(async () => {
    await site.end();
    rmSync(outDir, { recursive: true });
  });
  await page.goto(site.url);
  await page.click('text=An apple');
  await page.click('text=An apple');
  await page.waitForSelector('li:text("2 apples")');
  await page.click('text=Empty');
  await page.waitForSelector('li', { state: 'detached' });
  await page.close();
});
