import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Persistence: what is written is at risk until it is synced, and a power failure takes it', async ({ page, playground }) => {
  const lab = await playground.lab('persistence', 'Pull the plug');
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  const number = async (name: string) => Number((await fact(name).textContent())!.replaceAll(',', ''));
  await lab.getByRole('radio', { name: 'no', exact: true }).check();
  await lab.getByRole('radio', { name: '1,000', exact: true }).check();
  await lab.getByRole('button', { name: 'Write', exact: true }).click();
  await expect.poll(() => number('At risk now')).toBeGreaterThan(300);
  await lab.getByRole('button', { name: 'Pull the plug' }).click();
  await expect(lab.getByRole('status').first()).toContainText(/[\d,]+ answered writes? (is|are) lost/);
  await expect(lab.getByRole('img', { name: /^Keys: .* [1-9]\d* lost/ })).toBeVisible();
  await expect(lab.getByRole('button', { name: 'Write', exact: true })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test('Persistence: with always nothing is lost', async ({ playground }) => {
  const lab = await playground.lab('persistence', 'Pull the plug');
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  await lab.getByRole('radio', { name: 'always' }).check();
  await lab.getByRole('button', { name: 'Write', exact: true }).click();
  await expect.poll(async () => Number(await fact('Answered with OK').textContent())).toBeGreaterThan(20);
  await expect(fact('At risk now')).toHaveText('0');
  await lab.getByRole('button', { name: 'Pull the plug' }).click();
  await expect(lab.getByRole('status').first()).toContainText('Nothing that was answered is lost.');
});

test('Persistence: files are read byte by byte, and a rewrite makes the log short', async ({ playground }) => {
  const lab = await playground.lab('persistence', 'Pull the plug');
  await lab.getByRole('radio', { name: '1,000', exact: true }).check();
  await lab.getByRole('button', { name: 'Write', exact: true }).click();
  await expect.poll(async () => (await lab.locator('.fact dd').first().textContent())!.replaceAll(',', '').length).toBeGreaterThan(2);
  await lab.getByRole('button', { name: 'Stop', exact: true }).click();
  await lab.getByRole('button', { name: 'SAVE' }).click();
  await expect(lab.getByRole('cell', { name: 'An RDB file, format version 10' })).toBeVisible();
  await expect(lab.getByRole('cell', { name: /and it is right/ })).toBeAttached();
  await lab.getByRole('button', { name: /incr\.aof/ }).click();
  await expect(lab.getByRole('cell', { name: 'A command of 2 words:' }).first()).toBeVisible();
  await lab.getByRole('button', { name: /manifest/ }).click();
  await expect(lab.getByRole('cell', { name: 'b: the base, loaded first' })).toBeVisible();
  await lab.getByRole('button', { name: 'BGREWRITEAOF' }).click();
  await expect(lab.getByText(/^The log shrank from/)).toBeVisible();
});
