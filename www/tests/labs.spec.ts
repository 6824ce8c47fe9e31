import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

/** Opens a lab by its link, and gives its dialog. */
async function openLab(page: import('@playwright/test').Page, name: string, title: string) {
  await page.goto(`/#/lab/${name}`);
  const lab = page.getByRole('dialog', { name: title });
  await expect(lab).toBeVisible();
  return lab;
}

test('a lab is found from the list of lessons, has an address, and is left with Escape', async ({ page, playground }) => {
  await page.goto('/#/lessons');
  await playground.ready();
  await playground.show('Lessons');
  await page.getByRole('button', { name: /Lab: Counting without remembering/ }).click();
  await expect(page.getByRole('dialog', { name: 'Counting without remembering' })).toBeVisible();
  expect(new URL(page.url()).hash).toBe('#/lab/hyperloglog');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(new URL(page.url()).hash).toBe('#/lessons');
});

test('HyperLogLog: the estimate follows those who come, and another crowd begins at none', async ({ page, playground: _ }) => {
  const lab = await openLab(page, 'hyperloglog', 'Counting without remembering');
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  await lab.getByRole('button', { name: 'Add 100', exact: true }).click();
  await expect(fact('Visitors that came')).toHaveText('100');
  // Each visit has another crowd, and even of a hundred visitors two may look alike.
  await expect(fact('PFCOUNT says')).toHaveText(/^(9\d|10\d)$/);
  await expect(fact('Encoding')).toHaveText('sparse');
  await lab.getByRole('button', { name: 'Add 10,000' }).click();
  await expect(fact('Visitors that came')).toHaveText('10,100');
  await expect(fact('Encoding')).toHaveText('dense');
  await expect(lab.getByRole('img', { name: /^Error of the estimate in percent: error -?\d/ })).toBeVisible();
  await lab.getByRole('button', { name: 'Another crowd' }).click();
  await expect(fact('Visitors that came')).toHaveText('0');
});
