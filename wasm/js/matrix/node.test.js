// The tests of the package that need no browser, in other versions of Node.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const here = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('..', import.meta.url));
const tests = readdirSync(`${sources}tests`).filter((file) => file.endsWith('.test.js'));
const without = (imports) => tests.filter((file) => !imports.test(readFileSync(`${sources}tests/${file}`, 'utf8')));
const inNode = without(/from '\.\/(browser|built)\.js'/);
// The latest clients and runners want a later Node than 18.
const byVersion = { 18: without(/browser\.js|built\.js|servers\.js|redis'|runners/), 22: inNode, 24: inNode };

for (const [version, files] of Object.entries(byVersion)) {
  const bin = `${here}node_modules/node-${version}/bin`;
  for (const file of files) {
    test(`Node ${version}, ${file}`, () => {
      const env = { ...process.env, PATH: bin + delimiter + process.env.PATH, NODE_TEST_CONTEXT: undefined };
      const { status, stdout, stderr } = spawnSync('node', ['--test', '--test-reporter=spec', `tests/${file}`], { cwd: sources, encoding: 'utf8', env, timeout: 240_000 });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /ℹ pass [1-9]/);
    });
  }
}
