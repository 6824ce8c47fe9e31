import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Locator, type Page } from '@playwright/test';

const letter = (client: number) => 'abcd'[client - 1]!;

/** The page as a person meets it. */
export class Playground {
  constructor(
    readonly page: Page,
    readonly phone: boolean,
  ) {}

  async open(): Promise<void> {
    await this.page.goto('/');
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.page.waitForFunction(() => performance.getEntriesByName('prompt-ready').length > 0);
  }

  /** Opens a lab by its link, and waits until its code is there. */
  async lab(name: string, title: string): Promise<Locator> {
    await this.page.goto(`/#/lab/${name}`);
    const lab = this.page.getByRole('dialog', { name: title });
    await expect(lab.locator('.lab-facts').first()).toBeVisible({ timeout: 15_000 });
    return lab;
  }

  prompt(client = 1): Locator {
    return this.page.getByLabel(`Command for terminal ${letter(client)}`, { exact: true });
  }

  client(number = 1): Locator {
    return this.page.getByRole('region', { name: `Terminal ${letter(number)}`, exact: true });
  }

  entries(client = 1): Locator {
    return this.client(client).locator('.entry');
  }

  /** Types a line and waits for its reply. */
  async run(line: string, client = 1): Promise<string[]> {
    const last = () => this.entries(client).evaluateAll((all) => Number(all.at(-1)?.getAttribute('data-entry') ?? -1));
    const before = await last();
    const prompt = this.prompt(client);
    await prompt.fill(line);
    await prompt.press('Enter');
    await expect.poll(last, { message: `a reply to ${line}`, intervals: [20, 50, 100] }).toBeGreaterThan(before);
    return this.entries(client).last().locator('.line').allTextContents();
  }

  /** Whether the store has a command. */
  async knows(command: string): Promise<boolean> {
    return (await this.run(`COMMAND INFO ${command}`)).length > 1;
  }

  /** Waits until what the last command did is durable. */
  async durable(): Promise<void> {
    await expect(this.page.locator('.kept')).toHaveAttribute('data-durable', 'true');
  }

  /** Waits until a line is in the history that the next visit begins with. */
  async remembered(line: string): Promise<void> {
    const history = async () => (await this.notes())?.history ?? [];
    await expect.poll(history, { message: `${line} is in the history` }).toContain(line);
  }

  /** What is kept of history and progress. */
  notes(): Promise<{ history: string[]; done: number[]; quiz: (number | null)[][]; settings: { name: string; value: string }[] } | undefined> {
    return this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const opened = indexedDB.open('redstart', 1);
          opened.onsuccess = () => {
            const notes = opened.result.transaction('kept').objectStore('kept').get('notes');
            notes.onsuccess = () => {
              opened.result.close();
              resolve(notes.result);
            };
          };
        }),
    );
  }

  /** Waits until it is kept that so many steps of a lesson are done. */
  async progressed(lesson: number, steps: number): Promise<void> {
    await expect.poll(async () => (await this.notes())?.done[lesson - 1]).toBe(steps);
  }

  /** On a phone, shows a panel; elsewhere all are in sight. */
  async show(panel: 'Console' | 'Keys' | 'Lessons'): Promise<void> {
    if (!this.phone) return;
    await this.page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: panel }).click();
  }
}

/** What axe has to say of the keys and what stands beside them, and what scrolls sideways there. */
export async function complaints(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('#keys').analyze();
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('.keys, .side-panel, .keys-bar, .key-list, .value, .value-body, .panel, .panel-bar, .panel-body, .script-reply')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.className || box.tagName}: ${box.scrollWidth} > ${box.clientWidth}`),
  );
  return [...violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`), ...wide];
}

/** A test that fails on anything the page logs as an error. */
export const test = base.extend<{ playground: Playground }>({
  playground: async ({ page, isMobile }, use) => {
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await use(new Playground(page, isMobile));
    expect(errors, 'errors in the browser console').toEqual([]);
  },
});

export { expect };
