import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

const script = String.raw`local key = KEYS[1]\nlocal seen = redis.call('INCR', key)\nif seen > 1 then\n  redis.call('SET', 'again', seen)\nend\nfor i = 1, 2 do\n  seen = seen + i\nend\nreturn seen`;

test.beforeEach(async ({ playground }) => playground.open());

test('a script is stepped through, and undone', async ({ playground }, info) => {
  const client = playground.client();
  const panel = client.getByRole('region', { name: 'Debugger' });
  await playground.run('SET visits 1');
  await playground.run('SCRIPT DEBUG YES');
  expect(await playground.run(`EVAL "${script}" 1 visits`)).toEqual(['* Stopped at 1, stop reason = step over', '-> 1   local key = KEYS[1]']);
  await expect(panel.locator('[aria-current]')).toContainText('local key = KEYS[1]');
  await expect(client.locator('.prompt .prompt-text')).toHaveText('lua debugger> ');

  const step = panel.getByRole('button', { name: 'Step' });
  await step.click();
  await expect(panel.locator('[aria-current]')).toContainText("redis.call('INCR', key)");
  await expect(panel.locator('.locals')).toContainText('"visits"');
  await step.click();
  await expect(panel.getByRole('list', { name: 'Calls of the script' })).toContainText('INCR visits');
  await expect(panel.locator('.locals')).toContainText('seen');

  await panel.getByRole('button', { name: 'Breakpoint in line 7' }).click();
  await expect(panel.getByRole('button', { name: 'Breakpoint in line 7' })).toHaveAttribute('aria-pressed', 'true');
  await playground.prompt().focus();
  await playground.page.keyboard.press('F8');
  await expect(panel.locator('[aria-current]')).toContainText('seen = seen + i');
  const { violations } = await new AxeBuilder({ page: playground.page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await playground.page.screenshot({ path: info.outputPath('debugger.png') });

  await playground.page.keyboard.press('F9');
  await expect(panel.locator('.locals')).toContainText('3');
  await playground.prompt().fill('continue');
  await playground.prompt().press('Enter');
  await panel.getByRole('button', { name: 'Abort' }).click();
  await expect(panel).toBeHidden();
  await expect(playground.entries().last()).toContainText('This is a new connection.');
  expect(await playground.run('GET visits')).toEqual(['"1"']);
});

test('an error of a script shows its line', async ({ playground }) => {
  const lines = await playground.run(String.raw`EVAL "local a = {}\nreturn a.b.c" 0`);
  expect(lines[0]).toContain("user_script:2: attempt to index field 'b' (a nil value)");
  expect(lines[1]).toBe('line 2:  return a.b.c');
});
