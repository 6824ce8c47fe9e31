/** What is measured in time runs when nothing else does: its project waits for all the others. */
import { expect, Playground, test } from './page';

/** What counts is what the page needs, not what a busy machine adds: the best of so many visits, each a first one. */
const visits = 12;

test('the prompt is usable within a second', async ({ playground, page, browser, contextOptions }) => {
  const ready = (at: typeof page) => at.evaluate(() => performance.getEntriesByName('prompt-ready')[0]!.startTime);
  await playground.open();
  const times = [await ready(page)];
  while (Math.min(...times) >= 1000 && times.length < visits) {
    const context = await browser.newContext(contextOptions);
    const visit = new Playground(await context.newPage(), playground.phone);
    await visit.open();
    times.push(await ready(visit.page));
    await context.close();
  }
  console.log(`prompt ready: ${times.map(Math.round).join(', ')} ms`);
  expect(Math.min(...times)).toBeLessThan(1000);
});
