import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Eviction: one run of requests tells the policies apart, and each control begins another', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/eviction');
  const lab = page.getByRole('dialog', { name: 'Who has to go' });
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  const row = (policy: string) => lab.getByRole('row', { name: new RegExp(`^${policy} `) });
  const run = async () => {
    await lab.getByRole('button', { name: 'Run' }).click();
    await expect(fact('Requests')).not.toHaveText('0');
  };
  await run();
  await expect(row('allkeys-lru').getByRole('cell').nth(1), 'the store fills, and keys go').not.toHaveText('0');
  await expect(row('noeviction').getByRole('cell').nth(2), 'and this one refuses').not.toHaveText('0');
  await expect(lab.getByRole('img', { name: /^Hit rate of the last thousand requests: allkeys-lru \d+ %/ })).toBeVisible();
  await lab.getByRole('button', { name: 'Pause' }).click();

  await expect(lab.getByRole('img', { name: /^Keys under allkeys-lru: \d+ are there/ })).toBeVisible();
  await lab.getByRole('radio', { name: 'allkeys-lfu' }).click();
  await expect(lab.getByRole('img', { name: /^Keys under allkeys-lfu: \d+ are there/ })).toBeVisible();
  await expect(fact('Hit rate, allkeys-lfu')).toContainText('%');
  await expect(lab.getByText('used often (OBJECT FREQ)')).toBeVisible();

  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);

  const limit = await fact('maxmemory').textContent();
  await lab.getByRole('slider', { name: 'Keys that fit in maxmemory' }).fill('60');
  await expect(fact('maxmemory')).not.toHaveText(limit!);
  await expect(fact('Requests')).toHaveText('0');
  for (const begin of [
    () => lab.getByRole('radio', { name: 'Shifting favourites' }).check(),
    () => lab.getByRole('slider', { name: 'maxmemory-samples' }).fill('1'),
    () => lab.getByRole('slider', { name: 'Keys with a time to live' }).fill('0'),
    () => lab.getByRole('radio', { name: 'Slow' }).check().then(() => lab.getByRole('button', { name: 'Begin again' }).click()),
    () => lab.getByRole('button', { name: 'Other requests' }).click(),
  ]) {
    await run();
    await lab.getByRole('button', { name: 'Pause' }).click();
    await begin();
    await expect(fact('Requests')).toHaveText('0');
  }
});

test('Eviction: without a time to live, a volatile policy only refuses', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/eviction');
  const lab = page.getByRole('dialog', { name: 'Who has to go' });
  await lab.getByRole('slider', { name: 'Keys with a time to live' }).fill('0');
  await lab.getByRole('button', { name: 'Run' }).click();
  const cells = lab.getByRole('row', { name: /^volatile-ttl / }).getByRole('cell');
  await expect(cells.nth(2)).not.toHaveText('0');
  await expect(cells.nth(1)).toHaveText('0');
});
