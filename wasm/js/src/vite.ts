/**
 * For Vite: lets ioredis and node-redis run in a page, on stores inside it.
 *
 *     // vite.config.js
 *     import { redisInPages } from 'redstart/vite';
 *     export default { plugins: [redisInPages()] };
 *
 * Other bundlers are told the same: `alias` maps the modules of Node that these clients import, and `globals` is to be
 * imported before anything else.
 */
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(`../shims/${name}.js`, import.meta.url));

const shims: Record<string, string> = {
  assert: 'assert',
  async_hooks: 'empty',
  buffer: 'buffer',
  crypto: 'crypto',
  diagnostics_channel: 'diagnostics_channel',
  dns: 'dns',
  'dns/promises': 'dns',
  events: 'events',
  fs: 'empty',
  net: 'net',
  os: 'empty',
  path: 'empty',
  perf_hooks: 'perf_hooks',
  process: 'process',
  stream: 'stream',
  string_decoder: 'string_decoder',
  'timers/promises': 'timers-promises',
  tls: 'tls',
  url: 'url',
  util: 'util',
};

/** Modules of Node, with and without `node:`, and the files that stand in for them. */
export const alias: Record<string, string> = Object.fromEntries(
  Object.entries(shims).flatMap(([name, shim]) => [
    [name, file(shim)],
    [`node:${name}`, file(shim)],
  ]),
);

/** What is to be imported first: `Buffer`, `process` and `setImmediate` for everybody. */
export const globals: string = file('globals');

/** The plugin. */
export function redisInPages(): { name: string; config(): object; transformIndexHtml: object } {
  return {
    name: 'redstart',
    config: () => ({
      define: { global: 'globalThis' },
      resolve: { alias: Object.entries(alias).map(([name, replacement]) => ({ find: new RegExp(`^${name}$`), replacement })) },
    }),
    transformIndexHtml: {
      order: 'pre',
      handler: () => [{ tag: 'script', attrs: { type: 'module' }, children: `import ${JSON.stringify(`/@fs${globals}`)};`, injectTo: 'head-prepend' }],
    },
  };
}
