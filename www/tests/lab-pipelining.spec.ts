import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Pipelining: every control moves what is shown, and batches wait less often', async ({ page, playground }) => {
  const lab = await playground.lab('pipelining', 'The price of a round trip');
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  await expect(fact('Round trips')).toHaveText('100');
  await expect(fact('Strings set')).toHaveText('100');
  const before = await fact('Time in all').textContent();
  await lab.getByRole('slider', { name: 'Round trip of the network' }).fill('2');
  await expect(fact('Time in all')).not.toHaveText(before!);
  await expect(fact('Time in all')).toHaveText('10.0 s');
  await lab.getByRole('radio', { name: '10 at a time' }).check();
  await expect(fact('Round trips')).toHaveText('10');
  await expect(fact('Time in all')).toHaveText('1.0 s');
  await lab.getByRole('radio', { name: 'One MSET' }).check();
  await expect(fact('Received')).toHaveText('5 B');
  await lab.getByRole('radio', { name: '1,000', exact: true }).check();
  await expect(fact('Strings set')).toHaveText('1,000');
  await expect(lab.getByRole('img', { name: /^One MSET: in the first .*1 round trips are done and 1,000 of 1,000/ })).toBeVisible();
  await expect(lab.getByRole('row', { name: /^One by one/ })).toContainText('1,000');
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
