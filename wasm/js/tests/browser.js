// A browser, and a server for pages: nothing but files, with headers as strict as they can be.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const dist = fileURLToPath(new URL('../../package/dist', import.meta.url));

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' };

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });

/** Serves folders by the paths that begin with their names. `answer` may take a path for itself. */
export async function serve(folders, { csp, answer } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    if (csp) response.setHeader('content-security-policy', csp);
    const own = answer?.(path);
    if (own !== undefined) return response.writeHead(own.status ?? 200, { 'content-type': own.type ?? 'text/html' }).end(own.body);
    const [name, folder] = Object.entries(folders).find(([name]) => path.startsWith(name)) ?? [];
    const rest = name && (path.slice(name.length) || 'index.html');
    const body = folder && (await readFile(join(folder, rest)).catch(() => undefined));
    if (!body) return response.writeHead(404).end();
    response.setHeader('content-type', types[extname(rest)] ?? 'application/octet-stream').end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    end: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

// A page that has the package as `redstart`, under a policy as strict as can be.
export const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self'";
export const page = { body: '<!doctype html><title>test</title><script type="module" src="/app.js"></script>' };
const app = { type: 'text/javascript', body: "import * as redstart from '/dist/browser/index.js'; globalThis.redstart = redstart;" };
export const answer = (path) => (path === '/' ? page : path === '/app.js' ? app : undefined);

export const serveStrictly = () => serve({ '/dist/': dist }, { csp: strict, answer });

/** A tab of that site, once the package is there. What goes wrong in it fails the test. */
export async function tab(context, url) {
  const it = await context.newPage();
  it.on('pageerror', (error) => {
    throw error;
  });
  await it.goto(url);
  await it.waitForFunction(() => globalThis.redstart);
  return it;
}
