import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test, type Playground } from './page';

const folder = fileURLToPath(new URL('../../playground/lessons/', import.meta.url));

interface File {
  number: number;
  /** How many steps there are. */
  count: number;
  /** Lines that are near the first step's goal, but not there. */
  wrong: { terminal: number; text: string }[];
}

/** The lessons that can be played. */
const ready: File[] = readdirSync(folder).filter((name) => name.endsWith('.md')).sort().flatMap((name) => {
  const text = readFileSync(folder + name, 'utf8');
  if (/^state: coming$/m.test(text)) return [];
  const fence = /^### Wrong\n```redis\n([\s\S]*?)\n```/m.exec(text.split(/^## /m)[1] ?? '')?.[1] ?? '';
  const wrong = fence.split('\n').filter(Boolean).map((line) => {
    const [, letter = 'a', text = line] = /^([abcd])> (.*)$/.exec(line) ?? [];
    return { terminal: 'abcd'.indexOf(letter), text };
  });
  return [{ number: Number(name.slice(0, 2)), count: text.match(/^### Goal$/gm)!.length, wrong }];
});

test.beforeEach(async ({ playground }) => playground.open());

test('a first visit starts with the first lesson beside the prompt', async ({ playground, page }) => {
  await expect(page.locator('.lesson h2')).not.toBeEmpty();
  await expect(page.locator('.lesson .facts').first()).toContainText('Lesson 1 of 16');
  if (!playground.phone) await expect(playground.prompt()).toBeFocused();
  else await expect(page.locator('.task')).toContainText('1/');
});

/** Goes to a lesson from the list. */
async function choose(playground: Playground, page: Page, number: number): Promise<void> {
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.locator('.card').nth(number - 1).click();
  await expect(page.locator('.lesson .facts').first()).toContainText(`Lesson ${number} of 16`);
}

/** Types into a terminal, which is added if it is not there. */
async function type(playground: Playground, page: Page, { terminal, text }: { terminal: number; text: string }): Promise<void> {
  const prompts = page.locator('textarea[id^="prompt-"]');
  for (let count = await prompts.count(); count <= terminal; count++) {
    await page.getByRole('button', { name: 'Add a terminal' }).click();
    await expect(prompts).toHaveCount(count + 1);
  }
  const tabs = page.getByRole('navigation', { name: 'Terminals' });
  if (await tabs.isVisible()) await tabs.getByRole('button', { name: `Terminal ${'abcd'[terminal]}` }).click();
  await playground.run(text, terminal + 1);
}

/** The solution of the current step, after all its hints. */
async function solution(page: Page, step: number): Promise<{ terminal: number; text: string }[]> {
  const item = page.locator('.step').nth(step);
  const hint = item.getByRole('button', { name: /^(A hint|More help)$/ });
  for (let shown = 0; await hint.isVisible(); shown++) {
    await hint.click();
    await expect(item.locator('.hints > p, .solution-body:not([hidden])')).toHaveCount(shown + 1);
  }
  return item.locator('.solution .command-block').evaluateAll((blocks) =>
    blocks.map((block) => ({ terminal: Number((block as HTMLElement).dataset['terminal']), text: block.querySelector('code')!.textContent! })),
  );
}

for (const { number, count, wrong } of ready) {
  test(`lesson ${number} can be played to its end with its solutions, and not without`, async ({ playground, page }, { project }) => {
    test.skip(project.name !== 'desktop' && number > 2, 'one project plays all lessons, the others two');
    if (number !== 1) await choose(playground, page, number);
    const steps = page.locator('.step');
    await expect(steps).toHaveCount(count);
    expect(count).toBeGreaterThan(7);

    await playground.show('Console');
    for (const line of wrong) await type(playground, page, line);
    await expect(steps.first()).toHaveClass(/current/);
    await playground.show('Lessons');
    await page.getByRole('button', { name: 'Restart' }).click();

    for (let i = 0; i < count; i++) {
      const step = steps.nth(i);
      await playground.show('Lessons');
      await expect(step).toHaveClass(/current/);
      const lines = await solution(page, i);
      expect(lines.length).toBeGreaterThan(0);
      await playground.show('Console');
      for (const line of lines) await type(playground, page, line);
      await expect(step, await step.locator('h3').innerText()).toHaveClass(/done/);
    }
    await expect(page.locator('[role="status"]', { hasText: 'The lesson is complete.' })).toHaveCount(1);

    await playground.show('Lessons');
    await expect(page.getByText('Lesson complete.')).toBeVisible();
    await playground.progressed(number, count);
    await page.reload();
    await playground.ready();
    await playground.show('Lessons');
    await expect(page.getByText('Lesson complete.')).toBeVisible();
    await page.locator('.finish').getByRole('button', { name: /^Next: / }).click();
    await expect(page.locator('.lesson .facts').first()).toContainText(`Lesson ${number + 1} of 16`);
    await page.getByRole('button', { name: 'All lessons' }).click();
    await expect(page.locator('.card').nth(number - 1)).toContainText('done');
    await expect(page.locator('.card').nth(number)).toBeFocused();
  });
}

test('a command in a lesson goes into the prompt, or runs', async ({ playground, page }) => {
  await playground.show('Lessons');
  const block = page.locator('.step.current .command-block').first();
  const text = await block.locator('code').innerText();
  await block.getByRole('button', { name: 'Put into the prompt' }).click();
  await expect(playground.prompt()).toHaveValue(text);
  await expect(playground.prompt()).toBeFocused();
  await playground.prompt().fill('');
  await playground.show('Lessons');
  await block.getByRole('button', { name: 'Run' }).click();
  await expect(playground.entries().last().locator('.typed')).toHaveText(text);
});

test('a command for another terminal opens it', async ({ playground, page }) => {
  await page.goto('/#/lesson/1/7');
  await playground.ready();
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'Run in terminal b: CLIENT SETNAME bob' }).click();
  await expect(playground.entries(2).last().locator('.typed')).toHaveText('CLIENT SETNAME bob');
});

test('the course lists sixteen lessons, the coming ones as outlines', async ({ playground, page }) => {
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page.locator('.card')).toHaveCount(16);
  const coming = page.locator('.card.coming').first();
  await expect(coming).toContainText('coming');
  await coming.click();
  await expect(page.getByText('This lesson is coming.')).toBeVisible();
  await expect(page.locator('.step').first()).toBeVisible();
});

