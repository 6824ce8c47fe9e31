// The types, as a program in TypeScript has them: for modules of Node, and for bundlers; those of the package checked, too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const here = fileURLToPath(new URL('..', import.meta.url));

for (const [name, more] of [['Node', []], ['bundlers', ['--module', 'esnext', '--moduleResolution', 'bundler']]]) {
  test(`what programs write has its types: ${name}`, () => {
    const { status, stdout } = spawnSync('node_modules/.bin/tsc', ['-p', 'tests/typescript', ...more], { cwd: here, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
}
