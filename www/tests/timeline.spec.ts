import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Playground } from './page';

const bar = ({ page }: Playground) => page.getByRole('region', { name: 'Time and undo' });
const slider = (playground: Playground) => bar(playground).getByRole('slider', { name: 'Moment of this session' });
const openBar = async (playground: Playground) => {
  await playground.page.getByRole('button', { name: /^Time and undo/ }).click();
  await expect(slider(playground)).toBeVisible();
};
const key = async (playground: Playground, label: string) => {
  await playground.show('Keys');
  return playground.page.locator('.key-list').getByRole('row').filter({ hasText: label });
};

test.beforeEach(async ({ playground }) => playground.open());

test('what a command did is told beside it', async ({ playground }) => {
  await playground.run('SET greeting hello EX 10');
  const told = playground.entries().last().getByRole('button', { name: /^What SET greeting hello EX 10 did/ });
  await expect(told).toHaveAttribute('aria-expanded', 'false');
  await told.click();
  const did = playground.client().getByRole('region', { name: 'What SET did' });
  await expect(did.locator('tbody tr')).toContainText('greeting created');
  await expect(did.locator('tbody tr')).toContainText('string, embstr');
  await expect(did).toContainText(/SET greeting hello PXAT \d{13}/);
  await expect(did).toContainText('__keyevent@0__:expire');
  await expect(did).toContainText('O(1)');
  await playground.run('GET greeting');
  await playground.entries().last().getByRole('button', { name: /^What GET greeting did/ }).click();
  await expect(playground.client().getByRole('region', { name: 'What GET did' })).toContainText('It only reads: nothing is propagated.');
});

test('a command is undone, and redone', async ({ playground, page }) => {
  await playground.run('SET k old');
  await playground.run('SET k new');
  await playground.run('DEL k');
  await playground.entries().nth(1).getByRole('button', { name: /^What SET k new did/ }).click();
  await playground.client().getByRole('button', { name: 'Undo to before this' }).last().click();
  await expect(playground.entries().last()).toHaveText('Undone to before: SET k new');
  await expect(playground.entries().nth(2)).toHaveClass(/undone/);
  await expect(bar(playground)).toContainText('Time stands still here.');
  expect(await playground.run('GET k')).toEqual(['"old"']);
  await bar(playground).getByRole('button', { name: 'Redo', exact: true }).click();
  await expect(playground.entries().last()).toHaveText('Redone to before: DEL k');
  expect(await playground.run('GET k')).toEqual(['"new"']);
  await bar(playground).getByRole('button', { name: 'Redo all' }).click();
  await expect(bar(playground)).toBeHidden();
  expect(await playground.run('EXISTS k')).toEqual(['(integer) 0']);
  await expect(page.locator('.entry.undone')).toHaveCount(0);
});

test('what was undone is dropped by what is done instead, and is kept so', async ({ playground, page }) => {
  await playground.run('SET n 1');
  await playground.run('INCR n');
  await openBar(playground);
  await bar(playground).getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(playground.entries().last()).toHaveText('Undone to before: INCR n');
  const prompt = playground.prompt();
  await prompt.fill('INCRBY n 10');
  await prompt.press('Enter');
  await expect(playground.entries().last()).toContainText('dropped: the session goes on from here');
  await expect(playground.entries().nth(1)).toHaveClass(/dropped/);
  await expect(slider(playground)).toHaveAttribute('aria-valuetext', '2 of 2, after INCRBY n 10');
  await page.reload();
  await playground.ready();
  expect(await playground.run('GET n')).toEqual(['"11"']);
});

test('the slider shows the store as it was', async ({ playground }) => {
  await playground.run('SET first 1');
  await playground.run('SET second 2');
  await openBar(playground);
  await slider(playground).focus();
  await playground.page.keyboard.press('ArrowLeft');
  await expect(slider(playground)).toHaveAttribute('aria-valuetext', '1 of 2, after SET first 1');
  await expect(playground.entries().last()).toHaveText('The store is as it was before: SET second 2');
  await expect(await key(playground, 'first')).toBeVisible();
  await expect(await key(playground, 'second')).toHaveCount(0);
  await playground.show('Console');
  await slider(playground).focus();
  await playground.page.keyboard.press('End');
  await expect(await key(playground, 'second')).toBeVisible();
});

test('time is stopped, sped up and put forward, and the countdowns follow', async ({ playground, page }) => {
  await playground.run('SET hour x EX 7200');
  await playground.run('SET soon x EX 600');
  await openBar(playground);
  await bar(playground).getByRole('button', { name: 'Stop' }).click();
  await expect(bar(playground)).toContainText('Time stands still');
  await expect(page.getByRole('button', { name: /Time and undo.*stopped/ })).toBeVisible();
  await bar(playground).getByRole('button', { name: '+1 h' }).click();
  const ttl = Number((await playground.run('TTL hour'))[0]!.replace('(integer) ', ''));
  expect(ttl).toBeGreaterThan(3500);
  expect(ttl).toBeLessThanOrEqual(3600);
  expect(await playground.run('TTL hour')).toEqual([`(integer) ${ttl}`]);
  await expect((await key(playground, 'hour')).getByRole('timer')).toHaveText(/^(59:|1 h 0 m)/);
  await expect(await key(playground, 'soon')).toHaveCount(0);
  await playground.show('Console');
  await bar(playground).getByRole('button', { name: '×1', exact: true }).click();
  await expect(page.getByRole('button', { name: /Time and undo.*\+59 min|Time and undo.*\+1 h/ })).toBeVisible();
  await bar(playground).getByRole('button', { name: 'Undo', exact: true }).click();
  expect(await playground.run('EXISTS soon')).toEqual(['(integer) 1']);
});

test('a fast clock expires a key before it would', async ({ playground }) => {
  await openBar(playground);
  await bar(playground).getByRole('button', { name: '×100' }).click();
  await playground.run('SET k x EX 200');
  await expect.poll(() => playground.run('EXISTS k'), { intervals: [200] }).toEqual(['(integer) 0']);
});

test('everybody can use it', async ({ playground, page }) => {
  await playground.run('SET k v');
  await playground.run('DEL k');
  await playground.entries().first().getByRole('button', { name: /^What SET k v did/ }).click();
  await openBar(playground);
  await bar(playground).getByRole('button', { name: '+1 h' }).click();
  await bar(playground).getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(bar(playground)).toContainText('Time stands still here.');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});
