import type { Page } from '@playwright/test';
import { complaints, expect, test, type Playground } from './page';

test.beforeEach(async ({ playground }) => playground.open());

async function panel(playground: Playground, page: Page, name: string): Promise<void> {
  await playground.show('Keys');
  await page.getByRole('tab', { name, exact: true }).click();
}

test('the slow log shows calls as they come', async ({ playground, page }) => {
  await panel(playground, page, 'Slow log');
  await page.getByLabel('Keep').selectOption({ label: 'every call' });
  await expect(page.locator('.ran-command')).toHaveText('CONFIG SET slowlog-log-slower-than 0');
  await playground.show('Console');
  await playground.run('SET slow "as can be"');
  await playground.show('Keys');
  const calls = page.getByRole('region', { name: 'Slow calls' });
  await expect(calls.locator('code').first()).toHaveText('SET slow "as can be"');
  await page.getByLabel('Keep').selectOption({ label: 'no calls' });
  await page.getByRole('button', { name: 'Clear' }).and(page.locator('.panel button')).click();
  await expect(calls.getByText('No call has been that slow.')).toBeVisible();
});

test('MONITOR shows what all clients call, as long as it is open', async ({ playground, page }) => {
  await panel(playground, page, 'Monitor');
  const calls = page.getByRole('region', { name: 'Calls' });
  await expect(calls).toHaveAttribute('aria-busy', 'false');
  await playground.show('Console');
  await playground.run('SET a 1');
  await playground.run('GET b');
  await playground.show('Keys');
  await expect(calls.locator('code')).toHaveText(['"GET" "b"', '"SET" "a" "1"']);
  await page.getByLabel('Filter calls').fill('get');
  await expect(calls.locator('code')).toHaveText(['"GET" "b"']);
  await page.getByRole('switch', { name: 'Pause' }).click();
  await playground.show('Console');
  await playground.run('GET c');
  await playground.show('Keys');
  await expect(calls.locator('code')).toHaveText(['"GET" "b"']);
  await page.getByRole('switch', { name: 'Pause' }).click();
  await expect(calls.locator('code')).toHaveText(['"GET" "c"', '"GET" "b"']);
  await page.getByRole('tab', { name: /^Keys/ }).click();
  await playground.show('Console');
  await expect.poll(async () => (await playground.run('CLIENT LIST')).length).toBe(1);
});

test('messages come to patterns', async ({ playground, page }) => {
  await panel(playground, page, 'Pub/Sub');
  await page.getByLabel('Pattern of channels').and(page.locator('input')).fill('news:*');
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.getByLabel('Channel', { exact: true }).fill('news:1');
  await page.getByLabel('Message', { exact: true }).fill('hello world');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.locator('.ran-command')).toHaveText('PUBLISH news:1 "hello world"');
  await expect(page.locator('.ran-reply')).toHaveText('(integer) 1');
  await expect(page.getByRole('region', { name: 'Messages' }).locator('tbody code')).toHaveText(['news:1', 'hello world', 'news:*']);
  await page.getByRole('button', { name: 'Unsubscribe from news:*' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.locator('.ran-reply')).toHaveText('(integer) 0');
});

test('memory is told by key, prefix and type, and leads to the key', async ({ playground, page }) => {
  await playground.run('MSET user:1 Ada user:2 Bob');
  await playground.run(`EVAL "for i = 1, 200 do redis.call('RPUSH', KEYS[1], i) end" 1 queue:mail`);
  await panel(playground, page, 'Memory');
  const found = page.getByRole('region', { name: 'Memory analysis' });
  await expect(found.locator('section', { hasText: 'By prefix' }).locator('.share-label')).toHaveText(['queue:', 'user:']);
  await expect(found.locator('section', { hasText: 'By type' }).locator('.share-label')).toHaveText(['list', 'string']);
  await found.getByRole('button', { name: 'queue:mail' }).click();
  await expect(page.getByRole('region', { name: 'Value of queue:mail' })).toBeVisible();
});

test('what goes on is drawn second by second', async ({ playground, page }) => {
  await panel(playground, page, 'Stats');
  await expect(page.getByText('The first is on its way.')).toBeHidden();
  await playground.show('Console');
  await playground.run('SET k v');
  await playground.run('GET k');
  await playground.show('Keys');
  await expect(page.getByRole('img', { name: /^Commands per second: now \d/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Clients: now 1, / })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Hit rate: now 100 %/ })).toBeVisible();
});

test('tabs of panels are walked with the arrows', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a phone has no arrows');
  await page.getByRole('tab', { name: /^Keys/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Slow log' })).toBeFocused();
  await expect(page.getByLabel('Keep')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('tab', { name: 'Stats' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(page.getByLabel('Filter keys by pattern')).toBeVisible();
});

for (const [key, line] of [
  ['doc', `SET doc '{"name":"Ada"}' EX 1000`],
  ['cart:1', `EVAL "redis.call('HSET', KEYS[1], 'apple', 3, 'pear', 1) redis.call('HEXPIRE', KEYS[1], 1000, 'FIELDS', 1, 'pear')" 1 cart:1`],
  ['board', 'ZADD board 1 ada 2.5 bob'],
  ['log', `EVAL "redis.call('XADD', KEYS[1], '*', 'level', 'info') redis.call('XGROUP', 'CREATE', KEYS[1], 'readers', 0)" 1 log`],
] as const) {
  test(`axe finds nothing to complain about in ${key}`, async ({ playground, page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await playground.run(line);
    await playground.show('Keys');
    await page.locator('.key-list').getByRole('row', { name: new RegExp(`^${key} `) }).click();
    const value = page.getByRole('region', { name: `Value of ${key}` });
    await value.getByRole('button', { name: 'Expire' }).click();
    await value.getByLabel('Seconds to live').fill('100');
    await page.keyboard.press('Enter');
    await value.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'New key' }).click();
    await expect(page.getByRole('form', { name: 'New key' })).toBeVisible();
    expect(await complaints(page)).toEqual([]);
  });
}

for (const [name, what] of [
  ['Slow log', 'Slow calls'],
  ['Monitor', 'Calls'],
  ['Pub/Sub', 'Messages'],
  ['Memory', 'Memory analysis'],
  ['Stats', 'Stats'],
] as const) {
  test(`axe finds nothing to complain about in the panel ${name}`, async ({ playground, page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await playground.run('CONFIG SET slowlog-log-slower-than 0');
    await panel(playground, page, name);
    const found = page.getByRole('region', { name: what });
    if (name === 'Monitor') await expect(found).toHaveAttribute('aria-busy', 'false');
    if (name === 'Pub/Sub') {
      await page.getByLabel('Pattern of channels').and(page.locator('input')).fill('*');
      await page.keyboard.press('Enter');
    }
    await playground.show('Console');
    await playground.run('SET user:1 Ada');
    await playground.run('PUBLISH news hello');
    await playground.show('Keys');
    if (name === 'Memory') await page.getByRole('button', { name: 'Look again' }).click();
    await expect(found.locator('tbody tr, li, path[d^="M"]').first()).toBeAttached();
    expect(await complaints(page)).toEqual([]);
  });
}
