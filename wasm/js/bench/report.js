/**
 * Runs all of it and prints tables: `node report.js` with `REDIS_PORT`, and the native engine's program in
 * `NATIVE_ENGINE`. Contenders of a table take turns in one run, so its ratios mean something.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const here = new URL('.', import.meta.url).pathname;
const run = (program, args) => JSON.parse(execFileSync(program, args, { cwd: here, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));

const rate = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(2)} M` : n >= 1e3 ? `${(n / 1e3).toFixed(0)} k` : `${n}`);
const times = (a, b) => `${(a / b).toFixed(a / b < 10 ? 2 : 0)}×`;
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const clients = run('node', ['clients.js']);
console.log(`Node ${process.version}, ${cpus()[0].model}. Calls a second; × is against that contender.\n`);
for (const [way, commands] of Object.entries(clients)) {
  console.log(`### ${way}\n`);
  const rows = Object.entries(commands).map(([name, rates]) => {
    const { redstart, 'ioredis-mock': mock, 'js-redis-server': other, 'ioredis, inside': inside, 'ioredis, redis-server': outside } = rates;
    return [name, rate(redstart), `${rate(mock)} (${times(redstart, mock)})`, `${rate(other)} (${times(redstart, other)})`, rate(inside), `${rate(outside)} (${times(inside, outside)})`];
  });
  console.log(table(['', 'redstart', 'ioredis-mock', 'js-redis-server', 'ioredis, inside', 'ioredis, redis-server'], rows), '\n');
}

const best = {};
for (let turn = 0; turn < 3; turn++) {
  for (const [side, rates] of [['native', run(process.env.NATIVE_ENGINE, [])], ['wasm', run('node', ['engine.js'])]]) {
    for (const [name, measured] of Object.entries(rates)) {
      (best[name] ??= {})[side] = Math.max(best[name][side] ?? 0, measured);
    }
  }
}
console.log('### the engine by itself, 100 requests at a time\n');
console.log(table(['', 'wasm', 'native', 'wasm / native'], Object.entries(best).map(([name, { wasm, native }]) => [name, rate(wasm), rate(native), times(wasm, native)])));
