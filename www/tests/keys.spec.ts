import { expect, test, type Playground } from './page';
import type { Page } from '@playwright/test';

test.beforeEach(async ({ playground }) => playground.open());

const row = (page: Page, name: string) => page.locator('.key-list').getByRole('row', { name: new RegExp(`^${name} `) });
const value = (page: Page, key: string) => page.getByRole('region', { name: `Value of ${key}`, exact: true });
const did = (page: Page) => page.locator('.ran-command');

/** Opens a key's value; on a phone, too. */
async function open(playground: Playground, page: Page, key: string) {
  await playground.show('Keys');
  await row(page, key).click();
  await expect(value(page, key)).toBeVisible();
  return value(page, key);
}

test('keys appear as they are made, and count down', async ({ playground, page }) => {
  await playground.run('SET visits 41');
  await playground.run('SET session hello EX 100');
  await playground.show('Keys');
  const session = row(page, 'session');
  await expect(session.locator('.c-type')).toHaveText('string');
  await expect(session.locator('.c-encoding')).toHaveText('embstr');
  await expect(row(page, 'visits').locator('.c-encoding')).toHaveText('int');
  const timer = session.getByRole('timer');
  await expect(timer).toHaveText(/^1:(40|39|38)$/);
  const seconds = async () => {
    const [minutes, rest] = (await timer.innerText()).split(':').map(Number);
    return minutes! * 60 + rest!;
  };
  const before = await seconds();
  await expect.poll(seconds).toBeLessThanOrEqual(before - 2);
});

test('a key that expires leaves the list', async ({ playground, page }) => {
  await playground.run('SET brief x PX 900');
  await playground.show('Keys');
  await expect(row(page, 'brief')).toBeVisible();
  await expect(row(page, 'brief')).toBeHidden();
});

test('keys are filtered by pattern and by type, and sorted', async ({ playground, page }) => {
  await playground.run('MSET user:1 Ada user:2 Grace city Zurich');
  await playground.run('RPUSH queue a b c');
  await playground.show('Keys');
  const names = page.locator('.key-list tr.key .key-name');
  await page.getByLabel('Type', { exact: true }).selectOption({ label: 'list (1)' });
  await expect(names).toHaveText(['queue']);
  await page.getByLabel('Type', { exact: true }).selectOption({ label: 'any type' });
  await page.getByLabel('As a tree').click();
  await page.getByLabel('Sort keys').selectOption({ label: 'by size' });
  await expect(names).toHaveText(['city', 'user:2', 'queue', 'user:1']);
  await page.getByLabel('Reverse the order').click();
  await expect(names).toHaveText(['user:1', 'queue', 'user:2', 'city']);
  await page.getByLabel('Filter keys by pattern').fill('user:*');
  await expect(names).toHaveText(['user:1', 'user:2']);
  await expect(page.locator('.total')).toContainText('2 keys, ');
});

test('the tree is walked with the arrows', async ({ playground, page, isMobile }) => {
  test.skip(isMobile, 'a phone has no arrows');
  await playground.run('MSET user:1:name Ada user:1:mail a@b user:2:name Bob city Zurich');
  const focused = () => page.evaluate(() => document.activeElement?.querySelector('.key-name')?.textContent);
  await row(page, 'user:').focus();
  await expect(row(page, 'user:')).toHaveAttribute('aria-expanded', 'true');
  const press = async (key: string, leads: string) => {
    await page.keyboard.press(key);
    await expect.poll(focused).toBe(leads);
  };
  await press('ArrowDown', '1:');
  await press('ArrowRight', 'mail');
  await press('ArrowLeft', '1:');
  await press('ArrowLeft', '1:');
  await expect(row(page, 'user:1:')).toHaveAttribute('aria-expanded', 'false');
  await expect(row(page, 'user:1:').locator('.c-count')).toHaveText('2 keys');
  await press('ArrowDown', '2:');
  await press('ArrowLeft', '2:');
  await expect(row(page, 'user:2:')).toHaveAttribute('aria-expanded', 'false');
  await press('ArrowLeft', 'user:');
  await press('End', 'city');
  await page.keyboard.press('Enter');
  await expect(value(page, 'city')).toBeVisible();
  await press('Home', 'user:');
  await page.keyboard.press('Enter');
  await expect(row(page, 'user:')).toHaveAttribute('aria-expanded', 'false');
  await expect(row(page, 'user:')).toHaveAttribute('aria-setsize', '2');
});

test('a hundred thousand keys are counted, not drawn', async ({ playground, page }) => {
  for (let of = 0; of < 5; of++) await playground.run(`EVAL "for i = 1, 20000 do redis.call('SET', KEYS[1] .. i, 'x') end" 1 order:${of}:`);
  await expect(page.locator('#side-keys .count')).toHaveText('100,000');
  await playground.show('Keys');
  const orders = row(page, 'order:');
  await expect(orders.locator('.c-count')).toHaveText('100,000 keys');
  await orders.click();
  await row(page, 'order:3:').click();
  await expect(row(page, 'order:3:').locator('.c-count')).toHaveText('20,000 keys');
  await expect(page.locator('.key-list tbody tr')).toHaveCount(100);
  await expect(page.getByRole('button', { name: /^Show more \(19,90\d not shown\)$/ })).toBeVisible();
  await playground.show('Console');
  await playground.run('SET order:3:1 new');
});

