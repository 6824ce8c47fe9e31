import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Bitmap: days are clicked, counted and put together', async ({ page, playground }) => {
  test.slow();
  const lab = await playground.lab('bitmap', 'A year in 46 bytes');
  const year = (name: string) => lab.getByRole('region', { name });
  const count = async (name: string) => Number((await year(name).locator('p span').first().textContent())!.replace(/\D+/, ''));
  const days = year('Ada’s days').locator('.days button');
  const day = days.nth(0);
  await expect(day).toHaveAccessibleName('Jan 1, bit 0');
  await expect.poll(() => count('Ada’s days')).toBeGreaterThan(100);
  const [was, before] = [await day.getAttribute('aria-pressed'), await count('Ada’s days')];
  await day.click();
  await expect(day).toHaveAttribute('aria-pressed', was === 'true' ? 'false' : 'true');
  await expect.poll(() => count('Ada’s days')).toBe(before + (was === 'true' ? -1 : 1));
  // Arrow keys go to the next day and the next week.
  await day.press('ArrowRight');
  await expect(days.nth(7)).toBeFocused();
  await expect(days.nth(7)).toHaveAccessibleName('Jan 8, bit 7');
  const both = await count('What comes of it');
  await lab.getByRole('radio', { name: 'OR: either' }).check();
  await expect.poll(() => count('What comes of it')).toBeGreaterThan(both);
  await expect(lab.getByText('BITOP OR days:outcome days:ada days:bob')).toBeVisible();
  await lab.getByRole('slider', { name: 'Count to' }).fill('30');
  await expect(lab.getByText('BITCOUNT key 0 30 BIT')).toBeVisible();
  await expect.poll(async () => Number(await year('Ada’s days').locator('b').textContent())).toBeLessThanOrEqual(31);
  await lab.getByRole('slider', { name: 'One bit, far away' }).fill('6');
  await expect(lab.locator('.fact', { hasText: 'STRLEN' }).locator('dd')).toHaveText('125 kB');
  // Bob's days are like Ada's: axe need not look at each of them too.
  const { violations } = await new AxeBuilder({ page }).include('dialog').exclude('[aria-label^="Bob"] .days').exclude('.days > i').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
