/**
 * How fast the engine's wasm build is by itself: what `benches/native.rs` measures of the native one, in the same way.
 * Prints requests a second, by command, as JSON.
 */
import { keys, store } from './exchange.js';

const rounds = 12;
const roundMs = 100;

const workloads = {
  SET: (i) => ['SET', `key:${i}`, `value:${i}`],
  GET: (i) => ['GET', `key:${i}`],
  ZADD: (i) => ['ZADD', 'ranking', `${i}`, `member:${i}`],
  LRANGE: (i) => ['LRANGE', 'list', `${i % 100}`, `${(i % 100) + 19}`],
};

const { batches, exchange } = await store(new URL('../src/wasm', import.meta.url).pathname);
batches((i) => ['RPUSH', 'list', `element:${i}`]).forEach(exchange);
const rates = {};
for (const [name, request] of Object.entries(workloads)) {
  const all = batches(request);
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    let done = 0;
    while (performance.now() - started < roundMs) {
      all.forEach(exchange);
      done += keys;
    }
    best = Math.max(best, (done / (performance.now() - started)) * 1000);
  }
  rates[name] = Math.round(best);
}
console.log(JSON.stringify(rates));
