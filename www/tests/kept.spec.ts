/** What is kept, shared between tabs, and carried in and out. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { expect, Playground, test } from './page';

/** Another tab of the same browser. */
async function another(context: BrowserContext, phone: boolean): Promise<Playground> {
  const tab = new Playground(await context.newPage(), phone);
  await tab.open();
  return tab;
}

const leads = (page: Page) => page.locator('.kept[data-leads="true"]');

/** Does something in a tab of the same site that opens no store. */
async function aside(context: BrowserContext, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await context.newPage();
  await page.goto('/favicon.svg');
  await act(page);
  await page.close();
}

/** How much room the browser gives the site, in bytes. */
async function setQuota(page: Page, url: string, quotaSize?: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, ...(quotaSize === undefined ? {} : { quotaSize }) });
}

/** Puts bytes at an offset of an object in the page's data, as a broken disk would. */
async function scribble(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    ([name, text]) =>
      new Promise<void>((resolve) => {
        const opened = indexedDB.open('redstart-data', 1);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction(['objects', 'chunks'], 'readwrite');
          const object = transaction.objectStore('objects').get(name!);
          object.onsuccess = () => {
            const chunks = transaction.objectStore('chunks');
            const key = [(object.result as { id: number }).id, 0];
            const chunk = chunks.get(key);
            chunk.onsuccess = () => {
              (chunk.result as Uint8Array).set(new TextEncoder().encode(text), 0);
              chunks.put(chunk.result, key);
            };
          };
          transaction.oncomplete = () => {
            opened.result.close();
            resolve();
          };
        };
      }),
    [name, text],
  );
}

/** How many chunks of the page's data belong to no object. */
function strays(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opened = indexedDB.open('redstart-data', 1);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction(['objects', 'chunks']);
          const objects = transaction.objectStore('objects').getAll();
          const chunks = transaction.objectStore('chunks').getAllKeys();
          transaction.oncomplete = () => {
            opened.result.close();
            const known = new Set((objects.result as { id: number }[]).map(({ id }) => id));
            resolve(known.size > 0 ? (chunks.result as [number, number][]).filter(([id]) => !known.has(id)).length : -1);
          };
        };
      }),
  );
}

test('what was answered is there when the tab was killed', async ({ playground, page, context }) => {
  await playground.open();
  for (let i = 1; i <= 20; i += 1) await playground.run(`RPUSH list ${i}`);
  // No unload handler runs, and nothing is waited for.
  await page.close({ runBeforeUnload: false });
  const next = await another(context, playground.phone);
  expect(await next.run('LLEN list')).toEqual(['(integer) 20']);
  expect((await next.run('INFO persistence')).join('\n')).toContain('aof_enabled:1');
});

