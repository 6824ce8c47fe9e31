/**
 * Makes `wasm/package` out of `src`: modules for pages, modules and CommonJS for Node, types for each, the engine as a
 * file and as text, and the reference. `cargo xtask package` runs it, after it has written the commands and the engine into `src`.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { entries, manifest } from './manifest.js';
import { reference } from './reference.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = `${here}../package`;
const version = process.argv[2] ?? '0.0.0';

rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/dist`, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: !process.env.READABLE,
  legalComments: 'none',
  target: 'es2022',
  logLevel: 'warning',
  external: ['../inline.js', '../worker-page.js', '../worker-node.js', 'node:*', 'ioredis', 'redis', 'react', 'preact', 'vite', 'vitest'],
};
const alias = (platform) => ({
  '#platform': `./src/load/${platform}.ts`,
  '#hook': `./src/node/${platform === 'node' ? 'hook' : 'route'}.ts`,
});
const inputs = (platform) =>
  Object.fromEntries(entries.filter((entry) => entry[platform]).map(({ name }) => [name, `src/${entryFile(name)}`]));
const entryFile = (name) => entries.find((entry) => entry.name === name).file;

await build({
  ...common,
  entryPoints: inputs('browser'),
  outdir: `${out}/dist/browser`,
  format: 'esm',
  splitting: true,
  alias: alias('browser'),
  minifyIdentifiers: true,
});
await build({
  ...common,
  entryPoints: inputs('node'),
  outdir: `${out}/dist/node`,
  format: 'esm',
  platform: 'node',
  splitting: true,
  alias: alias('node'),
});
await build({
  ...common,
  entryPoints: readdirSync(`${here}src/shims`).map((file) => `src/shims/${file}`),
  outdir: `${out}/dist/shims`,
  format: 'esm',
  splitting: true,
  minifyIdentifiers: true,
  // The libraries themselves, not what they stand for; there is one Buffer for all of them.
  alias: {
    '#buffer': './node_modules/buffer/index.js',
    buffer: './src/shims/buffer.js',
    events: 'events/',
    string_decoder: 'string_decoder/',
  },
});
// Whose work is in there.
const within = ['readable-stream', 'events', 'buffer', 'string_decoder', 'safe-buffer', 'base64-js', 'ieee754', 'abort-controller', 'event-target-shim', 'process'];
const licences = within.flatMap((name) => {
  const folder = `${here}node_modules/${name}`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file)).map((file) => `${name}\n\n${readFileSync(`${folder}/${file}`, 'utf8')}`);
});
writeFileSync(`${out}/dist/shims/LICENSES.txt`, licences.join('\n\n'));
await build({
  ...common,
  entryPoints: { bin: 'src/bin.ts' },
  outdir: `${out}/dist/node`,
  format: 'esm',
  platform: 'node',
  alias: alias('node'),
  banner: { js: '#!/usr/bin/env node' },
});
await build({
  ...common,
  entryPoints: inputs('node'),
  outdir: `${out}/dist/cjs`,
  format: 'cjs',
  platform: 'node',
  alias: alias('node'),
  banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': '__url' },
});
// What is required in the place of ioredis must be the class itself, as ioredis is.
const asClass = 'module.exports=Object.defineProperties(module.exports.default,Object.getOwnPropertyDescriptors(module.exports));\n';
appendFileSync(`${out}/dist/cjs/ioredis.js`, asClass);
// A mock of jest's that is one of these needs the real one within.
for (const name of ['ioredis', 'redis']) {
  const file = `${out}/dist/cjs/${name}.js`;
  const real = `require("${name}")`;
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(real, `(typeof jest=="object"?jest.requireActual("${name}"):${real})`));
}
writeFileSync(`${out}/dist/cjs/package.json`, '{ "type": "commonjs" }\n');

for (const [platform, file, format] of [['browser', 'worker-page', 'iife'], ['node', 'worker-node', 'cjs']]) {
  const worker = await build({
    ...common,
    entryPoints: [`src/load/${file}.ts`],
    format,
    platform,
    minifyIdentifiers: true,
    write: false,
    define: { 'import.meta.url': '"file:///"' },
    alias: alias(platform),
  });
  writeFileSync(`${out}/dist/${file}.js`, `export default ${JSON.stringify(worker.outputFiles[0].text)};\n`);
}

const wasm = readFileSync(`${here}src/wasm/redstart_bg.wasm`);
writeFileSync(`${out}/dist/redstart.wasm`, wasm);
const packed = gzipSync(wasm, { level: 9 });
writeFileSync(`${out}/dist/inline.js`, `export default "${packed.toString('base64')}";\n`);

rmSync(`${here}types`, { recursive: true, force: true });
execFileSync('node_modules/.bin/tsc', ['-p', '.'], { cwd: here, stdio: 'inherit' });
mkdirSync(`${here}types/wasm`);
// The compiler leaves out declarations that it did not write.
copyFileSync(`${here}src/wasm/redstart.d.ts`, `${here}types/wasm/redstart.d.ts`);
for (const format of ['types', 'cjs/types']) cpSync(`${here}types`, `${out}/dist/${format}`, { recursive: true });

writeFileSync(`${out}/package.json`, `${JSON.stringify(manifest(version), null, 2)}\n`);
writeFileSync(`${out}/API.md`, reference(`${here}src`, `${here}types`, entries));
copyFileSync(`${here}README.md`, `${out}/README.md`);
for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(`${here}../../${licence}`, `${out}/${licence}`);

/** What a page loads of the core: its entry and the chunks that this imports at once, gzipped. */
function coreSize() {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(`${out}/dist/browser/${file}`, 'utf8');
    for (const [, chunk] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) visit(chunk);
  };
  visit('index.js');
  return [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(`${out}/dist/browser/${file}`), { level: 9 }).length, 0);
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const core = coreSize();
console.log(`core       ${kB(core)} gzipped (at most 15 kB)`);
console.log(`wasm       ${kB(wasm.length)}, ${kB(packed.length)} gzipped (at most 500 kB)`);
const files = readdirSync(`${out}/dist`, { recursive: true }).map((file) => statSync(`${out}/dist/${file}`));
console.log(`unpacked   ${kB(files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0))}`);
const element = gzipSync(readFileSync(`${out}/dist/browser/console.js`), { level: 9 }).length;
console.log(`console    ${kB(element)} gzipped beside the core (at most 20 kB)`);
if (core > 15_000 || packed.length > 500_000 || element > 20_000) {
  console.error('that is too large');
  process.exit(1);
}

// The tests import it as everybody does: from node_modules, where its peers are.
rmSync(`${here}node_modules/redstart`, { recursive: true, force: true });
cpSync(out, `${here}node_modules/redstart`, { recursive: true });
rmSync(`${here}../examples/node_modules`, { recursive: true, force: true });
symlinkSync('../js/node_modules', `${here}../examples/node_modules`);
