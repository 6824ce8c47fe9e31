// In a page: loading without any configuration, strict policies, what is kept, and tabs that share it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dist, launch, serve } from './browser.js';

const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self'";
const page = { body: '<!doctype html><title>test</title><script type="module" src="/app.js"></script>' };
const app = { type: 'text/javascript', body: "import * as redstart from '/dist/browser/index.js'; globalThis.redstart = redstart;" };
const answer = (path) => (path === '/' ? page : path === '/app.js' ? app : undefined);

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await serve({ '/dist/': dist }, { csp: strict, answer });
});
after(async () => {
  await browser.close();
  await site.end();
});

/** A tab of the site, once the package is there. What goes wrong in it fails the test. */
async function tab(context, url = site.url) {
  const it = await context.newPage();
  it.on('pageerror', (error) => {
    throw error;
  });
  await it.goto(url);
  await it.waitForFunction(() => globalThis.redstart);
  return it;
}

/** A context of its own for a test: its storage is gone afterwards. */
async function visit(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

for (const worker of [false, true]) {
  test(`a page under a strict policy${worker ? ', with a worker' : ''}`, async (t) => {
    const it = await tab(await visit(t));
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

test('what is written is there after a reload', async (t) => {
  for (const [appendfsync, worker] of [['always', false], ['everysec', true], ['no', false]]) {
    const it = await tab(await visit(t));
    await it.evaluate(async ([appendfsync, worker]) => {
      const db = await redstart.open('idb://shop', { appendfsync, worker });
      await db.hset('h', { a: 1 });
      await db.close();
    }, [appendfsync, worker]);
    await it.reload();
    await it.waitForFunction(() => globalThis.redstart);
    const read = await it.evaluate(async ([appendfsync, worker]) => {
      const db = await redstart.open('idb://shop', { appendfsync, worker });
      return db.hget('h', 'a');
    }, [appendfsync, worker]);
    assert.equal(read, '1', appendfsync);
  }
});

test('two tabs share a database, messages included', async (t) => {
  const context = await visit(t);
  const [one, two] = [await tab(context), await tab(context)];
  for (const it of [one, two]) {
    await it.evaluate(async () => {
      globalThis.db = await redstart.open('idb://shop');
    });
  }
  await one.evaluate(() => db.set('k', 'from one'));
  assert.equal(await two.evaluate(() => db.get('k')), 'from one');
  await two.evaluate(() => (globalThis.news = db.subscribe('news')).ready);
  await one.evaluate(() => db.publish('news', 'across tabs'));
  assert.equal(await two.evaluate(async () => (await news.next()).value.message), 'across tabs');
  const size = await two.evaluate(async () => (await db.save()).size);
  assert.ok(size > 20);
});

test('the end of the leading tab loses nothing that was acknowledged, and is told to who waited', async (t) => {
  const context = await visit(t);
  const [one, two] = [await tab(context), await tab(context)];
  const openIt = (it) =>
    it.evaluate(async () => {
      globalThis.db = await redstart.open('idb://shop', { appendfsync: 'always' });
    });
  await openIt(one);
  await openIt(two);
  const acknowledged = two.evaluate(async () => {
    const failed = [];
    let last = 0;
    for (let n = 1; failed.length === 0 && n < 100_000; n++) {
      await db.set('n', n).then(() => (last = n), ({ name }) => failed.push(name));
      if (n === 20) globalThis.isWriting = true;
    }
    return { last, failed };
  });
  await two.waitForFunction(() => globalThis.isWriting);
  const waiting = two.evaluate(() => db.xread({ BLOCK: 0, STREAMS: ['log', '$'] }).then((it) => [...it.keys()]));
  await one.close();
  const { last, failed } = await acknowledged;
  assert.deepEqual(failed, ['OutcomeUnknownError']);
  const kept = Number(await two.evaluate(() => db.get('n')));
  assert.ok(kept >= last, `${kept} is kept, ${last} was acknowledged`);
  // What only reads is asked again, of the tab that leads now.
  await two.evaluate(() => db.xadd('log', '*', { a: 1 }));
  assert.deepEqual(await waiting, ['log']);
});

test('a database that a tab has alone is refused to others', async (t) => {
  const context = await visit(t);
  const [one, two] = [await tab(context), await tab(context)];
  const openAlone = () => redstart.open('idb://shop', { tabs: 'alone' }).then((db) => ((globalThis.db = db), 'open'), ({ name, message }) => `${name}: ${message}`);
  assert.equal(await one.evaluate(openAlone), 'open');
  assert.equal(await two.evaluate(openAlone), 'LockedError: idb://shop is already open in another tab');
  await one.evaluate(() => db.close());
  assert.equal(await two.evaluate(openAlone), 'open');
});

test('what a page can’t do is told', async (t) => {
  const it = await tab(await visit(t));
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
  assert.match(said.join('\n'), /a page has no folders[^]*no ports to listen at[^]*redstart\/ioredis/);
});