test('a string is edited as text, as JSON and as bytes', async ({ playground, page }) => {
  await playground.run(`SET doc '{"name":"Ada"}' EX 1000`);
  const doc = await open(playground, page, 'doc');
  await doc.getByRole('button', { name: 'JSON' }).click();
  await expect(doc.locator('.cm-content')).toHaveAttribute('aria-label', 'Value as JSON');
  await expect(doc.getByLabel('Value as JSON').locator('.cm-line')).toHaveText(['{', '  "name": "Ada"', '}']);
  await doc.getByLabel('Value as JSON').fill('{"name": "Grace"');
  await expect(doc.getByText('This is no JSON.')).toBeVisible();
  await doc.getByLabel('Value as JSON').fill('{"name": "Grace"}');
  await doc.getByRole('button', { name: 'Save' }).click();
  await expect(did(page)).toHaveText('SET doc "{\\"name\\":\\"Grace\\"}" KEEPTTL');
  await expect(row(page, 'doc').getByRole('timer')).toBeVisible();
  await doc.getByRole('button', { name: 'Hex' }).click();
  await doc.getByLabel('Value as Hex').fill('ff 00 0a');
  await doc.getByRole('button', { name: 'Save' }).click();
  await expect(did(page)).toHaveText('SET doc "\\xff\\x00\\x0a" KEEPTTL');
  await expect(doc.getByRole('button', { name: 'Text' })).toBeHidden();
  await playground.show('Console');
  expect(await playground.run('GET doc')).toEqual(['"\\xff\\x00\\n"']);
});

test('a number goes up and down', async ({ playground, page }) => {
  await playground.run('SET visits 41');
  const visits = await open(playground, page, 'visits');
  await visits.getByRole('button', { name: 'One more' }).click();
  await expect(visits.getByLabel('Value as Text')).toHaveValue('42');
  await expect(did(page)).toHaveText('INCR visits');
  await visits.getByRole('button', { name: 'One less' }).click();
  await expect(visits.getByLabel('Value as Text')).toHaveValue('41');
});

test('a hash is edited, and the command can be taken to the console', async ({ playground, page }) => {
  await playground.run('HSET cart:1 apple 2 pear 1');
  await playground.run('HEXPIRE cart:1 1000 FIELDS 1 pear');
  await playground.show('Keys');
  await row(page, 'cart:1').click();
  const cart = value(page, 'cart:1');
  await expect(cart.locator('tr', { hasText: 'pear' }).getByRole('timer')).toHaveText(/^16:\d\d$/);
  await cart.getByRole('button', { name: 'Change apple: 2' }).click();
  await cart.getByLabel('Value of apple').fill('3');
  await page.keyboard.press('Enter');
  await expect(did(page)).toHaveText('HSET cart:1 apple 3');
  await expect(cart.getByRole('button', { name: 'Change apple: 3' })).toBeVisible();
  await cart.getByLabel('New field').fill('two words');
  await cart.getByLabel('New value').fill('"');
  await cart.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(did(page)).toHaveText('HSET cart:1 "two words" "\\""');
  await cart.getByRole('button', { name: 'Remove pear' }).click();
  await expect(cart.locator('.elements tbody th')).toHaveText(['apple', 'two words']);
  await cart.getByRole('button', { name: 'Copy to the console: HDEL cart:1 pear' }).click();
  await expect(playground.prompt()).toHaveValue('HDEL cart:1 pear');
  await expect(playground.prompt()).toBeFocused();
});

test('a list, a set and a sorted set are edited', async ({ playground, page }) => {
  await playground.run('RPUSH queue b c d e');
  await playground.run('SADD tags red');
  await playground.run('ZADD board 1 ada');
  const queue = await open(playground, page, 'queue');
  const items = queue.locator('.elements td.element');
  await queue.getByLabel('New item').fill('a');
  await queue.getByRole('button', { name: 'Push left' }).click();
  await expect(items).toHaveText(['a', 'b', 'c', 'd', 'e']);
  await queue.getByRole('button', { name: 'Remove 2', exact: true }).click();
  await expect(items).toHaveText(['a', 'b', 'd', 'e']);
  await queue.getByRole('button', { name: 'Change 1: b' }).click();
  await queue.getByLabel('Item of 1').fill('B');
  await queue.getByRole('button', { name: 'Save' }).click();
  await expect(did(page)).toHaveText('LSET queue 1 B');
  const tags = await open(playground, page, 'tags');
  await tags.getByLabel('New member').fill('blue');
  await page.keyboard.press('Enter');
  await expect(tags.locator('.elements tbody th')).toHaveText(['blue', 'red']);
  await tags.getByRole('button', { name: 'Remove red' }).click();
  await expect(did(page)).toHaveText('SREM tags red');
  const board = await open(playground, page, 'board');
  await board.getByRole('button', { name: 'Change ada: 1' }).click();
  await board.getByLabel('Score of ada').fill('x');
  await page.keyboard.press('Enter');
  await expect(page.locator('.ran-reply')).toHaveText('(error) ERR value is not a valid float');
  await board.getByRole('button', { name: 'Change ada: 1' }).click();
  await board.getByLabel('Score of ada').fill('2.5');
  await page.keyboard.press('Enter');
  await expect(board.getByRole('button', { name: 'Change ada: 2.5' })).toBeVisible();
});