test('the open lesson is open again after a reload', async ({ playground, page }) => {
  await choose(playground, page, 2);
  await page.reload();
  await playground.ready();
  await expect(page.locator('.lesson .facts').first()).toContainText('Lesson 2 of 16');
});

test('a link leads to a step, and back leads back', async ({ playground, page }) => {
  await page.goto('/#/lesson/2/3');
  await playground.ready();
  await playground.show('Lessons');
  await expect(page.locator('.lesson .facts').first()).toContainText('Lesson 2 of 16');
  await expect(page.locator('#step-3')).toBeVisible();
  await expect(page.locator('#step-2')).toBeHidden();
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page).toHaveURL(/#\/lessons$/);
  await page.goBack();
  await expect(page.locator('.lesson .facts').first()).toContainText('Lesson 2 of 16');
  await expect(page.locator('#step-3')).toBeVisible();
});

test('the quiz is answered until it is right, and remembers', async ({ playground, page }) => {
  await playground.show('Lessons');
  await page.locator('summary', { hasText: 'Quiz' }).click();
  const question = page.locator('.quiz fieldset').first();
  await question.getByRole('radio').first().check();
  await expect(question.locator('.why')).toContainText('Not quite.');
  await question.getByRole('radio').nth(1).check();
  await expect(question.locator('.why')).toContainText('Right.');
  await expect(page.locator('summary', { hasText: 'Quiz' })).toContainText('1 of 4 right');
  await expect.poll(() => playground.notes()).toMatchObject({ quiz: { 0: { 0: 1 } } });
  await page.reload();
  await playground.ready();
  await playground.show('Lessons');
  await page.locator('summary', { hasText: 'Quiz' }).click();
  await expect(question.locator('.why')).toContainText('Right.');
});

