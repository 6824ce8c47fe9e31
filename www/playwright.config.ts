import { defineConfig, devices } from '@playwright/test';

const chromium = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
};

const port = process.env['PORT'] ?? '4173';
const url = `http://127.0.0.1:${port}/`;

/** A redstart-server with the page built in, which is then looked at, too. */
const server = process.env['REDSTART_SERVER'];
const served = Number(port) + 1;

const desktop = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } };
const together = [
  { name: 'desktop', use: desktop },
  { name: 'phone', use: { ...desktop, viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true } },
  // In the dark only colours differ: what looks at them is run.
  { name: 'dark', use: { ...desktop, colorScheme: 'dark' as const }, grep: /axe|theme|lab-/ },
].map((project) => ({ ...project, testIgnore: ['alone.spec.ts', 'served.spec.ts'] }));

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env['CI'],
  reporter: 'list',
  // Where two cores have more to do than this, what takes seconds alone takes longer.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { baseURL: url, launchOptions: chromium, permissions: ['clipboard-read', 'clipboard-write'] },
  webServer: [
    { command: `npx vite preview --host 127.0.0.1 --port ${port} --strictPort`, url, reuseExistingServer: false },
    ...(server
      ? [{ command: `${server} --bind 127.0.0.1 --port ${served + 1} --http-port ${served} --save ''`, url: `http://127.0.0.1:${served}/`, reuseExistingServer: false }]
      : []),
  ],
  projects: [
    { name: 'alone', testMatch: 'alone.spec.ts', dependencies: together.map(({ name }) => name), use: together[0]!.use },
    ...together,
    ...(server ? [{ name: 'served', testMatch: 'served.spec.ts', use: { ...desktop, baseURL: `http://127.0.0.1:${served}/` } }] : []),
  ],
});
