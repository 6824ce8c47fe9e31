import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './page';

test('Time: bars fall, commands change them, and the clock removes what is over', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/time');
  const lab = page.getByRole('dialog', { name: 'When time is over' });
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  const key = (name: string) => lab.locator('.life', { hasText: name });
  const reply = lab.getByRole('log', { name: 'Replies' });
  const tryOut = async (command: string, answer: string) => {
    await lab.getByRole('button', { name: command, exact: true }).click();
    await expect(reply.locator('> div').first()).toHaveText(`> ${command}${answer}`);
  };
  await expect(key('session:bob')).toContainText('1:00');
  await tryOut('EXPIRE session:bob 60 NX', '(integer) 0');
  await tryOut('SET session:bob new KEEPTTL', 'OK');
  await expect(key('session:bob')).toContainText('1:00');
  await tryOut('SET session:bob new', 'OK');
  await expect(key('session:bob')).toContainText('no end');
  await tryOut('GETEX session:bob EX 60', '"new"');
  await expect(key('session:bob')).toContainText('1:00');

  await lab.getByRole('button', { name: '+ 1 s' }).click();
  await expect(key('session:bob')).toContainText('59 s');
  await lab.getByRole('radio', { name: 'user:eve otp' }).check();
  await tryOut('HPERSIST user:eve FIELDS 1 otp', '1) (integer) 1');
  await expect(key('user:eve otp')).toContainText('no end');
  await lab.getByRole('button', { name: '+ 1 min' }).click();
  await expect(key('session:bob')).toContainText('gone');
  await expect(fact('Expired actively')).toHaveText('2');
  await expect(fact('Time that passed')).toHaveText('00:01:01');
  await lab.getByRole('button', { name: '+ 1 h' }).click();
  await expect(key('lease:db')).toContainText('58:59');

  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);

  await lab.getByRole('button', { name: 'Begin again' }).click();
  await expect(fact('Time that passed')).toHaveText('00:00:00');
  const seconds = async () => (await fact('Time that passed').textContent())!.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  for (const speed of [1, 60, 3600]) {
    const before = await seconds();
    await lab.getByRole('radio', { name: `×${speed}`, exact: true }).check();
    await lab.getByRole('button', { name: 'Run' }).click();
    await expect.poll(seconds).toBeGreaterThan(before + speed);
    await lab.getByRole('button', { name: 'Pause' }).click();
  }
});

test('Time: without the clock, what is over stays in memory until a command meets it', async ({ page, playground: _ }) => {
  await page.goto('/#/lab/time');
  const lab = page.getByRole('dialog', { name: 'When time is over' });
  const fact = (name: string) => lab.locator('.fact', { hasText: name }).locator('dd');
  await lab.getByRole('radio', { name: 'Only commands' }).check();
  await lab.getByRole('button', { name: 'Add 1,000 keys for 20 s' }).click();
  await expect(fact('DBSIZE')).toHaveText('1,007');
  await lab.getByRole('button', { name: '+ 1 min' }).click();
  await expect(fact('Over, in memory')).toHaveText('1,002');
  await expect(lab.getByRole('img', { name: 'Keys: keys in memory 1,007, keys that commands see 5' })).toBeVisible();
  await lab.getByRole('button', { name: 'Read each of them' }).click();
  await expect(fact('Expired lazily')).toHaveText('1,000');
  await expect(fact('Over, in memory')).toHaveText('2');
  await lab.getByRole('radio', { name: 'The clock, too' }).check();
  await lab.getByRole('button', { name: '+ 1 s' }).click();
  await expect(fact('Expired actively')).toHaveText('2');
});
