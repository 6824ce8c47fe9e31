import type { Locator, Page } from '@playwright/test';
import { complaints, expect, test, type Playground } from './page';

test.beforeEach(async ({ playground }) => playground.open());

/** The field that is edited, in CodeMirror. */
const editor = (within: Locator | Page, label: string) => within.locator('.cm-content').and(within.getByRole('textbox', { name: label, exact: true }));

async function value(playground: Playground, page: Page, key: string): Promise<Locator> {
  await playground.show('Keys');
  await page.locator('.key-list').getByRole('row', { name: new RegExp(`^${key} `) }).click();
  return page.getByRole('region', { name: `Value of ${key}`, exact: true });
}

async function script(playground: Playground, page: Page, text?: string): Promise<Locator> {
  await playground.show('Keys');
  await page.getByRole('tab', { name: 'Script', exact: true }).click();
  const panel = page.locator('.script');
  await expect(editor(panel, 'Script')).toBeVisible();
  if (text !== undefined) await editor(panel, 'Script').fill(text);
  return panel;
}

const did = (page: Page) => page.locator('.ran-command');
const came = (page: Page) => page.locator('.ran-reply');

test('JSON is edited by typing, and saved by a button or the keyboard', async ({ playground, page }) => {
  await playground.run(`SET doc '{"name":"Ada"}'`);
  const doc = await value(playground, page, 'doc');
  await doc.getByRole('button', { name: 'JSON' }).click();
  const field = editor(doc, 'Value as JSON');
  await expect(field.locator('.cm-line')).toHaveText(['{', '  "name": "Ada"', '}']);
  await field.locator('.cm-line').nth(1).click();
  await page.keyboard.press('End');
  await page.keyboard.type(',\n"born": 1815');
  await doc.getByRole('button', { name: 'Save' }).click();
  await expect(did(page)).toHaveText('SET doc "{\\"name\\":\\"Ada\\",\\"born\\":1815}" KEEPTTL');
  await expect(field.locator('.cm-line')).toHaveText(['{', '  "name": "Ada",', '  "born": 1815', '}']);
  await field.fill('{"name": "Grace"');
  await expect(doc.getByText('This is no JSON.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(doc.getByText('This is no JSON.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('}');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(did(page)).toHaveText('SET doc "{\\"name\\":\\"Grace\\"}" KEEPTTL');
});

test('JSON keeps its digits and the order of its members', async ({ playground, page }) => {
  await playground.run(`SET doc '{"id":9007199254740993,"10":[],"2":{"a, [b]":1.50,"c":{}}}'`);
  const doc = await value(playground, page, 'doc');
  await doc.getByRole('button', { name: 'JSON' }).click();
  const field = editor(doc, 'Value as JSON');
  await expect(field.locator('.cm-line')).toHaveText(['{', '  "id": 9007199254740993,', '  "10": [],', '  "2": {', '    "a, [b]": 1.50,', '    "c": {}', '  }', '}']);
  await field.click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type(' "new": true,');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(did(page)).toHaveText('SET doc "{\\"new\\":true,\\"id\\":9007199254740993,\\"10\\":[],\\"2\\":{\\"a, [b]\\":1.50,\\"c\\":{}}}" KEEPTTL');
});

test('text of several lines keeps its bytes', async ({ playground, page }) => {
  await playground.run('SET poem "roses\\r\\nviolets"');
  const poem = await value(playground, page, 'poem');
  const field = editor(poem, 'Value as Text');
  await field.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('!');
  await poem.getByRole('button', { name: 'Save' }).click();
  await expect(did(page)).toHaveText('SET poem "roses\\r\\nviolets!" KEEPTTL');
});

test.describe('while CodeMirror is not there', () => {
  // Else the service worker fetches it, where nothing can be held up.
  test.use({ serviceWorkers: 'block' });

  test('what is typed is kept, with the cursor', async ({ playground, page }) => {
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route(/codemirror-/, async (route) => {
      await held;
      await route.continue();
    });
    await playground.run('SET poem "roses\\nviolets"');
    const poem = await value(playground, page, 'poem');
    const plain = poem.locator('textarea');
    await plain.fill('one\ntwo');
    const box = await plain.boundingBox();
    await plain.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3));
    go();
    const field = editor(poem, 'Value as Text');
    await expect(field).toBeFocused();
    await expect(plain).toBeHidden();
    expect(await poem.locator('.cm-editor').boundingBox()).toEqual(box);
    await page.keyboard.type('!');
    await expect(field.locator('.cm-line')).toHaveText(['one!', 'two']);
  });

  test('and never comes, the plain field stays, and does', async ({ playground, page }) => {
    await page.route(/codemirror-/, (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw 0' }));
    const fetched = page.waitForResponse(/codemirror-/);
    await playground.show('Keys');
    await page.getByRole('tab', { name: 'Script' }).click();
    await fetched;
    const plain = page.locator('.script textarea');
    await plain.fill("return 'plain'");
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(came(page)).toHaveText('"plain"');
    await plain.fill("\nreturn redis.call('NOSUCH')");
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: 'Go to line 2' }).click();
    await page.keyboard.type('-- ');
    await expect(plain).toHaveValue("\n-- return redis.call('NOSUCH')");
  });
});

