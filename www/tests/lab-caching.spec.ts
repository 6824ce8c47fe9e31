import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Caching: requests fill the cache, and an empty one sends them to the database', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/caching');
  const lab = page.getByRole('dialog', { name: 'A cache before a slow database' });
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  const chart = (name: string) => lab.getByRole('img', { name: new RegExp(`^${name}: .*\\d`) });
  await lab.getByRole('radio', { name: '×16' }).check();
  await lab.getByRole('button', { name: 'Run' }).click();
  await expect(chart('Hit rate')).toBeVisible();
  await expect(chart('Load of the database, queries per second')).toBeVisible();
  await expect(chart('What 99 of 100 requests waited at most')).toBeVisible();
  await expect(fact('Hit rate')).toContainText('%');
  await expect(lab.getByRole('img', { name: /^The app is up, \d+ requests wait\. The cache has [1-9]\d* keys/ })).toBeVisible();
  await lab.getByRole('button', { name: 'Pause' }).click();
  await lab.getByRole('button', { name: 'Empty the cache' }).click();
  await expect(lab.getByRole('img', { name: /The cache has 0 keys/ })).toBeVisible();

  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);

  const run = lab.getByRole('button', { name: 'Run' });
  const pause = lab.getByRole('button', { name: 'Pause' });
  for (const change of [
    () => lab.getByRole('radio', { name: 'Read-through' }).check(),
    () => lab.getByRole('radio', { name: 'A lock' }).check(),
    () => lab.getByRole('radio', { name: 'Early refresh' }).check(),
    () => lab.getByRole('slider', { name: 'Requests per second' }).fill('400'),
    () => lab.getByRole('slider', { name: 'Writes among them' }).fill('20'),
    () => lab.getByRole('slider', { name: 'Time to live' }).fill('5'),
    () => lab.getByRole('slider', { name: 'A query takes' }).fill('300'),
  ]) {
    await run.click();
    await expect(fact('Requests answered'), 'it runs').not.toHaveText('0');
    await pause.click();
    await change();
    await expect(fact('Requests answered'), 'counting begins again').toHaveText('0');
  }
  await run.click();
  await expect(lab.getByText('300 ms →')).toBeVisible();
  await expect(fact('Stale reads'), 'writes go around the cache').not.toHaveText('0');
  await pause.click();
  await lab.getByRole('button', { name: 'Begin again' }).click();
  await expect(lab.getByText('Running for 0 s.')).toBeVisible();
});

test('Caching: a crash under write-behind loses what only the app knew', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/caching');
  const lab = page.getByRole('dialog', { name: 'A cache before a slow database' });
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  const waiting = lab.getByRole('img', { name: /; [1-9]\d* writes have not reached it/ });
  for (const [place, loses] of [["In the app's memory", true], ['In a list in the store', false]] as const) {
    await lab.getByRole('radio', { name: 'Write-behind' }).check();
    await lab.getByRole('radio', { name: place }).check();
    await lab.getByRole('slider', { name: 'Writes among them' }).fill('50');
    await lab.getByRole('radio', { name: '×1', exact: true }).check();
    await lab.getByRole('button', { name: 'Begin again' }).click();
    await lab.getByRole('button', { name: 'Run' }).click();
    await expect(waiting).toBeVisible();
    // Between two batches nothing may wait, so the clock is stopped first.
    await lab.getByRole('button', { name: 'Pause' }).click();
    while (!(await waiting.isVisible())) {
      await lab.getByRole('button', { name: 'Run' }).click();
      await lab.getByRole('button', { name: 'Pause' }).click();
    }
    await lab.getByRole('button', { name: 'Crash the app' }).click();
    await expect(lab.getByText('down: back in a second')).toBeVisible();
    await (loses ? expect(fact('Lost writes')).not.toHaveText('0') : expect(fact('Lost writes')).toHaveText('0'));
    await lab.getByRole('button', { name: 'Run' }).click();
    await expect(fact('Failed requests')).not.toHaveText('0');
    await expect(lab.getByText('down: back in a second')).toBeHidden();
    await lab.getByRole('button', { name: 'Pause' }).click();
  }
});
