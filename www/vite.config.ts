import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** Pages may load nothing but their own files; what stands inline is named by its hash. */
function policy(): Plugin {
  return {
    name: 'redstart-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
          ([, body]) => `'sha256-${createHash('sha256').update(body!).digest('base64')}'`,
        );
        const csp = [
          `default-src 'none'`,
          `script-src 'self' 'wasm-unsafe-eval' ${hashes.join(' ')}`,
          `style-src 'self'`,
          `img-src 'self' data:`,
          `connect-src 'self'`,
          `worker-src 'self' blob:`,
          `manifest-src 'self'`,
          `base-uri 'none'`,
          `form-action 'none'`,
        ].join('; ');
        return html.replace('<!-- policy -->', `<meta http-equiv="Content-Security-Policy" content="${csp}">`);
      },
    },
  };
}

/**
 * The worker starts before the page's own script is there, and the engine is fetched at once. What the worker tells meanwhile
 * waits for the script (src/engine.ts).
 */
function headStart(): Plugin {
  return {
    name: 'redstart-head-start',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const find = (pattern: RegExp) => `./${Object.keys(bundle ?? {}).find((file) => pattern.test(file))}`;
        const wasm = `<link rel="prefetch" as="fetch" type="application/wasm" crossorigin href="${find(/\.wasm$/)}">`;
        const start = `const worker=new Worker('${find(/worker-[\w-]+\.js$/)}',{type:'module',name:'redstart'}),early=[];worker.onmessage=worker.onerror=(event)=>early.push(event);self.redstart={worker,early}`;
        return html.replace('<!-- head start -->', `<script>{${start}}</script>\n    ${wasm}`);
      },
    },
  };
}

/** A service worker that keeps this build's files, so that the page opens without a network. */
function offline(): Plugin {
  return {
    name: 'redstart-offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle).filter((file) => !/\.(html|map)$/.test(file)).sort();
        const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
        const keep = JSON.stringify(['./', './favicon.svg', ...files.map((file) => `./${file}`)]);
        this.emitFile({
          type: 'asset',
          fileName: 'offline.js',
          source: `const name = 'redstart-${version}';
const keep = ${keep};
addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(keep)).then(() => skipWaiting()));
});
addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((other) => other.startsWith('redstart-') && other !== name).map((other) => caches.delete(other))))
      .then(() => clients.claim()),
  );
});
addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(() => caches.match('./', { ignoreVary: true })));
  } else {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});
`,
        });
      },
    },
  };
}

/** A page that is isolated gets a finer clock, for the time each command took. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  base: './',
  plugins: [headStart(), policy(), offline()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { headers },
  preview: { headers },
});