test('the keyboard goes into the editor and out of it with Tab', async ({ playground, page }) => {
  const panel = await script(playground, page);
  const load = panel.getByRole('button', { name: 'Load' });
  await load.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(editor(panel, 'Script')).toBeFocused();
  const before = await editor(panel, 'Script').innerText();
  await page.keyboard.press('Tab');
  await expect(editor(panel, 'Script')).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(editor(panel, 'Script')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(panel.getByRole('button', { name: 'SET lock:report' })).toBeFocused();
  expect(await editor(panel, 'Script').innerText()).toBe(before);
});

test('a script runs with keys and arguments, and its reply is shown', async ({ playground, page }) => {
  const panel = await script(playground, page, 'return {KEYS[1], ARGV[1], ARGV[2]}');
  await panel.getByLabel('KEYS', { exact: true }).fill('"my key"');
  await panel.getByLabel('ARGV', { exact: true }).fill(`one 'it\\'s' "`);
  await expect(panel.getByRole('alert')).toHaveText(/close each quote/);
  await expect(panel.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await panel.getByLabel('ARGV', { exact: true }).fill(`'it\\'s' "\\x41\\n"`);
  await panel.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(did(page)).toHaveText('EVAL "return {KEYS[1], ARGV[1], ARGV[2]}" 1 "my key" "it\'s" "A\\n"');
  const reply = panel.getByRole('region', { name: 'Reply' });
  await expect(reply.locator('.line')).toHaveText(['1) "my key"', '2) "it\'s"', '3) "A\\n"']);
  await page.getByRole('tab', { name: 'Stats' }).click();
  await page.getByRole('tab', { name: 'Script' }).click();
  await expect(editor(panel, 'Script')).toHaveText('return {KEYS[1], ARGV[1], ARGV[2]}');
  await expect(panel.getByLabel('KEYS', { exact: true })).toHaveValue('"my key"');
});

test('an error names its line, which is marked and gone to', async ({ playground, page }) => {
  const panel = await script(playground, page, "local a = 1\n\nreturn redis.call('NOSUCH')\n");
  await editor(panel, 'Script').press('ControlOrMeta+Enter');
  const reply = panel.getByRole('region', { name: 'Reply' });
  await expect(reply).toContainText('user_script:3');
  await expect(panel.locator('.cm-line.cm-wrong')).toHaveText("return redis.call('NOSUCH')");
  await expect(panel.locator('.cm-gutterElement.cm-wrong')).toHaveText('3');
  await reply.getByRole('button', { name: 'Go to line 3' }).click();
  await expect(editor(panel, 'Script')).toBeFocused();
  await page.keyboard.type('-- ');
  await expect(panel.locator('.cm-line').nth(2)).toHaveText("-- return redis.call('NOSUCH')");
  await expect(panel.locator('.cm-wrong')).toHaveCount(0);
  await editor(panel, 'Script').fill('return 1\nend');
  await panel.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(panel.locator('.cm-line.cm-wrong')).toHaveText('end');
});

test('a script is loaded, to be called by name', async ({ playground, page }) => {
  const panel = await script(playground, page, "return redis.call('INCR', KEYS[1])");
  await panel.getByLabel('KEYS', { exact: true }).fill('visits');
  await panel.getByLabel('ARGV', { exact: true }).fill('');
  await panel.getByRole('button', { name: 'Load' }).click();
  await expect(came(page)).toHaveText('"61636018f4e6b5817b89791bbed242f93fa089e3"');
  await panel.getByRole('region', { name: 'Reply' }).getByRole('button', { name: /^EVALSHA/ }).click();
  await expect(playground.prompt()).toHaveValue('EVALSHA 61636018f4e6b5817b89791bbed242f93fa089e3 1 visits');
  await playground.prompt().press('Enter');
  await expect(playground.entries().last().locator('.line')).toHaveText('(integer) 1');
});

for (const [title, before, replies] of [
  ['Release a lock of one’s own', 'SET lock:report ada-7f3a NX EX 60', ['1', '0']],
  ['Count calls up to a limit', null, ['2', '1', '0', '-1']],
  ['Take from stock', 'SET stock:tea 5', ['3', '1', '-1']],
] as const) {
  test(`the example runs as it stands: ${title}`, async ({ playground, page }) => {
    const panel = await script(playground, page);
    await panel.getByLabel('Example').selectOption(title);
    if (before) {
      await panel.getByRole('button', { name: before }).click();
      await expect(came(page)).toHaveText('OK');
    }
    for (const reply of replies) {
      await panel.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(panel.getByRole('region', { name: 'Reply' })).toHaveText(`(integer) ${reply}`);
    }
  });
}

test('axe finds nothing to complain about in a value that is edited', async ({ playground, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await playground.run(`SET doc '{"name":"Ada","born":1815,"alive":false}'`);
  const doc = await value(playground, page, 'doc');
  await doc.getByRole('button', { name: 'JSON' }).click();
  await editor(doc, 'Value as JSON').click();
  await page.keyboard.type(' ');
  await expect(doc.getByRole('button', { name: 'Save' })).toBeVisible();
  expect(await complaints(page)).toEqual([]);
});

test('axe finds nothing to complain about in the panel Script', async ({ playground, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const panel = await script(playground, page);
  expect(await complaints(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Load' }).click();
  await expect(panel.getByRole('button', { name: /^EVALSHA/ })).toBeVisible();
  expect(await complaints(page)).toEqual([]);
  await editor(panel, 'Script').fill("-- a word\nlocal n = 1.5\nreturn redis.call('NOSUCH', n, nil)");
  await panel.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(panel.locator('.cm-line.cm-wrong')).toBeVisible();
  expect(await complaints(page)).toEqual([]);
});
