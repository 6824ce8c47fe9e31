/** The package's entries, and its package.json. */

/** `name` is that of the built file, `path` what an import says after the package's name. */
export const entries = [
  { name: 'index', path: '.', file: 'index.ts', browser: true, node: true },
  { name: 'ioredis', path: './ioredis', file: 'ioredis.ts', browser: true, node: true },
  { name: 'redis', path: './redis', file: 'redis.ts', browser: true, node: true },
  { name: 'testing', path: './testing', file: 'testing/index.ts', browser: true, node: true },
  { name: 'testing-vitest', path: './testing/vitest', file: 'testing/vitest.ts', browser: true, node: true },
  { name: 'testing-jest', path: './testing/jest', file: 'testing/jest.ts', node: true },
  { name: 'testing-node', path: './testing/node', file: 'testing/node.ts', node: true },
  { name: 'cache', path: './cache', file: 'cache/index.ts', browser: true, node: true },
  { name: 'react', path: './react', file: 'react.ts', browser: true, node: true },
  { name: 'console', path: './console', file: 'console.ts', browser: true, node: true },
  { name: 'vite', path: './vite', file: 'vite.ts', node: true },
  { name: 'register', path: './register', file: 'register.ts', node: true },
];

export function manifest(version) {
  return {
    name: 'redstart',
    version,
    description: 'An in-memory data store that speaks Redis, inside your program: in Node, in pages, in workers',
    keywords: ['redis', 'in-memory', 'database', 'cache', 'wasm', 'ioredis', 'node-redis', 'bullmq', 'testing', 'mock'],
    license: 'MIT OR Apache-2.0',
    type: 'module',
    // What hooks `net` does so by being imported.
    sideEffects: ['./dist/*/register.js', './dist/*/redis.js', './dist/*/console.js', './dist/shims/*.js'],
    engines: { node: '>=18.18' },
    main: './dist/cjs/index.js',
    module: './dist/node/index.js',
    browser: './dist/browser/index.js',
    types: './dist/types/index.d.ts',
    exports: {
      ...Object.fromEntries(entries.map((entry) => [entry.path, conditions(entry)])),
      './redstart.wasm': './dist/redstart.wasm',
      './package.json': './package.json',
    },
    peerDependencies: { ioredis: '4 || 5 || 6', redis: '4 || 5 || 6', vitest: '>=1', react: '>=18' },
    peerDependenciesMeta: { ioredis: { optional: true }, redis: { optional: true }, vitest: { optional: true }, react: { optional: true } },
    bin: { redstart: './dist/node/bin.js' },
    files: ['dist', 'API.md'],
  };
}

function conditions({ name, file, browser, node }) {
  const types = file.replace(/\.tsx?$/, '.d.ts');
  const inNode = {
    import: { types: `./dist/types/${types}`, default: `./dist/node/${name}.js` },
    require: { types: `./dist/cjs/types/${types}`, default: `./dist/cjs/${name}.js` },
  };
  if (!browser) return inNode;
  const inPages = { types: `./dist/types/${types}`, default: `./dist/browser/${name}.js` };
  return node ? { node: inNode, default: inPages } : inPages;
}
