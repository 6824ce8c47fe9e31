// What pages keep, in IndexedDB and in the files of a site: reloads, tabs that share it, their ends, and a full disk.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { launch, serveStrictly, tab } from './browser.js';

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

for (const url of ['idb://shop', 'opfs://shop']) {
  describe(url, () => {
    /** Tabs that open the database and have it as `db`; their storage is gone afterwards. */
    async function tabs(t, count, { quotaSize, ...options } = {}) {
      const context = await browser.newContext();
      t.after(() => context.close());
      const all = [];
      for (let n = 0; n < count; n++) {
        const it = await tab(context, site.url);
        if (quotaSize) await quota(it, quotaSize);
        await open(it, options);
        all.push(it);
      }
      return all;
    }

    const open = (it, options = {}) =>
      it.evaluate(async ([url, options]) => {
        globalThis.db = await redstart.open(url, options);
        // The page's other work has its turn.
        globalThis.turn = () => new Promise((resolve) => setTimeout(resolve));
      }, [url, options]);

    test('what is written is there after a reload', async (t) => {
      for (const options of [{ appendfsync: 'always' }, { appendfsync: 'everysec', worker: true }, { appendfsync: 'no' }]) {
        const [it] = await tabs(t, 1, options);
        await it.evaluate(async () => {
          await db.hset('h', { a: 1 });
          await db.close();
        });
        await it.reload();
        await it.waitForFunction(() => globalThis.redstart);
        await open(it, options);
        assert.equal(await it.evaluate(() => db.hget('h', 'a')), '1', options.appendfsync);
      }
    });

    test('two tabs share a database, messages included', async (t) => {
      const [one, two] = await tabs(t, 2);
      await one.evaluate(() => db.set('k', 'from one'));
      assert.equal(await two.evaluate(() => db.get('k')), 'from one');
      await two.evaluate(() => (globalThis.news = db.subscribe('news')).ready);
      await one.evaluate(() => db.publish('news', 'across tabs'));
      assert.equal(await two.evaluate(async () => (await news.next()).value.message), 'across tabs');
      assert.ok((await two.evaluate(async () => (await db.save()).size)) > 20);
    });

    const ends = {
      'is closed': (it) => it.close(),
      async crashes(it) {
        const devtools = await it.context().newCDPSession(it);
        const crashed = once(it, 'crash');
        // It has nobody left to answer.
        devtools.send('Page.crash').catch(() => {});
        await crashed;
      },
    };
    for (const [how, endIt] of Object.entries(ends)) {
      test(`when the leading tab ${how}, nothing is lost that was acknowledged, and who waited is told`, async (t) => {
        const [one, two] = await tabs(t, 2, { appendfsync: 'always' });
        let lastOfOne = 0;
        await one.exposeFunction('acknowledged', (n) => (lastOfOne = n));
        await one.evaluate(() => {
          const write = async (n) => {
            await db.set('one', n);
            acknowledged(n);
            await turn();
            return write(n + 1);
          };
          void write(1);
        });
        const acknowledgedByTwo = two.evaluate(async () => {
          const failed = [];
          let last = 0;
          for (let n = 1; failed.length === 0; n++) {
            await db.set('two', n).then(() => (last = n), ({ name }) => failed.push(name));
            await turn();
            if (n === 20) globalThis.isWriting = true;
          }
          return { last, failed };
        });
        await two.waitForFunction(() => globalThis.isWriting);
        const waiting = two.evaluate(() => db.xread({ BLOCK: 0, STREAMS: ['log', '$'] }).then((it) => [...it.keys()]));
        await endIt(one);
        const { last, failed } = await acknowledgedByTwo;
        assert.deepEqual(failed, ['OutcomeUnknownError']);
        const kept = (await two.evaluate(() => db.mget('one', 'two'))).map(Number);
        assert.ok(lastOfOne > 0 && kept[0] >= lastOfOne, `${kept[0]} is kept, ${lastOfOne} was acknowledged`);
        assert.ok(kept[1] >= last, `${kept[1]} is kept, ${last} was acknowledged`);
        // What only reads is asked again, of the tab that leads now.
        await two.evaluate(() => db.xadd('log', '*', { a: 1 }));
        assert.deepEqual(await waiting, ['log']);
      });
    }

    test('a database that a tab has alone is refused to others', async (t) => {
      const [one, two] = await tabs(t, 2, { tabs: 'shared' });
      const close = () => db.close();
      await two.evaluate(close);
      await one.evaluate(close);
      const openAlone = (it) =>
        it.evaluate((url) => redstart.open(url, { tabs: 'alone' }).then((db) => ((globalThis.db = db), 'open'), ({ name, message }) => `${name}: ${message}`), url);
      assert.equal(await openAlone(one), 'open');
      assert.equal(await openAlone(two), `LockedError: ${url} is already open in another tab`);
      // Nor is it shared meanwhile, or waited for.
      const openShared = (it) => it.evaluate((url) => redstart.open(url).then(() => 'open', ({ name, message }) => `${name}: ${message}`), url);
      assert.equal(await openShared(two), `LockedError: ${url} is already open in another tab, which has it alone`);
      await one.evaluate(close);
      assert.equal(await openAlone(two), 'open');
    });

    test('data to begin with are taken once, and by nobody while it is open', async (t) => {
      const [one, two] = await tabs(t, 2, { appendfsync: 'always' });
      await one.evaluate(() => db.set('k', 'written'));
      const begun = (it) =>
        it.evaluate(async (url) => {
          const other = await redstart.open();
          await other.set('k', 'to begin with');
          const rdb = await other.save();
          return redstart.open(url, { rdb, appendfsync: 'always' }).then((db) => ((globalThis.db = db), 'open'), ({ name, message }) => `${name}: ${message}`);
        }, url);
      assert.equal(await begun(two), `LockedError: ${url} is already open, so it can’t begin with other data: close it there first`);
      await two.evaluate(() => db.close());
      await one.evaluate(() => db.close());
      assert.equal(await begun(one), 'open');
      assert.equal(await one.evaluate(() => db.get('k')), 'to begin with');
      await open(two, { appendfsync: 'always' });
      await one.evaluate(() => db.set('k', 'written since'));
      await one.close();
      assert.equal(await two.evaluate(() => db.get('k')), 'written since');
    });

    test('a snapshot that is there is not passed over', async (t) => {
      const [it] = await tabs(t, 1, { appendfsync: 'no' });
      await it.evaluate(async () => {
        await db.set('k', 'v');
        await db.close();
      });
      await open(it);
      assert.equal(await it.evaluate(() => db.get('k')), 'v');
      await it.evaluate(() => db.close());
      const refused = await it.evaluate((url) => redstart.open(url, { appendfsync: 'no' }).catch(({ message }) => message), url);
      assert.match(refused, /append-only file, which appendfsync 'no' would not read/);
    });

    /** Lets the site have so much storage, or any again. */
    async function quota(it, quotaSize) {
      it.devtools ??= await it.context().newCDPSession(it);
      await it.devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize });
    }

    /** Writes until that is refused; gives the words of the refusal. */
    const fill = (it) =>
      it.evaluate(async () => {
        for (let n = 0; n < 1000; n++) {
          try {
            await db.set(`k${n}`, crypto.getRandomValues(new Uint8Array(60_000)));
          } catch ({ name, message }) {
            return `${name}: ${message}`;
          }
          // What is written is refused on a later turn.
          await turn();
        }
      });
    const full = 'No space left on device: the browser gives this site no more room';

    test('when the browser gives no more room, writes are refused until it does', async (t) => {
      const [it, other] = await tabs(t, 2, { quotaSize: 1_000_000 });
      assert.equal(await fill(it), `ReplyError: MISCONF Errors writing to the AOF file: ${full}`);
      assert.match(await fill(other), /^ReplyError: MISCONF /);
      assert.equal(await other.evaluate(() => db.strlen('k0')), 60_000);
      await quota(it);
      await it.evaluate(async () => {
        const isRefused = () => db.set('again', 1).then(() => false, () => true);
        while (await isRefused()) await turn();
      });
      await other.evaluate(() => db.close());
      await it.evaluate(() => db.close());
      await it.reload();
      await it.waitForFunction(() => globalThis.redstart);
      await open(it);
      assert.deepEqual(await it.evaluate(async () => [await db.strlen('k0'), await db.get('again')]), [60_000, '1']);
    });

    test('with appendfsync always the store ends then, and whoever has it is told', async (t) => {
      const [it, other] = await tabs(t, 2, { appendfsync: 'always', quotaSize: 1_000_000 });
      const ended = new RegExp(`^EngineError: the store ended: .*${full}`);
      assert.match(await fill(it), ended);
      assert.match(await fill(other), ended);
      await quota(it);
      await other.evaluate(() => db.close());
      await it.evaluate(() => db.close());
      await open(it, { appendfsync: 'always' });
      assert.equal(await it.evaluate(() => db.strlen('k0')), 60_000);
    });
  });
}