test('data is there when the whole browser was closed', async ({ playground, launchOptions, contextOptions, baseURL }) => {
  const folder = mkdtempSync(join(tmpdir(), 'redstart-'));
  try {
    const visit = async (line: string) => {
      const context = await chromium.launchPersistentContext(folder, { ...launchOptions, ...contextOptions, baseURL: baseURL! });
      const tab = await another(context, playground.phone);
      const printed = await tab.run(line);
      await context.close();
      return printed;
    };
    expect(await visit('APPEND k once')).toEqual(['(integer) 4']);
    expect(await visit('APPEND k twice')).toEqual(['(integer) 9']);
    expect(await visit('GET k')).toEqual(['"oncetwice"']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the log is compacted in the background', async ({ playground, page }) => {
  await playground.open();
  expect(await playground.run('CONFIG GET appendfsync')).toEqual(['1) "appendfsync"', '2) "everysec"']);
  for (const policy of ['always', 'no', 'everysec']) {
    expect(await playground.run(`CONFIG SET appendfsync ${policy}`)).toEqual(['OK']);
    await playground.run('200 APPEND long 0123456789');
  }
  expect(await playground.run('BGREWRITEAOF')).toEqual(['Background append only file rewriting started']);
  await expect(async () => {
    expect((await playground.run('INFO persistence')).join('\n')).toMatch(/aof_rewrite_in_progress:0[^]*aof_last_bgrewrite_status:ok[^]*aof_base_size:[1-9]/);
  }).toPass();
  // Of what was compacted nothing is left behind.
  await expect.poll(() => strays(page)).toBe(0);
  await playground.run('SET after 1');
  await page.reload();
  await playground.ready();
  expect(await playground.run('STRLEN long')).toEqual(['(integer) 6000']);
  expect(await playground.run('GET after')).toEqual(['"1"']);
});

test('two tabs share one store', async ({ playground, context }) => {
  await playground.open();
  const other = await another(context, playground.phone);
  await expect(leads(playground.page)).toBeVisible();
  await expect(leads(other.page)).toBeHidden();
  await playground.run('SET k "from the first"');
  expect(await other.run('GET k')).toEqual(['"from the first"']);
  // Messages go from tab to tab, and each tab sees the keys of both.
  await other.run('SUBSCRIBE news');
  expect(await playground.run('PUBLISH news hello')).toEqual(['(integer) 1']);
  await expect(other.entries().last()).toContainText('hello');
  await playground.show('Keys');
  await expect(playground.page.getByRole('row', { name: /^k / })).toBeVisible();
  // A tab that is closed takes its clients with it.
  await other.page.close();
  await playground.show('Console');
  await expect(async () => expect(await playground.run('PUBLISH news hello')).toEqual(['(integer) 0'])).toPass();
});

test('when the leading tab is closed while others write, nothing that was answered is lost', async ({ playground, context }) => {
  await playground.open();
  const second = await another(context, playground.phone);
  const third = await another(context, playground.phone);
  // Each writes as fast as it is answered; the number of the last answer is what must be there.
  const write = async (tab: Playground, key: string, until: () => boolean) => {
    let answered = 0;
    for (let i = 1; !until(); i += 1) {
      await tab.run(`RPUSH ${key} ${i}`);
      const line = tab.entries().filter({ hasText: `RPUSH ${key} ${i}` }).last().locator('.line');
      await expect(line).toHaveText([/^\(integer\)|^Outcome unknown/]);
      if ((await line.textContent())!.startsWith('(integer)')) answered += 1;
    }
    return answered;
  };
  let isOver = false;
  const writing = [write(second, 'second', () => isOver), write(third, 'third', () => isOver)];
  await expect(second.entries()).not.toHaveCount(0);
  await playground.page.close();
  await expect(async () => expect((await leads(second.page).count()) + (await leads(third.page).count())).toBe(1)).toPass();
  isOver = true;
  const [inSecond, inThird] = await Promise.all(writing);
  for (const tab of [second, third]) {
    for (const [key, answered] of [['second', inSecond!], ['third', inThird!]] as const) {
      const [line] = await tab.run(`LLEN ${key}`);
      const there = Number(/\d+/.exec(line!)?.[0]);
      // One write per tab may have been done without an answer.
      expect(there - answered, `${key}: ${there} are there, ${answered} were answered`).toBeGreaterThanOrEqual(0);
      expect(there - answered).toBeLessThanOrEqual(1);
    }
  }
});

test('a read is asked again when the leading tab is gone, a write is not', async ({ playground, context }) => {
  await playground.open();
  await playground.run('RPUSH list a b');
  const other = await another(context, playground.phone);
  // From now on what the leader says is lost, as if it were closed just before.
  await playground.page.workers()[0]!.evaluate(() => (BroadcastChannel.prototype.postMessage = () => {}));
  await other.prompt().fill('LLEN list\nRPUSH list c');
  await other.prompt().press('Enter');
  await expect(async () => expect(await playground.run('LLEN list')).toEqual(['(integer) 3'])).toPass();
  await playground.page.close();
  await expect(leads(other.page)).toBeVisible();
  await expect(other.entries().filter({ hasText: 'LLEN list' }).locator('.line')).toHaveText(['(integer) 3']);
  await expect(other.entries().filter({ hasText: 'RPUSH list c' }).locator('.line')).toHaveText([/^Outcome unknown/]);
  expect(await other.run('LRANGE list 0 -1')).toEqual(['1) "a"', '2) "b"', '3) "c"']);
});

test('a leading tab that does not answer is named, and is in the way only until it is closed', async ({ playground, context }) => {
  await playground.open();
  await playground.run('SET k v');
  await playground.page.workers()[0]!.evaluate(() => (BroadcastChannel.prototype.postMessage = () => {}));
  const other = new Playground(await context.newPage(), playground.phone);
  await other.page.goto('/');
  await expect(other.page.getByRole('alert')).toContainText('Another tab has the data, and does not answer.');
  await other.prompt().fill('GET k');
  await other.prompt().press('Enter');
  await playground.page.close();
  await other.ready();
  await expect(other.entries().last().locator('.line')).toHaveText(['"v"']);
  await expect(other.page.getByRole('alert')).toBeHidden();
});

test('when the engine of the leading tab breaks down, another tab goes on', async ({ playground, context }) => {
  const first = await another(context, playground.phone);
  await playground.open();
  await playground.run('SET k v');
  // The page would never say this, so the worker takes it for a breakdown.
  await first.page.workers()[0]!.evaluate(() => dispatchEvent(new MessageEvent('message', { data: { kind: 'submit', terminal: 'none' } })));
  await expect(first.page.getByRole('alert')).toContainText('The engine stopped');
  await expect(leads(playground.page)).toBeVisible();
  expect(await playground.run('GET k')).toEqual(['"v"']);
});

test('a log that can not be read is set aside, and can be saved', async ({ playground, page, context }) => {
  await playground.open();
  await playground.run('SET precious 1');
  await playground.durable();
  await page.goto('about:blank');
  await aside(context, (page) => scribble(page, 'appendonlydir/appendonly.aof.1.incr.aof', '!'));
  await playground.open();
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('set aside in this browser');
  await expect(notice).toContainText('Bad file format reading the append only file appendonly.aof.1.incr.aof');
  const saving = page.waitForEvent('download');
  await notice.getByRole('button', { name: 'Save what was set aside' }).click();
  const file = readFileSync(await (await saving).path(), 'latin1');
  expect(file).toMatch(/^REDIS0010/);
  expect(file).toContain('precious');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  expect(await playground.run('DBSIZE')).toEqual(['(integer) 0']);
  await playground.run('SET new 1');
  await page.reload();
  await playground.ready();
  expect(await playground.run('KEYS *')).toEqual(['1) "new"']);
});

test('a browser without room is told about, and the store goes on when there is some', async ({ playground, page, baseURL }) => {
  await setQuota(page, baseURL!, 10_000_000);
  await playground.open();
  await playground.run('SET a 1');
  // What can't be written is in memory, and was answered; from then on nothing is changed any more.
  await playground.run(`EVAL "for i = 1, 15 do redis.call('SET', i, string.rep('x', 1000000)) end" 0`);
  await expect(playground.entries().last()).toContainText('(nil)');
  await expect(page.locator('.kept')).toContainText('Not kept: No space left on device: the browser gives this site no more room');
  expect((await playground.run('SET b 1'))[0]).toMatch(/MISCONF Errors writing to the AOF file: No space left on device/);
  expect(await playground.run('GET a')).toEqual(['"1"']);
  await setQuota(page, baseURL!);
  await expect(page.locator('.kept')).not.toContainText('Not kept');
  expect(await playground.run('SET b 1')).toEqual(['OK']);
  await page.reload();
  await playground.ready();
  expect(await playground.run('DBSIZE')).toEqual(['(integer) 17']);
});

test('where every write must be durable and can not be, the store starts again with what is', async ({ playground, page, baseURL }) => {
  await setQuota(page, baseURL!, 10_000_000);
  await playground.open();
  await playground.run('SET a 1');
  await playground.run('CONFIG SET appendfsync always');
  await playground.run(`EVAL "for i = 1, 15 do redis.call('SET', i, string.rep('x', 1000000)) end" 0`);
  await expect(playground.client()).toContainText('not connected>');
  await expect(page.getByRole('alert')).toContainText('The store ended, and is started again with what is kept. Error writing to the AOF file: No space left on device');
  expect(await playground.run('DBSIZE')).toEqual(['(integer) 1']);
  expect(await playground.run('SET b 1')).toEqual(['OK']);
});

test('a browser that gives no room at all keeps nothing, and says so', async ({ playground, page, baseURL }) => {
  await setQuota(page, baseURL!, 1);
  await playground.open();
  await expect(page.getByRole('alert')).toContainText("can't be used now");
  expect(await playground.run('SET a 1')).toEqual(['OK']);
  await expect(page.locator('.kept')).toContainText('Not kept');
});

test('what an earlier version kept is there', async ({ playground, page, context }) => {
  await aside(context, (page) => page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opened = indexedDB.open('redstart', 1);
        opened.onupgradeneeded = () => opened.result.createObjectStore('kept');
        opened.onsuccess = () => {
          const transaction = opened.result.transaction('kept', 'readwrite');
          const image = '#REDSTART 1\r\n*3\r\n$3\r\nSET\r\n$3\r\nold\r\n$1\r\n1\r\n#END 0123456789abcdef\r\n';
          transaction.objectStore('kept').put(new TextEncoder().encode(image), 'data');
          transaction.objectStore('kept').put({ history: ['SET old 1'], done: [1] }, 'notes');
          transaction.oncomplete = () => {
            opened.result.close();
            resolve();
          };
        };
      }),
  ));
  await playground.open();
  expect(await playground.run('GET old')).toEqual(['"1"']);
  await playground.run('SET new 1');
  await page.reload();
  await playground.ready();
  expect(await playground.run('DBSIZE')).toEqual(['(integer) 2']);
  for (let i = 0; i < 4; i += 1) await playground.prompt().press('ArrowUp');
  await expect(playground.prompt()).toHaveValue('SET old 1');
});

