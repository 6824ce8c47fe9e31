import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Playground } from './page';

/** Opens the page of a command by its address. */
async function visit(playground: Playground, page: Page, link: string): Promise<void> {
  await page.goto(`/${link}`);
  await playground.ready();
}

const heading = (page: Page) => page.locator('.manual h2');

test('a link opens the page of a command', async ({ playground, page }) => {
  await visit(playground, page, '#/command/GETEX');
  await expect(heading(page)).toHaveText('GETEX');
  await expect(page).toHaveTitle('GETEX · Redstart');
  await expect(page.locator('.manual .facts')).toHaveText('string · since 6.2.0 · O(1)');
  await expect(page.locator('.manual .syntax')).toContainText('GETEX key [EX seconds|PX milliseconds');
  await expect(page.locator('.manual')).toContainText('changes its time to live in one step');
  if (!playground.phone) await expect(playground.prompt()).toBeFocused();
  else await expect(heading(page)).toBeVisible();
});

test('addresses may be short, and lead to subcommands', async ({ playground, page }) => {
  await visit(playground, page, '#command/config/set');
  await expect(heading(page)).toHaveText('CONFIG SET');
  await page.goto('/#/command/NOSUCH');
  await expect(page.locator('.manual')).toContainText('There is no such command here.');
});

test('an example is typed into the console, leaves other keys alone, and can be run again', async ({ playground, page }) => {
  await visit(playground, page, '#/command/INCR');
  await playground.show('Console');
  await playground.run('SET mine 1');
  await playground.run('SET example:visits 41');
  for (const entries of [6, 10]) {
    await playground.show('Lessons');
    await page.getByRole('button', { name: 'Run in the console' }).click();
    await expect(playground.entries()).toHaveCount(entries);
    await expect(playground.entries().last()).toContainText('(error) ERR value is not an integer');
    const replies = await playground.entries().evaluateAll((all) => all.slice(-4).map((entry) => entry.querySelector('.reply')?.textContent));
    expect(replies.slice(0, 3)).toEqual(['(integer) 1', '(integer) 2', 'OK']);
  }
  expect(await playground.run('GET mine')).toEqual(['"1"']);
});

test('an example for two terminals opens the other one', async ({ playground, page }) => {
  await visit(playground, page, '#/command/BLPOP');
  await page.getByRole('button', { name: 'Run in the console' }).click();
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal b' }).click();
  await expect(playground.entries(2).last().locator('.line')).toHaveText(['1) "example:jobs"', '2) "resize"']);
});

test('an example that would touch everything is only shown', async ({ playground, page }) => {
  await visit(playground, page, '#/command/FLUSHALL');
  await expect(page.locator('.example')).toContainText('only shown');
  await expect(page.getByRole('button', { name: 'Run in the console' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Put into the prompt: FLUSHALL' }).click();
  await expect(playground.prompt()).toHaveValue('FLUSHALL');
});

test('pages lead to each other, and back to the lesson as it was left', async ({ playground, page }) => {
  await playground.open();
  await playground.show('Lessons');
  const step = page.locator('.step').nth(0);
  await step.getByRole('button', { name: 'A hint' }).click();
  await expect(step.locator('.hints p')).toHaveCount(1);
  const link = page.locator('.lesson p code a').first();
  const name = await link.textContent();
  await link.click();
  await expect(heading(page)).toHaveText(name!);
  await expect(heading(page)).toBeFocused();
  const other = page.locator('.related a').first();
  const next = await other.textContent();
  await other.click();
  await expect(heading(page)).toHaveText(next!);
  await page.goBack();
  await expect(heading(page)).toHaveText(name!);
  await page.getByRole('button', { name: 'Lessons', exact: true }).first().click();
  await expect(page.locator('.manual')).toHaveCount(0);
  await expect(step.locator('.hints p')).toHaveCount(1);
});

test('search and the list of all commands lead to pages', async ({ playground, page }) => {
  await playground.open();
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.getByRole('searchbox', { name: 'Search lessons and commands' }).fill('longest sequence');
  await page.getByRole('list', { name: 'Commands' }).getByRole('link', { name: /^LCS/ }).click();
  await expect(heading(page)).toHaveText('LCS');
  await page.getByRole('link', { name: 'All commands' }).click();
  await expect(heading(page)).toHaveText('All commands');
  await page.locator('.names').getByRole('link', { name: 'XINFO' }).click();
  await page.locator('.related').first().getByRole('link', { name: 'XINFO STREAM' }).click();
  await expect(heading(page)).toHaveText('XINFO STREAM');
});

test('help in the console leads to a page', async ({ playground, page }) => {
  await playground.open();
  await playground.run('help config set');
  await page.getByRole('link', { name: 'The page of CONFIG SET' }).click();
  await expect(heading(page)).toHaveText('CONFIG SET');
});

test('F1 opens the page of what is being typed, and of what completion has chosen', async ({ playground, page }) => {
  await playground.open();
  const prompt = playground.prompt();
  await prompt.fill('GETD');
  await prompt.press('Tab');
  await expect(prompt).toHaveValue('GETDEL');
  await expect(page.locator('.about')).toContainText('GETDEL');
  await prompt.press('F1');
  await expect(heading(page)).toHaveText('GETDEL');
  await page.getByRole('button', { name: 'Lessons', exact: true }).first().click();
  await expect(prompt).toBeFocused();
  await expect(prompt).toHaveValue('GETDEL');
  await prompt.fill('config set maxmemory');
  await page.locator('.about').getByRole('link', { name: 'CONFIG SET' }).click();
  await expect(heading(page)).toHaveText('CONFIG SET');
});

test.describe('without a service worker', () => {
  test.use({ serviceWorkers: 'block' });

  test('a page whose file came as something else still shows what the engine knows', async ({ playground, page }) => {
    await page.route(/string-.*\.md/, (route) => route.fulfill({ body: 'a portal that wants a password' }));
    await visit(playground, page, '#/command/STRLEN');
    await expect(heading(page)).toHaveText('STRLEN');
    await expect(page.getByRole('alert')).toContainText("The rest of this page can't be read");
    await expect(page.locator('.manual .syntax')).toHaveText('STRLEN key');
  });
});

for (const link of ['#/command/BLPOP', '#/command/GEORADIUS', '#/command/XINFO', '#/commands']) {
  test(`axe finds nothing to complain about at ${link}`, async ({ playground, page }) => {
    test.setTimeout(60_000);
    await visit(playground, page, link);
    await page.locator(link === '#/commands' ? '.names' : '.manual .related').first().waitFor();
    const { violations } = await new AxeBuilder({ page }).include('#lessons').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
  });
}

test('a page of a command fits the screen', async ({ playground, page }) => {
  for (const name of ['BITFIELD', 'XAUTOCLAIM', 'FUNCTION/LOAD', 'GEOSEARCHSTORE']) {
    await visit(playground, page, `#/command/${name}`);
    await page.locator('.manual .related').first().waitFor();
    const spill = await page.locator('#lessons').evaluate((panel) => panel.scrollWidth - panel.clientWidth);
    expect(spill, name).toBe(0);
  }
});
