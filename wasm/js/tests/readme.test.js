// The first example of the README works when it is pasted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const here = fileURLToPath(new URL('..', import.meta.url));

test('the first example prints what it says', () => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync(`${here}README.md`, 'utf8'));
  const said = [...example.matchAll(/console\.log.*\/\/ (.*)/g)].map(([, text]) => text);
  const printed = execFileSync('node', ['--input-type=module', '--eval', example], { cwd: here, encoding: 'utf8' });
  const plain = (text) => text.replace(/[\s]+/g, ' ').replace(/\[ /g, '[').replace(/ \]/g, ']').trim();
  assert.equal(said.length, 2);
  assert.equal(plain(printed), plain(said.join('\n')));
});
