// In a page: loading without any configuration, and strict policies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, dist, launch, page, serve, serveStrictly, strict, tab } from './browser.js';

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await serveStrictly();
});
after(async () => {
  await browser.close();
  await site.end();
});

/** A context of its own for a test: its storage is gone afterwards. */
async function visit(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

for (const worker of [false, true]) {
  test(`a page under a strict policy${worker ? ', with a worker' : ''}`, async (t) => {
    const it = await tab(await visit(t), site.url);
    const said = await it.evaluate(async (worker) => {
      const db = await redstart.open('memory:', { worker });
      await db.set('k', 'é');
      const waiting = db.blpop('q', 0);
      await db.rpush('q', 'x');
      const news = db.subscribe('news');
      await news.ready;
      await db.publish('news', 'hi');
      const heard = (await news.next()).value.message;
      const copy = await redstart.open('memory:', { worker, rdb: await db.save() });
      const said = [await db.get('k'), await waiting, heard, await copy.get('k'), await db.incr('k').catch(({ name }) => name)];
      await Promise.all([db.close(), copy.close()]);
      return said;
    }, worker);
    assert.deepEqual(said, ['é', ['q', 'x'], 'hi', 'é', 'ReplyError']);
  });
}

test('where the engine’s file is not, or a page is in its place, it comes out of the code', async (t) => {
  for (const wasm of [{ status: 404, body: '' }, page]) {
    const other = await serve({ '/dist/': dist }, {
      csp: strict,
      answer: (path) => (path.endsWith('.wasm') ? wasm : answer(path)),
    });
    const it = await tab(await visit(t), other.url);
    assert.equal(await it.evaluate(async () => (await redstart.open()).ping()), 'PONG');
    await it.close();
    await other.end();
  }
});

test('without the permission of the policy it is told what is missing', async (t) => {
  const other = await serve({ '/dist/': dist }, { csp: strict.replace("'wasm-unsafe-eval'", ''), answer });
  const it = await tab(await visit(t), other.url);
  const said = await it.evaluate(() => redstart.open().catch(({ name, message }) => `${name}: ${message}`));
  assert.match(said, /^EngineError: the engine can’t be started: .*(wasm|Content Security Policy)/i);
  await other.end();
});

test('what a page can’t do is told', async (t) => {
  const it = await tab(await visit(t), site.url);
  const said = await it.evaluate(async () => {
    const db = await redstart.open();
    const messages = [];
    await redstart.open('file:./data').catch(({ message }) => messages.push(message));
    await db.listen().catch(({ message }) => messages.push(message));
    try {
      db.Connector;
    } catch ({ message }) {
      messages.push(message);
    }
    return messages;
  });
  assert.match(said.join('\n'), /a page has no folders for file:.\/data; idb:\/\/ and opfs:\/\/ keep data there[^]*no ports to listen at[^]*redstart\/ioredis/);
});

test('a console for any page', async (t) => {
  const body = '<!doctype html><title>test</title><script type="module" src="/dist/browser/console.js"></script><redstart-console>SET greeting "hello there"\nLRANGE none 0 -1</redstart-console>';
  const other = await serve({ '/dist/': dist }, { csp: strict, answer: (path) => (path === '/' ? { body } : undefined) });
  const context = await visit(t);
  const it = await context.newPage();
  await it.goto(other.url);
  const lines = it.locator('redstart-console li');
  await lines.nth(3).waitFor();
  const input = it.getByLabel('Command').last();
  const type = async (line, count) => {
    await input.fill(line);
    await input.press('Enter');
    await lines.nth(count - 1).waitFor();
  };
  await type('GET greeting', 6);
  await type('RPUSH l a "b c"', 8);
  await type('LRANGE l 0 -1', 10);
  await type('INCR greeting', 12);
  await type('GET "open', 14);
  await input.press('ArrowUp');
  await input.press('ArrowUp');
  assert.equal(await input.inputValue(), 'INCR greeting');
  assert.deepEqual(await lines.allTextContents(), [
    '> SET greeting "hello there"', 'OK', '> LRANGE none 0 -1', '(empty array)', '> GET greeting', '"hello there"',
    '> RPUSH l a "b c"', '(integer) 2', '> LRANGE l 0 -1', '1) "a"\n2) "b c"',
    '> INCR greeting', '(error) ERR value is not an integer or out of range', '> GET "open', '(error) unbalanced quotes',
  ]);
  // Given another store, it knows the other protocol, too; and it says what is wrong.
  const later = await it.evaluate(async () => {
    const { open } = await import('/dist/browser/index.js');
    const element = document.createElement('redstart-console');
    const own = await element.run('PING').then(() => element.db !== undefined);
    const wrong = (() => { try { element.db = 5; } catch ({ message }) { return message; } })();
    const db = await open();
    await db.hset('h', { a: 1 });
    element.db = db;
    for (const line of ['HELLO 3', 'HGETALL h', 'ZADD z 1.5 a', 'ZSCORE z a', 'GET none', 'SMEMBERS none']) await element.run(line);
    await db.close();
    await element.run('PING');
    return [own, wrong, [...element.shadowRoot.querySelectorAll('li')].map(({ textContent }) => textContent).slice(4)];
  });
  assert.deepEqual(later, [true, '<redstart-console>: db is a number; it must be a database, as open() gives one', [
    '> HGETALL h', '1# "a" => "1"', '> ZADD z 1.5 a', '(integer) 1', '> ZSCORE z a', '(double) 1.5', '> GET none', '(nil)',
    '> SMEMBERS none', '(empty set)', '> PING', '(error) memory: is closed',
  ]]);
  await other.end();
});
