import { expect, test } from './page';

test.beforeEach(async ({ playground }) => playground.open());

test('SET and GET answer as redis-cli does', async ({ playground }) => {
  expect(await playground.run('SET greeting hello')).toEqual(['OK']);
  expect(await playground.run('GET greeting')).toEqual(['"hello"']);
  expect(await playground.run('GET nothing-here')).toEqual(['(nil)']);
  expect(await playground.run('INCR visits')).toEqual(['(integer) 1']);
  expect(await playground.run('MSET a 1 b "two words"')).toEqual(['OK']);
  expect(await playground.run('MGET a b c')).toEqual(['1) "1"', '2) "two words"', '3) (nil)']);
  await expect(playground.entries().first().locator('.prompt-text')).toHaveText('127.0.0.1:6379> ');
  await expect(playground.entries().first().locator('.micros')).toHaveText(/^(< )?[\d,]+ µs$/);
});

test('an unknown command is told as an error', async ({ playground }) => {
  const [line] = await playground.run('NOSUCH');
  expect(line).toMatch(/^\(error\) ERR unknown command 'NOSUCH'/);
});

test('the hint shows the arguments still to come', async ({ playground }) => {
  await playground.prompt().pressSequentially('SET');
  const hint = playground.client().locator('.hint');
  await expect(hint).toContainText('key value');
  await playground.prompt().pressSequentially(' greeting ');
  await expect(hint).toHaveText(/^value/);
});

test('Tab completes, cycles and gives back', async ({ playground }) => {
  const prompt = playground.prompt();
  const list = playground.client().getByRole('listbox', { name: 'Completions' });
  await prompt.pressSequentially('SETR');
  await prompt.press('Tab');
  await expect(prompt).toHaveValue(/^SETRANGE ?$/);
  await expect(list).toBeHidden();

  await prompt.fill('SET');
  await prompt.press('Tab');
  await expect(list).toBeVisible();
  const first = await prompt.inputValue();
  await expect(list.getByRole('option', { selected: true })).toContainText(first.trim());
  await prompt.press('Tab');
  await expect(prompt).not.toHaveValue(first);
  await prompt.press('Shift+Tab');
  await expect(prompt).toHaveValue(first);
  await prompt.press('Tab');
  await prompt.press('Escape');
  await expect(prompt).toHaveValue('SET');
  await expect(list).toBeHidden();
});

test('Tab never holds the focus', async ({ playground }) => {
  const prompt = playground.prompt();
  await prompt.focus();
  await prompt.press('Tab');
  await expect(prompt).not.toBeFocused();
  await prompt.focus();
  await prompt.pressSequentially('SE');
  await prompt.press('Tab');
  await expect(prompt).toBeFocused();
  await prompt.press('Escape');
  await prompt.press('Tab');
  await expect(prompt).not.toBeFocused();
});

test('history goes back and forth and survives a reload', async ({ playground, page }) => {
  await playground.run('GET a');
  await playground.run('SET a 1');
  const prompt = playground.prompt();
  await prompt.fill('unfinished');
  await prompt.press('ArrowUp');
  await expect(prompt).toHaveValue('SET a 1');
  await prompt.press('ArrowUp');
  await expect(prompt).toHaveValue('GET a');
  await prompt.press('ArrowDown');
  await prompt.press('ArrowDown');
  await expect(prompt).toHaveValue('unfinished');
  await playground.remembered('SET a 1');
  await page.reload();
  await playground.ready();
  await prompt.press('ArrowUp');
  await expect(prompt).toHaveValue('SET a 1');
});

test('Ctrl-R searches back', async ({ playground }) => {
  await playground.run('SET fruit apple');
  await playground.run('SET drink tea');
  const prompt = playground.prompt();
  await prompt.press('Control+r');
  await expect(playground.client().locator('.prompt .prompt-text')).toHaveText('(reverse-i-search): ');
  const search = playground.client().getByLabel('Search in history');
  await search.pressSequentially('SET');
  await expect(playground.client().locator('.match')).toContainText('SET drink tea');
  await search.press('Control+r');
  await expect(playground.client().locator('.match')).toContainText('SET fruit apple');
  await search.press('Tab');
  await expect(prompt).toHaveValue('SET fruit apple');
  await prompt.press('Control+r');
  await search.pressSequentially('drink');
  await search.press('Escape');
  await expect(prompt).toHaveValue('SET fruit apple');
  await prompt.press('Control+r');
  await search.pressSequentially('drink');
  await search.press('Enter');
  await expect(playground.entries().last().locator('.typed')).toHaveText('SET drink tea');
});

test('the line is edited as in a terminal', async ({ playground }) => {
  const prompt = playground.prompt();
  await prompt.fill('SET a b');
  await prompt.press('Control+a');
  await prompt.pressSequentially('X');
  await expect(prompt).toHaveValue('XSET a b');
  await prompt.press('Control+k');
  await expect(prompt).toHaveValue('X');
  await prompt.press('Control+u');
  await expect(prompt).toHaveValue('');
  await prompt.fill('SET half');
  await prompt.press('Control+c');
  await expect(prompt).toHaveValue('');
  await expect(playground.entries().last().locator('.typed')).toHaveText('SET half^C');
  await prompt.press('Control+l');
  await expect(playground.entries()).toHaveCount(0);
});

