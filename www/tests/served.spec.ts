/** The page as redstart-server serves it: `REDSTART_SERVER` names one that was built with it. */
import { expect, test } from './page';

test('the page runs as it does elsewhere', async ({ playground, page }) => {
  await playground.open();
  expect(await playground.run('SET greeting hello')).toEqual(['OK']);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(page.locator('.lesson h2')).not.toBeEmpty();
  await page.goto('/#/command/GETEX');
  await expect(page.locator('.example')).toBeVisible();
  await playground.durable();
  await page.reload();
  await playground.ready();
  expect(await playground.run('GET greeting')).toEqual(['"hello"']);
});

test('it opens without the server once it was there', async ({ playground, page, context }) => {
  await playground.open();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await context.setOffline(true);
  await page.reload();
  await playground.ready();
  expect(await playground.run('PING')).toEqual(['PONG']);
});

test('files come packed, as what they are, and once', async ({ playground, page, request }) => {
  const types = new Map<string, string>();
  page.on('response', (response) => types.set(/\.(\w+)$/.exec(new URL(response.url()).pathname)?.[1] ?? '', response.headers()['content-type'] ?? ''));
  await playground.open();
  expect(types.get('wasm')).toBe('application/wasm');
  expect(types.get('css')).toContain('text/css');
  expect(types.get('js')).toContain('text/javascript');
  const first = await request.get('/', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(first.headers()).toMatchObject({ 'content-encoding': 'gzip', 'x-content-type-options': 'nosniff' });
  const again = await request.get('/', { headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': first.headers()['etag']! } });
  expect(again.status()).toBe(304);
  expect((await request.get('/nosuch')).status()).toBe(404);
});
