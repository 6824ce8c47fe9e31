/**
 * How fast the engine's wasm build is by itself: what `benches/native.rs` measures of the native one, in the same way.
 * Prints requests a second, by command, as JSON.
 */
import { readFileSync } from 'node:fs';
import { initSync, Redstart } from '../src/wasm/redstart.js';

/** Requests in one exchange. */
const batch = 100;
/** Keys, members and elements. */
const keys = 10_000;
const rounds = 12;
const roundMs = 100;

const { memory } = initSync({ module: readFileSync(new URL('../src/wasm/redstart_bg.wasm', import.meta.url)) });
const store = new Redstart(1n, 1.7e12, 0);
const id = store.connect();

function exchange(bytes) {
  const input = store.input(bytes.length);
  new Uint8Array(memory.buffer).set(bytes, input);
  const now = performance.now();
  store.exchange(id, bytes.length, 1.7e12 + now, now);
  if (new Uint8Array(memory.buffer)[store.output()] === 0x2d) throw new Error('the store refused');
}

const workloads = {
  SET: (i) => ['SET', `key:${i}`, `value:${i}`],
  GET: (i) => ['GET', `key:${i}`],
  ZADD: (i) => ['ZADD', 'ranking', `${i}`, `member:${i}`],
  LRANGE: (i) => ['LRANGE', 'list', `${i % 100}`, `${(i % 100) + 19}`],
};

function batches(request) {
  const wire = (i) => {
    const words = request(i);
    return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
  };
  const encoder = new TextEncoder();
  return Array.from({ length: keys / batch }, (_, n) =>
    encoder.encode(Array.from({ length: batch }, (_, i) => wire(n * batch + i)).join('')),
  );
}

for (const bytes of batches((i) => ['RPUSH', 'list', `element:${i}`])) exchange(bytes);
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