test('a solution is shown in client libraries, by keyboard too', async ({ playground, page }) => {
  await playground.run('ECHO hi');
  await playground.show('Lessons');
  await page.locator('.step.done h3 button').click();
  const tabs = page.locator('.step.done').getByRole('tablist', { name: 'The solution in client libraries' });
  await tabs.getByRole('tab', { name: 'redis-cli' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tabs.getByRole('tab', { name: 'ioredis' })).toBeFocused();
  await expect(page.locator('.step.done').getByRole('tabpanel')).toContainText("redis.echo('hello, store')");
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.step.done').getByRole('tabpanel')).toContainText('System.out.println');
});

test('who asks for it sees a solution in their library before the step is solved', async ({ playground, page }) => {
  await playground.show('Lessons');
  const step = page.locator('.step.current');
  const tabs = step.getByRole('tablist', { name: 'The solution in client libraries' });
  await expect(tabs.getByRole('tab')).toHaveText(['redis-cli', 'ioredis', 'node-redis', 'redis-py', 'Lettuce']);
  await expect(step.getByText("echo('hello, store')")).toBeHidden();
  await tabs.getByRole('tab', { name: 'ioredis' }).click();
  await expect(step.getByRole('tabpanel')).toContainText("redis.echo('hello, store')");
});

test('a link to a lesson shows the lesson, on a phone too', async ({ playground, page }) => {
  await page.goto('/#/lesson/3/2');
  await playground.ready();
  await expect(page.getByRole('heading', { name: 'Hashes, lists, sets, sorted sets' })).toBeVisible();
  await page.goto('/#/lessons');
  await expect(page.getByRole('heading', { name: 'Lessons', exact: true })).toBeVisible();
  test.skip(!playground.phone, 'there is no strip beside the lessons');
  await playground.show('Console');
  await page.getByRole('button', { name: 'Choose a lesson' }).click();
  await expect(page.getByRole('heading', { name: 'Lessons', exact: true })).toBeVisible();
});

test('a step is read, run and helped with by keyboard alone', async ({ playground, page }) => {
  test.skip(playground.phone, 'a phone has no Tab');
  const press = async (key: string, until: RegExp, most = 40) => {
    const name = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
    for (let i = 0; i < most; i++) {
      await page.keyboard.press(key);
      if (until.test(await name())) return;
    }
    throw new Error(`${until} is not reached`);
  };
  await page.keyboard.press('Alt+3');
  await press('Tab', /^Run: PING$/);
  await page.keyboard.press('Enter');
  await expect(playground.entries().last().locator('.typed')).toHaveText('PING');
  await press('Tab', /A hint/);
  await page.keyboard.press('Enter');
  await expect(page.locator('.step.current .hints p')).toHaveCount(1);
  await page.keyboard.press('Alt+1');
  await expect(playground.prompt()).toBeFocused();
  await page.keyboard.type('ECHO hi');
  await page.keyboard.press('Enter');
  await expect(page.locator('.step').first()).toHaveClass(/done/);
});

test('lessons and commands are found by words', async ({ playground, page }) => {
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  const box = page.getByRole('searchbox', { name: 'Search lessons and commands' });
  await box.fill('coupon getdel');
  await page.getByRole('list', { name: 'Lessons' }).getByRole('button', { name: /Read, and then/ }).click();
  await expect(page.locator('#step-7')).toBeVisible();
  await page.getByRole('button', { name: 'All lessons' }).click();
  await box.fill('strlen');
  await page.getByRole('list', { name: 'Commands' }).getByRole('link', { name: /^STRLEN/ }).click();
  await expect(page.locator('.manual h2')).toHaveText('STRLEN');
  await page.getByRole('button', { name: 'Lessons', exact: true }).first().click();
  await box.fill('xyzzy');
  await expect(page.getByText('Nothing found.')).toBeVisible();
});

test('progress goes into a file and comes back', async ({ playground, page }) => {
  await playground.run('ECHO hi');
  await expect(page.locator('.step').first()).toHaveClass(/done/);
  await page.getByRole('button', { name: 'Data: save and load' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save progress' }).click();
  const file = await (await download).path();
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'Restart' }).click();
  await expect(page.locator('.step').first()).not.toHaveClass(/done/);
  await page.getByRole('button', { name: 'Data: save and load' }).click();
  await page.getByLabel('Load progress in the place of yours').setInputFiles(file);
  await expect(page.locator('.step').first()).toHaveClass(/done/);
  await page.getByRole('button', { name: 'Data: save and load' }).click();
  await page.getByLabel('Load progress in the place of yours').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"done":["x"]}') });
  await expect(page.getByText('The file holds no progress, and nothing is changed.')).toBeVisible();
});

test.describe('without a service worker', () => {
  test.use({ serviceWorkers: 'block' });

  test('a lesson that came as something else is told of, and can be tried again', async ({ playground, page }) => {
    await page.route(/05-expiry/, (route) => route.fulfill({ body: 'a portal that wants a password' }));
    await playground.show('Lessons');
    await page.getByRole('button', { name: 'All lessons' }).click();
    await page.locator('.card').nth(4).click();
    await expect(page.getByRole('alert')).toContainText("The lesson's file can't be read");
    await page.unroute(/05-expiry/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('.lesson .facts').first()).toContainText('Lesson 5 of 16');
  });
});

test('settings that a lesson changed are put back when it is left, and the console says so', async ({ playground, page }) => {
  const said = playground.entries().filter({ hasText: 'As before the lesson again:' });
  await playground.run('CONFIG SET maxmemory 64mb');
  await choose(playground, page, 5);
  await playground.show('Console');
  await playground.run('CONFIG SET maxmemory-policy allkeys-lru maxmemory 1');
  await choose(playground, page, 1);
  await playground.show('Console');
  await expect(said).toHaveText('As before the lesson again: CONFIG SET maxmemory 67108864 maxmemory-policy noeviction');
  expect(await playground.run('CONFIG GET maxmemory')).toEqual(['1) "maxmemory"', '2) "67108864"']);

  // In the midst of a lesson, the page is loaded again: the server begins with its defaults, and the lesson is still open.
  await choose(playground, page, 5);
  await expect.poll(async () => (await playground.notes())?.settings).toHaveLength(2);
  await page.reload();
  await playground.ready();
  await playground.show('Console');
  await playground.run('CONFIG SET maxmemory 1');
  await choose(playground, page, 1);
  await playground.show('Console');
  await expect(said).toHaveText('As before the lesson again: CONFIG SET maxmemory 67108864');
});