test('a stream shows its entries and groups', async ({ playground, page }) => {
  await playground.run('XADD log 1-1 level info');
  await playground.run('XGROUP CREATE log readers 0');
  const log = await open(playground, page, 'log');
  await expect(log.getByRole('table', { name: 'Consumer groups' })).toContainText('readers');
  await log.getByLabel('New field').fill('level');
  await log.getByLabel('New value').fill('warn');
  await log.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(did(page)).toHaveText('XADD log * level warn');
  await expect(log.locator('.elements').first().locator('td.element')).toHaveText(['level=warn', 'level=info']);
  await log.getByRole('button', { name: 'Remove 1-1' }).click();
  await expect(log.locator('.elements').first().locator('td.element')).toHaveText(['level=warn']);
});

test('long collections come a hundred at a time', async ({ playground, page }) => {
  await playground.run(`EVAL "for i = 1, 250 do redis.call('RPUSH', KEYS[1], i) end" 1 long`);
  const long = await open(playground, page, 'long');
  await long.getByRole('button', { name: 'After' }).click();
  await expect(long.getByText('101 to 200 of 250')).toBeVisible();
  await long.getByRole('button', { name: 'After' }).click();
  await expect(long.locator('.elements tbody tr')).toHaveCount(50);
  await expect(long.getByRole('button', { name: 'After' })).toBeDisabled();
});

test('a key is made, renamed, given a time to live and deleted', async ({ playground, page }) => {
  await playground.show('Keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('form', { name: 'New key' });
  await form.getByLabel('Key', { exact: true }).fill('board');
  await form.getByLabel('Type').selectOption('zset');
  await form.getByLabel('Member').fill('ada lovelace');
  await form.getByLabel('Score').fill('7');
  await form.getByRole('button', { name: 'Make it' }).click();
  await expect(did(page)).toHaveText('ZADD board 7 "ada lovelace"');
  await value(page, 'board').getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('New name').fill('scores');
  await page.keyboard.press('Enter');
  const scores = value(page, 'scores');
  await scores.getByRole('button', { name: 'Expire' }).click();
  await page.getByLabel('Seconds to live').fill('500');
  await page.keyboard.press('Enter');
  await expect(did(page)).toHaveText('EXPIRE scores 500');
  await expect(row(page, 'scores').getByRole('timer')).toHaveText(/^8:\d\d$/);
  await scores.getByRole('button', { name: 'Persist' }).click();
  await expect(row(page, 'scores').getByRole('timer')).toBeHidden();
  await scores.getByRole('button', { name: 'Delete' }).click();
  await scores.getByRole('button', { name: 'Keep it' }).click();
  await scores.getByRole('button', { name: 'Delete' }).click();
  await scores.getByRole('button', { name: 'Delete it' }).click();
  await expect(row(page, 'scores')).toBeHidden();
});

test('each database can be seen, and edited', async ({ playground, page }) => {
  await playground.run('SELECT 2');
  await playground.run('SET there 1');
  await playground.show('Keys');
  await expect(page.getByLabel('Database').locator('option')).toContainText(['db 0', 'db 2']);
  await page.getByLabel('Database').selectOption({ label: 'db 2' });
  const there = await open(playground, page, 'there');
  await there.getByRole('button', { name: 'One more' }).click();
  await expect(there.getByLabel('Value as Text')).toHaveValue('2');
  await playground.show('Console');
  expect(await playground.run('GET there')).toEqual(['"2"']);
});

test('the command that reads a value goes into the prompt', async ({ playground, page }) => {
  await playground.run('SET "two words" 1');
  const two = await open(playground, page, '"two words"');
  await two.getByRole('button', { name: 'GET "two words"' }).click();
  await expect(playground.prompt()).toHaveValue('GET "two words"');
  await expect(playground.prompt()).toBeFocused();
});

test('data survives a reload', async ({ playground, page }) => {
  await playground.run('SET kept yes');
  await page.reload();
  await playground.ready();
  await expect(page.locator('.welcome')).toContainText('1 key from your last visit');
  expect(await playground.run('GET kept')).toEqual(['"yes"']);
});

test('everything can be erased', async ({ playground, page }) => {
  await playground.run('SET kept yes');
  await page.getByRole('button', { name: 'Erase everything kept' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase everything?' });
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  expect(await playground.run('GET kept')).toEqual(['"yes"']);
  await page.getByRole('button', { name: 'Erase everything kept' }).click();
  await dialog.getByRole('button', { name: 'Erase', exact: true }).click();
  await expect(dialog).toBeHidden();
  expect(await playground.run('GET kept')).toEqual(['(nil)']);
});
