// The clients that were written for Node, in a page, with what stands in for Node there: all their majors by Vite, the
// latest by the other bundlers, as the README says.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { alias, globals, redisInPages } from 'redstart/vite';
import { developedSays, folderWithPackage, html, installed, listener, packed, withPage } from './built.js';

const folder = folderWithPackage();
const { says, servedSays } = listener();

// Text, a pipeline, messages, waiting, a script by its digest: each once.
const programs = {
  ioredis: `
    import { open } from 'redstart';
    import Redis, { connector } from 'redstart/ioredis';
    const redis = new Redis({ Connector: connector(await open('memory:')) });
    const said = [await redis.set('k', 'ü'), await redis.get('k')];
    said.push(...(await redis.pipeline().incr('n').incr('n').exec()).map(([, n]) => n));
    const other = redis.duplicate();
    const heard = new Promise((resolve) => other.on('message', (channel, message) => resolve(message)));
    await other.subscribe('news');
    await redis.publish('news', 'hello');
    said.push(await heard);
    const waiting = redis.duplicate().blpop('q', 0);
    await redis.rpush('q', 'x');
    said.push((await waiting)[1]);
    redis.defineCommand('twice', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)" });
    said.push(await redis.twice('n', 20), await redis.twice('n', 1));
    globalThis.said = said.join();`,
  redis: `
    import { open } from 'redstart';
    import { createClient, path } from 'redstart/redis';
    const client = createClient({ socket: { path: path(await open('memory:')) } });
    await client.connect();
    const said = [await client.set('k', 'ü'), await client.get('k')];
    said.push(...(await Promise.all([client.incr('n'), client.incr('n')])));
    const connected = async () => {
      const other = client.duplicate();
      await other.connect();
      return other;
    };
    const [listener, waiter] = [await connected(), await connected()];
    const heard = new Promise((resolve) => void listener.subscribe('news', resolve).then(() => client.publish('news', 'hello')));
    said.push(await heard);
    const waiting = waiter.blPop('q', 0);
    await client.rPush('q', 'x');
    said.push((await waiting).element);
    const twice = { keys: ['n'], arguments: ['20'] };
    said.push(await client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)", twice));
    const digest = await client.scriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)");
    said.push(await client.evalSha(digest, { ...twice, arguments: ['1'] }));
    globalThis.said = said.join();`,
};
const told = 'OK,ü,1,2,hello,x,42,44';

for (const [name, program] of Object.entries(programs)) {
  mkdirSync(`${folder}/${name}`);
  writeFileSync(`${folder}/${name}/main.js`, program);
  writeFileSync(`${folder}/${name}/index.html`, html);
}

/** The clients are where they are installed, each in the place of its name. */
const versions = { ioredis: ['ioredis-4', 'ioredis-5', 'ioredis'], redis: ['redis-4', 'redis-5', 'redis'] };
const config = (name, version) => ({
  root: `${folder}/${name}`,
  logLevel: 'error',
  configFile: false,
  plugins: [redisInPages()],
  resolve: { alias: [{ find: new RegExp(`^${name}$`), replacement: `${installed}${version}` }] },
});

// For webpack a name without `$` stands for what is below it, too.
const exactly = Object.fromEntries(Object.entries(alias).map(([name, file]) => [`${name}$`, file]));

for (const [name, all] of Object.entries(versions)) {
  for (const version of all) {
    test(`${version} in a page, by Vite`, async () => {
      const outDir = `${folder}/built-${version}`;
      await build({ ...config(name, version), build: { outDir, target: 'es2022' } });
      assert.equal(await servedSays({ '/': outDir }), told);
    });
  }

  test(`${name}, while one develops`, async () => {
    assert.equal(await developedSays(says, createServer, config(name, name)), told);
  });

  test(`${name} by esbuild`, async () => {
    await esbuild({
      absWorkingDir: folder,
      entryPoints: [`${name}/main.js`],
      bundle: true,
      format: 'esm',
      splitting: true,
      outdir: `esbuild-${name}`,
      alias: { ...alias, [name]: `${installed}${name}` },
      inject: [globals],
      define: { global: 'globalThis' },
      logLevel: 'error',
    });
    assert.equal(await servedSays({ '/': `${folder}/esbuild-${name}` }, withPage), told);
  });

  test(`${name} by webpack`, async () => {
    await packed(webpack, {
      folder,
      entry: [globals, `./${name}/main.js`],
      into: `webpack-${name}`,
      resolve: { alias: { ...exactly, [`${name}$`]: `${installed}${name}` } },
      plugins: [
        new webpack.NormalModuleReplacementPlugin(/^node:/, (it) => {
          it.request = it.request.slice('node:'.length);
        }),
      ],
    });
    assert.equal(await servedSays({ '/': `${folder}/webpack-${name}` }, withPage), told);
  });
}
