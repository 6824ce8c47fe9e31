import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page';

/** What is loaded before anything is pressed: what the page itself names. The rest is fetched when it is wanted. */
const first = () => readFileSync('dist/index.html', 'utf8');
const gzipped = (end: string) =>
  readdirSync('dist/assets').filter((name) => name.endsWith(end) && first().includes(name)).reduce((sum, name) => sum + gzipSync(readFileSync(`dist/assets/${name}`)).length, 0) / 1000;

test('what is downloaded is small', async ({ playground }) => {
  await playground.open();
  const [wasm, js, css] = [gzipped('.wasm'), gzipped('.js'), gzipped('.css')];
  console.log(`wasm: ${Math.round(wasm)} kB gzipped`);
  console.log(`js: ${js.toFixed(1)} kB gzipped, css: ${css.toFixed(1)} kB gzipped`);
  expect(wasm).toBeGreaterThan(0);
  expect(wasm).toBeLessThan(800);
  expect(js).toBeLessThan(60);
  expect(css).toBeLessThan(10);
});

test('nothing jumps while the page comes up', async ({ playground, page }) => {
  await page.addInitScript(() => {
    const shifts = ((globalThis as { shifts?: number[] }).shifts = []) as number[];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await playground.open();
  await page.locator('.lesson').waitFor({ state: 'attached' });
  await playground.run('SET a 1');
  // Less than a thousandth of a screen is a pixel of a line: text that is hinted anew moves that much, and no eye sees it.
  const shifts = await page.evaluate(() => (globalThis as { shifts?: number[] }).shifts);
  expect((shifts ?? []).reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.001);
});

test('what is typed before the engine is ready is kept', async ({ playground, page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/worker.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/');
  await playground.prompt().fill('SET early bird');
  await playground.prompt().press('Enter');
  await playground.prompt().fill('GET early');
  release();
  await playground.ready();
  await expect(playground.entries().last().locator('.line')).toHaveText(['OK']);
  await expect(playground.prompt()).toHaveValue('GET early');
  await playground.prompt().press('Enter');
  await expect(playground.entries().last().locator('.line')).toHaveText(['"bird"']);
});

test('nothing scrolls sideways', async ({ playground, page }) => {
  await playground.open();
  const wide = () =>
    page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.page, main, .scroll, .client-bar, .lessons, .key-list, .keys-bar, .top')]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => `${box.className || box.tagName}: ${box.scrollWidth} > ${box.clientWidth}`),
    );
  await playground.run(`SET long "${'a value that is long '.repeat(12)}${'x'.repeat(200)}"`);
  await playground.run('GET long');
  await playground.client().getByRole('switch', { name: 'Wire' }).click();
  expect(await wide()).toEqual([]);
  await page.getByRole('button', { name: 'Add a terminal' }).click();
  expect(await wide()).toEqual([]);
  await playground.show('Keys');
  await page.getByRole('row', { name: /^long / }).click();
  await expect(page.getByRole('region', { name: 'Value of long' })).toBeVisible();
  expect(await wide()).toEqual([]);
  await playground.show('Lessons');
  expect(await wide()).toEqual([]);
  await page.getByRole('button', { name: 'All lessons' }).click();
  expect(await wide()).toEqual([]);
});

test('text may be twice as large', async ({ playground, page }) => {
  await playground.open();
  await page.addStyleTag({ content: '' }).catch(() => {});
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await playground.run('SET a 1');
  await expect(playground.prompt()).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test('axe finds nothing to complain about', async ({ playground, page }) => {
  await playground.open();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await playground.run('SET greeting hello EX 1000');
  await playground.run('NOSUCH');
  await playground.client().getByRole('switch', { name: 'Wire' }).click();
  await playground.prompt().fill('SE');
  await playground.prompt().press('Tab');
  await expect(page.getByRole('listbox')).toBeVisible();
  const check = async (where: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${where}: ${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)).toEqual([]);
  };
  await check('console');
  await playground.show('Keys');
  await page.getByRole('row', { name: /^greeting / }).click();
  await expect(page.getByRole('region', { name: 'Value of greeting' })).toBeVisible();
  await check('keys');
  await playground.show('Lessons');
  for (const summary of await page.locator('.extra summary').all()) await summary.click();
  for (const radio of [0, 1]) await page.locator('.quiz fieldset').nth(radio).getByRole('radio').first().check();
  await page.getByRole('button', { name: 'A hint' }).click();
  for (let more = 0; more < 2; more++) await page.getByRole('button', { name: 'More help' }).click();
  await expect(page.getByRole('tablist', { name: 'The solution in client libraries' })).toBeVisible();
  await check('lesson');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.getByRole('searchbox', { name: 'Search lessons and commands' }).fill('expire');
  await expect(page.getByRole('list', { name: 'Commands' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Lessons' })).toBeVisible();
  await check('lessons');
  await page.getByRole('button', { name: 'Erase everything kept' }).click();
  await check('dialog');
});

test('the theme can be chosen and is kept', async ({ playground, page }) => {
  await playground.open();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const button = page.getByRole('button', { name: /^Theme: / });
  await button.click();
  await expect(button).toHaveAccessibleName('Theme: light');
  const light = await ground();
  await button.click();
  await expect(button).toHaveAccessibleName('Theme: dark');
  expect(await ground()).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await playground.ready();
  expect(await ground()).toBe(dark);
});

test('the keyboard alone is enough', async ({ playground, page, isMobile }) => {
  test.skip(isMobile, 'a phone has no Tab key');
  await playground.open();
  // The first stop is the skip link, and by it into the prompt.
  const first = page.locator('a, button, input, select, textarea').first();
  await first.focus();
  await expect(first).toHaveText('Skip to the prompt');
  await page.keyboard.press('Enter');
  await expect(playground.prompt()).toBeFocused();
  await page.keyboard.type('SET greeting hello');
  await page.keyboard.press('Enter');
  await expect(playground.entries().last().locator('.line')).toHaveText(['OK']);
  // To the keys, to a value, and back.
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('tab', { name: /^Keys/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Database')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Filter keys by pattern')).toBeFocused();
  for (const name of ['Type', 'Sort keys', 'Reverse the order', 'As a tree', 'New key']) {
    await page.keyboard.press('Tab');
    await expect(page.getByLabel(name, { exact: true })).toBeFocused();
  }
  await page.keyboard.press('Tab');
  await expect(page.getByRole('row', { name: /^greeting / })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Value of greeting' })).toBeVisible();
  // To the lessons: from one to the list, and the next.
  await page.keyboard.press('Alt+3');
  await expect(page.getByRole('button', { name: 'All lessons' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.card').first()).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('.lesson h2')).toBeFocused();
  await page.keyboard.press('Alt+1');
  await expect(playground.prompt()).toBeFocused();
});

test('a phone gets the keys its keyboard hides', async ({ playground, page, isMobile }) => {
  test.skip(!isMobile, 'for touch only');
  await playground.open();
  await playground.run('SET a 1');
  const bar = page.getByRole('toolbar', { name: 'Keys' });
  await expect(bar).toBeVisible();
  await bar.getByRole('button', { name: 'Older in history' }).click();
  await expect(playground.prompt()).toHaveValue('SET a 1');
  await bar.getByRole('button', { name: '{' }).click();
  await expect(playground.prompt()).toHaveValue('SET a 1{');
  await expect(playground.prompt()).toBeFocused();
  for (const box of await page.locator('.key-bar button, .client-bar .icon').all()) expect((await box.boundingBox())!.height).toBeGreaterThanOrEqual(44);
});

test('it opens without a network once visited', async ({ playground, page, context }) => {
  await playground.open();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await playground.ready();
  expect(await playground.run('SET off line')).toEqual(['OK']);
});
