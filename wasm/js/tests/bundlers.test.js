// The package in what people build with, none of it configured for it: each build runs in a browser or in Node.
// Other versions and Next are in ../matrix.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build, createServer } from 'vite';
import webpack from 'webpack';
import { dist } from './browser.js';
import { app, developedSays, folderWithPackage, html, listener, packed, withPage } from './built.js';

const folder = folderWithPackage();
const { says, servedSays } = listener();

test('Vite, built', async () => {
  await build({ root: folder, logLevel: 'error', build: { outDir: 'vite', target: 'es2022' } });
  assert.equal(await servedSays({ '/': `${folder}/vite` }), 'v,v');
});

test('Vite, while one develops', async () => {
  assert.equal(await developedSays(says, createServer, { root: folder }), 'v,v');
});

test('webpack', async () => {
  await packed(webpack, { folder, entry: './main.js', into: 'webpack' });
  assert.equal(await servedSays({ '/': `${folder}/webpack` }, withPage), 'v,v');
});

test('esbuild', async () => {
  await esbuild({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, format: 'esm', splitting: true, outdir: 'esbuild', logLevel: 'error' });
  assert.equal(await servedSays({ '/': `${folder}/esbuild` }, withPage), 'v,v');
});

test('no bundler, an import map', async () => {
  const map = '<script type="importmap">{ "imports": { "redstart": "/dist/browser/index.js" } }</script>';
  const answer = (path) => (path === '/' ? { body: html.replace('<script', `${map}<script`) } : undefined);
  assert.equal(await servedSays({ '/dist/': dist, '/': folder }, { answer }), 'v,v');
});

test('Node: as a module, as CommonJS, and bundled by esbuild', async () => {
  const node = (file) => execFileSync('node', [file], { cwd: folder, encoding: 'utf8' });
  writeFileSync(`${folder}/print.mjs`, `${app}\nconsole.log(globalThis.said);`);
  assert.equal(node('print.mjs'), 'v,v\n');
  writeFileSync(`${folder}/print.cjs`, `const { open } = require('redstart');\n(async () => {${app.replace(/import.*/, '')}\nconsole.log(globalThis.said) })();`);
  assert.equal(node('print.cjs'), 'v,v\n');
  await esbuild({ absWorkingDir: folder, entryPoints: ['print.mjs'], bundle: true, format: 'esm', platform: 'node', outfile: 'bundled/print.mjs', logLevel: 'error' });
  assert.equal(node('bundled/print.mjs'), 'v,v\n');
});
