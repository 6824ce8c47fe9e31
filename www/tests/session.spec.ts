import { AxeBuilder } from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { expect, Playground, test } from './page';

/** The link to what was done so far. */
async function share({ page }: Playground): Promise<string> {
  await page.getByRole('button', { name: /^Time and undo/ }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  const link = page.getByRole('textbox', { name: 'Link to this session' });
  await expect(link).toHaveValue(/#\/session\/[\w-]+$/);
  return link.inputValue();
}

test('a session is shared as a link, and replayed from it', async ({ playground, page, browser }) => {
  await playground.open();
  await playground.run('SET k v');
  await page.getByRole('button', { name: 'Add a terminal' }).click();
  await playground.run('INCR n', 2);
  const link = await share(playground);
  const dialog = page.getByRole('dialog', { name: 'Share this session' });
  await expect(dialog).toContainText('the 2 commands');
  await dialog.getByRole('button', { name: 'Copy the link' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a transcript' }).click();
  expect(readFileSync(await (await saving).path(), 'utf8')).toBe('# A session in the playground.\n> SET k v\nOK\nb> INCR n\n(integer) 1\n');

  // Somebody else opens it.
  const context = await browser.newContext({ viewport: page.viewportSize() });
  const other = await context.newPage();
  await other.goto(link);
  const question = other.getByRole('dialog', { name: 'Replay 2 commands into an empty store?' });
  await expect(question.getByRole('listitem')).toHaveText(['> SET k v', 'b> INCR n']);
  await question.getByRole('button', { name: 'Replay' }).click();
  await expect(other.locator('.typed').filter({ hasText: 'SET k v' })).toHaveCount(1);
  await expect(other.locator('.typed').filter({ hasText: 'INCR n' })).toHaveCount(1);
  await expect.poll(() => other.evaluate(() => location.hash)).toMatch(/^#\/lesson/);
  await context.close();
});

test('what buttons of the key browser did is replayed, too', async ({ playground, page, browser }) => {
  await playground.open();
  await playground.run('SET greeting hello');
  await playground.show('Keys');
  await page.locator('.key-list').getByRole('row', { name: /^greeting / }).click();
  const greeting = page.getByRole('region', { name: 'Value of greeting', exact: true });
  await greeting.getByRole('button', { name: 'Rename' }).click();
  await greeting.getByRole('textbox', { name: 'New name' }).fill('note');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Value of note', exact: true }).getByRole('button', { name: 'Close the value' }).click();
  await playground.show('Console');
  const link = await share(playground);
  await expect(page.getByRole('dialog', { name: 'Share this session' })).toContainText('the 2 commands');

  const context = await browser.newContext({ viewport: page.viewportSize(), isMobile: playground.phone, hasTouch: playground.phone });
  const other = await context.newPage();
  await other.goto(link);
  const question = other.getByRole('dialog', { name: 'Replay 2 commands into an empty store?' });
  await expect(question).toContainText('behind k>, what buttons of the key browser would do');
  await expect(question.getByRole('listitem')).toHaveText(['> SET greeting hello', 'k> RENAMENX greeting note']);
  await question.getByRole('button', { name: 'Replay' }).click();
  const terminals = other.getByRole('region', { name: /^Terminal/ });
  await expect(terminals.locator('.entry').filter({ hasText: 'k> RENAMENX greeting note' })).toHaveCount(1);
  await expect(terminals, 'buttons are no terminal').toHaveCount(1);
  await expect.poll(() => other.evaluate(() => location.hash)).toMatch(/^#\/lesson/);
  const elsewhere = new Playground(other, playground.phone);
  expect(await elsewhere.run('GET note')).toEqual(['"hello"']);
  // Buttons there do what they say, as ever.
  await elsewhere.show('Keys');
  await other.locator('.key-list').getByRole('row', { name: /^note / }).click();
  const note = other.getByRole('region', { name: 'Value of note', exact: true });
  await note.getByRole('button', { name: 'Delete' }).click();
  await note.getByRole('button', { name: 'Delete it' }).click();
  await expect(note).toBeHidden();
  await context.close();
});

test('it is never replayed over what is there', async ({ playground, page }) => {
  await playground.open();
  await playground.run('SET k mine');
  const link = await share(playground);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.goto(link);
  const question = page.getByRole('dialog', { name: 'Replay 1 command?' });
  await expect(question).toContainText('replayed in database 15, which is empty');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await page.goto(link);
  await question.getByRole('button', { name: 'Replay in database 15' }).click();
  await expect(playground.client().locator('.prompt .prompt-text')).toHaveText('127.0.0.1:6379[15]> ');
  await expect(playground.entries().filter({ hasText: 'SET k mine' })).not.toHaveCount(0);
});

test('a link that holds no session says so', async ({ playground, page }) => {
  await playground.open();
  await page.goto('/#/session/nothing');
  await expect(page.getByRole('dialog', { name: 'This link holds no session' })).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  expect(await playground.run('PING')).toEqual(['PONG']);
});

test('everybody can share', async ({ playground, page }) => {
  await playground.open();
  await playground.run('SET k v');
  await share(playground);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
