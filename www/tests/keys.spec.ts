import { expect, test } from './page';

test.beforeEach(async ({ playground }) => playground.open());

test('keys appear as they are made, and count down', async ({ playground, page }) => {
  await playground.run('SET visits 41');
  await playground.run('SET session hello EX 100');
  await playground.show('Keys');
  const session = page.getByRole('row', { name: /session/ });
  await expect(session.locator('.c-type')).toHaveText('string');
  await expect(session.locator('.c-encoding')).toHaveText('embstr');
  await expect(page.getByRole('row', { name: /visits/ }).locator('.c-encoding')).toHaveText('int');
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
  await expect(page.getByRole('row', { name: /brief/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /brief/ })).toBeHidden();
});

test('a pattern filters, a press shows the value', async ({ playground, page }) => {
  await playground.run('SET user:1 Ada');
  await playground.run('SET user:2 Grace');
  await playground.run('SET city Zurich');
  await playground.show('Keys');
  await page.getByLabel('Filter keys by pattern').fill('user:*');
  await expect(page.locator('.keys tbody tr')).toHaveCount(2);
  await page.getByRole('button', { name: 'user:2', exact: true }).click();
  const value = page.getByRole('region', { name: 'Value of user:2' });
  await expect(value.locator('.line')).toHaveText(['"Grace"']);
  await value.getByRole('button', { name: 'GET user:2' }).click();
  await expect(playground.prompt()).toHaveValue('GET user:2');
  await expect(playground.prompt()).toBeFocused();
});

test('each database can be seen', async ({ playground, page }) => {
  await playground.run('SELECT 2');
  await playground.run('SET there 1');
  await playground.show('Keys');
  await expect(page.getByLabel('Database').locator('option')).toContainText(['db 0', 'db 2']);
  await page.getByLabel('Database').selectOption({ label: 'db 2' });
  await expect(page.getByRole('row', { name: /there/ })).toBeVisible();
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