/** The real server, with its own folder. */
class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'redstart-'));
  private process: ChildProcess | undefined;
  private port = 0;

  async start(): Promise<void> {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    this.port = (free.address() as AddressInfo).port;
    await new Promise((resolve) => free.close(resolve));
    const options = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--enable-debug-command', 'yes'];
    this.process = spawn('redis-server', options, { stdio: 'ignore' });
    await expect(() => expect(this.say('PING')).toBe('PONG')).toPass();
  }

  say(...words: string[]): string {
    return execFileSync('redis-cli', ['--no-raw', '-p', `${this.port}`, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trimEnd();
  }

  end(): void {
    this.process?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test('data goes to redis-server and comes back as an RDB file', async ({ playground, page }) => {
  await playground.open();
  const lines = [
    'SET greeting "h\\xc3\\xa9llo" EX 10000', 'SET number 42', 'RPUSH list a b c', 'SADD ints 1 2 3', 'SADD words x y', 'ZADD scores 1.5 m 2 n',
    'HSET hash f v g w', 'XADD stream 1-1 f v', 'XGROUP CREATE stream group 0', 'PFADD log a b', 'SETBIT bits 7 1',
    'FUNCTION LOAD "#!lua name=lib\\nredis.register_function(\'f\', function() return 7 end)"', 'SELECT 3', 'SET other 1', 'SELECT 0',
  ];
  for (const line of lines) expect((await playground.run(line))[0]).not.toMatch(/error/);
  const open = () => page.getByRole('button', { name: 'Data: save and load' }).click();
  await open();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as dump.rdb' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('dump.rdb');
  const file = readFileSync(await download.path());
  const server = new RedisServer();
  try {
    writeFileSync(join(server.folder, 'dump.rdb'), file);
    expect(execFileSync('redis-check-rdb', [join(server.folder, 'dump.rdb')], { encoding: 'utf8' })).toContain('RDB looks OK');
    await server.start();
    for (const line of [
      'GET number', 'LRANGE list 0 -1', 'SMEMBERS ints', 'ZRANGE scores 0 -1 WITHSCORES', 'HGET hash g', 'XRANGE stream - +', 'PFCOUNT log', 'FCALL f 0',
      'XINFO GROUPS stream', 'GETBIT bits 7', 'OBJECT ENCODING ints', 'OBJECT ENCODING hash', 'GET greeting', 'EXPIRETIME greeting',
    ]) {
      expect(server.say(...line.split(' ')).split('\n'), line).toEqual(await playground.run(line));
    }
    expect(server.say('-n', '3', 'GET', 'other')).toBe('"1"');
    // And the other way.
    server.say('SET', 'made', 'by redis-server');
    server.say('DEL', 'number');
    server.say('SAVE');
    await open();
    await page.getByLabel('Load an RDB file in the place of all keys').setInputFiles(join(server.folder, 'dump.rdb'));
    await expect(page.locator('[role=status]').filter({ hasText: 'Imported: there are 11 keys.' })).toHaveCount(1);
    expect(await playground.run('GET made')).toEqual(['"by redis-server"']);
    expect(await playground.run('EXISTS number')).toEqual(['(integer) 0']);
    // It is in the log, too.
    await expect(async () => expect((await playground.run('INFO persistence')).join('\n')).toMatch(/aof_rewrite_in_progress:0/)).toPass();
    await page.reload();
    await playground.ready();
    expect(await playground.run('GET made')).toEqual(['"by redis-server"']);
    expect(await playground.run('FCALL f 0')).toEqual(['(integer) 7']);
  } finally {
    server.end();
  }
});

test('a file that is no RDB file changes nothing', async ({ playground, page }) => {
  await playground.open();
  await playground.run('SET k v');
  await page.getByRole('button', { name: 'Data: save and load' }).click();
  await page.getByLabel('Load an RDB file in the place of all keys').setInputFiles({ name: 'x.rdb', mimeType: '', buffer: Buffer.from('nonsense') });
  await expect(page.getByRole('alert')).toContainText("The file can't be read, and nothing is changed");
  expect(await playground.run('GET k')).toEqual(['"v"']);
});
