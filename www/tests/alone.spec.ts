/** What is measured in time runs when nothing else does: its project waits for all the others. */
import type { Browser, BrowserContextOptions } from '@playwright/test';
import { expect, Playground, test } from './page';

test.describe.configure({ mode: 'serial' });

/** What counts is what the page needs, not what a busy machine adds: the best of so many visits, each a first one. */
const visits = 12;

type Measure = (visit: Playground) => Promise<number>;

/** Visits until a measure is below its limit, and tells the best. */
async function best(browser: Browser, options: BrowserContextOptions, what: string, limit: number, measure: Measure): Promise<number> {
  const times: number[] = [];
  do {
    const context = await browser.newContext(options);
    times.push(await measure(new Playground(await context.newPage(), false)));
    await context.close();
  } while (Math.min(...times) >= limit && times.length < visits);
  console.log(`${what}: ${times.map(Math.round).join(', ')} ms`);
  return Math.min(...times);
}

test('the prompt is usable within a second', async ({ browser, contextOptions }) => {
  const ready: Measure = async (visit) => {
    await visit.open();
    return visit.page.evaluate(() => performance.getEntriesByName('prompt-ready')[0]!.startTime);
  };
  expect(await best(browser, contextOptions, 'prompt ready', 1000, ready)).toBeLessThan(1000);
});

test('the first PONG comes within 300 ms of the download', async ({ browser, contextOptions }) => {
  const pong: Measure = async (visit) => {
    let downloaded = 0;
    visit.page.on('requestfinished', (request) => {
      const { startTime, responseEnd } = request.timing();
      if (request.url().endsWith('.wasm')) downloaded = startTime + responseEnd;
    });
    await visit.open();
    await visit.prompt().fill('PING');
    // From the last byte to the prompt, and from the key to the reply: not the time in which a hand finds the key.
    const [ready, answered] = await visit.page.evaluate(async () => {
      const entry = performance.getEntriesByName('prompt-ready')[0]!;
      const asked = performance.now();
      const shown = new Promise((resolve) => {
        new MutationObserver(() => document.querySelector('.entry')?.textContent.includes('PONG') && resolve(null)).observe(document.body, { childList: true, subtree: true });
      });
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await shown;
      return [performance.timeOrigin + entry.startTime, performance.now() - asked];
    });
    expect(downloaded).toBeGreaterThan(0);
    return ready! - downloaded + answered!;
  };
  expect(await best(browser, contextOptions, 'first PONG', 300, pong)).toBeLessThan(300);
});