test('several lines pasted run one after another', async ({ playground, page }) => {
  await page.evaluate(() => navigator.clipboard.writeText('SET p 1\nINCR p\n\nGET p\n'));
  await playground.prompt().focus();
  await page.keyboard.press('Control+v');
  await expect(playground.client().locator('.typed')).toHaveText(['SET p 1', 'INCR p', 'GET p']);
  await expect(playground.client().locator('.line')).toHaveText(['OK', '(integer) 2', '"2"']);
});

test('a paste of one line only fills the prompt', async ({ playground, page }) => {
  await page.evaluate(() => navigator.clipboard.writeText('GET p'));
  await playground.prompt().focus();
  await page.keyboard.press('Control+v');
  await expect(playground.prompt()).toHaveValue('GET p');
  await expect(playground.entries()).toHaveCount(0);
});

test('RESP3 can be switched on', async ({ playground }) => {
  const toggle = playground.client().getByRole('switch', { name: 'RESP3' });
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  expect(await playground.run('CONFIG GET databases')).toEqual(['1# "databases" => "16"']);
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  expect(await playground.run('CONFIG GET databases')).toEqual(['1) "databases"', '2) "16"']);
  await playground.run('HELLO 3');
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
});

test('the wire view shows bytes both ways', async ({ playground, page }) => {
  await playground.run('SET greeting hello');
  await playground.client().getByRole('switch', { name: 'Wire' }).click();
  const request = playground.entries().last().locator('.wire.request');
  const reply = playground.entries().last().locator('.wire.reply');
  await expect(request.locator('.pieces')).toContainText('*3\\r\\n$3\\r\\nSET\\r\\n$8\\r\\ngreeting\\r\\n$5\\r\\nhello\\r\\n');
  await expect(reply.locator('.pieces')).toContainText('+OK\\r\\n');
  await reply.getByRole('group').focus();
  await expect(reply.locator('.hex')).toHaveText(/simple string\s+2b 4f 4b 0d 0a/);
  await request.getByRole('group').focus();
  await page.keyboard.press('ArrowRight');
  await expect(request.locator('.hex')).toHaveText(/bulk string: 3 bytes follow\s+24 33 0d 0a/);
});

test('an entry can be copied', async ({ playground, page }) => {
  await playground.run('SET greeting hello');
  await playground.client().getByRole('button', { name: 'Copy SET greeting hello and its reply' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('127.0.0.1:6379> SET greeting hello\nOK');
});

test('a second client is another connection', async ({ playground, page }) => {
  await page.getByRole('button', { name: 'Add a terminal' }).click();
  await expect(playground.prompt(2)).toBeFocused();
  await playground.run('SELECT 1', 2);
  await expect(playground.client(2).locator('.prompt .prompt-text')).toHaveText('127.0.0.1:6379[1]> ');
  await playground.run('SET only-here 1', 2);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal a' }).click();
  await expect(playground.client(1).locator('.prompt .prompt-text')).toHaveText('127.0.0.1:6379> ');
  expect(await playground.run('GET only-here', 1)).toEqual(['(nil)']);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal b' }).click();
  await page.getByRole('button', { name: 'Close Terminal b' }).click();
  await expect(playground.client(2)).toHaveCount(0);
});

test('what one client publishes, the other hears', async ({ playground, page }) => {
  test.skip(!(await playground.knows('SUBSCRIBE')), 'the store has no SUBSCRIBE yet');
  await page.getByRole('button', { name: 'Add a terminal' }).click();
  await playground.run('SUBSCRIBE news', 2);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal a' }).click();
  expect(await playground.run('PUBLISH news "it rains"', 1)).toEqual(['(integer) 1']);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal b' }).click();
  await expect(playground.client(2).locator('.log')).toContainText('it rains');
});

test('a client that another one ends is told so', async ({ playground, page }) => {
  await page.getByRole('button', { name: 'Add a terminal' }).click();
  await playground.run('PING', 2);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal a' }).click();
  expect(await playground.run('CLIENT KILL TYPE normal SKIPME yes', 1)).toEqual(['(integer) 1']);
  if (playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal b' }).click();
  await expect(playground.client(2).locator('.closed')).toContainText('The server closed this connection.');
});

test('a closed connection says so and can be opened again', async ({ playground }) => {
  await playground.prompt().fill('QUIT');
  await playground.prompt().press('Enter');
  await expect(playground.client().getByText('The server closed this connection.')).toBeVisible();
  await expect(playground.client().locator('.prompt .prompt-text')).toHaveText('not connected> ');
  expect(await playground.run('SET back again')).toEqual(['OK']);
  await expect(playground.client().getByText('The server closed this connection.')).toBeHidden();
});
