import { expect, test } from './page';

test.beforeEach(async ({ playground }) => playground.open());

test('a first visit starts with the first lesson beside the prompt', async ({ playground, page }) => {
  await expect(page.locator('.lesson h2')).not.toBeEmpty();
  await expect(page.locator('.lesson .facts')).toContainText('Lesson 1 of 16');
  if (!playground.phone) await expect(playground.prompt()).toBeFocused();
  else await expect(page.locator('.task')).toContainText('1/');
});

/** Lines of a solution that are for the second terminal: lesson, step, line. */
const elsewhere = ['1.5.2'];

for (const number of [1, 2]) {
  test(`lesson ${number} can be played to its end with its solutions`, async ({ playground, page }) => {
    await playground.show('Lessons');
    if (number !== 1) {
      await page.getByRole('button', { name: 'All lessons' }).click();
      await page.locator('.card').nth(number - 1).click();
      await expect(page.locator('.lesson .facts')).toContainText(`Lesson ${number} of 16`);
    }
    const steps = page.locator('.step');
    const count = await steps.count();
    expect(count).toBeGreaterThan(1);
    for (let i = 0; i < count; i++) {
      const step = steps.nth(i);
      await playground.show('Lessons');
      await expect(step).toHaveClass(/current/);
      const hint = step.getByRole('button', { name: /^(A hint|More help)$/ });
      for (let shown = 0; await hint.isVisible(); shown++) {
        await hint.click();
        await expect(step.locator('.hints > :is(p, .solution)')).toHaveCount(shown + 1);
      }
      const solution = await step.locator('.solution .command-block code').allTextContents();
      expect(solution.length).toBeGreaterThan(0);
      await playground.show('Console');
      for (const [line, text] of solution.entries()) {
        const other = elsewhere.includes(`${number}.${i + 1}.${line + 1}`);
        if (other) await page.getByRole('button', { name: 'Add a terminal' }).click();
        await playground.run(text, other ? 2 : 1);
        if (other && playground.phone) await page.getByRole('navigation', { name: 'Terminals' }).getByRole('button', { name: 'Terminal a' }).click();
      }
      await expect(step).toHaveClass(/done/);
      await expect(page.locator('[role="status"]', { hasText: /Done: / })).toHaveCount(1);
    }
    await playground.show('Lessons');
    await expect(page.getByText('Lesson complete.')).toBeVisible();
    await page.locator('.finish').getByRole('button', { name: /^Next: / }).click();
    await expect(page.locator('.lesson .facts')).toContainText(`Lesson ${number + 1} of 16`);
    await expect(page.locator('.lesson h2')).toBeFocused();
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

test('the course lists sixteen lessons, the coming ones as outlines', async ({ playground, page }) => {
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await expect(page.locator('.card')).toHaveCount(16);
  const coming = page.locator('.card.coming').first();
  if ((await coming.count()) === 0) return;
  await expect(coming).toContainText('coming');
  await coming.click();
  await expect(page.getByText('This lesson is coming.')).toBeVisible();
  await expect(page.locator('.step').first()).toBeVisible();
});

test('the open lesson is open again after a reload', async ({ playground, page }) => {
  await playground.show('Lessons');
  await page.getByRole('button', { name: 'All lessons' }).click();
  await page.locator('.card').nth(1).click();
  await expect(page.locator('.lesson .facts')).toContainText('Lesson 2 of 16');
  await page.reload();
  await playground.ready();
  await expect(page.locator('.lesson .facts')).toContainText('Lesson 2 of 16');
});
