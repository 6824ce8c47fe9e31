/**
 * Where the engine's wasm build spends its time: `node hot.js FOLDER` with a build that has the names of its functions.
 * Prints a line for each function and each frequent request: hundredths of the time, and the name.
 */
import { Session } from 'node:inspector';
import { store } from './exchange.js';

const roundMs = 1000;

const workloads = {
  set: (i) => ['SET', `key:${i}`, `value:${i}`],
  get: (i) => ['GET', `key:${i}`],
  incr: (i) => ['INCR', `counter:${i}`],
  hset: (i) => ['HSET', `hash:${i % 100}`, `field:${i}`, `${i}`],
  hget: (i) => ['HGET', `hash:${i % 100}`, `field:${i}`],
  zadd: (i) => ['ZADD', 'ranking', `${i}`, `member:${i}`],
  rpush: (i) => ['RPUSH', `queue:${i % 100}`, `element:${i}`],
  lrange: (i) => ['LRANGE', 'list', `${i % 100}`, `${(i % 100) + 19}`],
  lpop: (i) => ['LPOP', `queue:${i % 100}`],
  sadd: (i) => ['SADD', `set:${i % 100}`, `member:${i}`],
  expire: (i) => ['EXPIRE', `key:${i}`, '1000'],
  del: (i) => ['DEL', `gone:${i}`],
};

/** As they come from a program that waits for each answer. */
const oneByOne = { set: workloads.set, get: workloads.get };

const profiler = new Session();
profiler.connect();
const ask = (method, parameters) =>
  new Promise((resolve, reject) => {
    profiler.post(`Profiler.${method}`, parameters, (error, result) => (error ? reject(error) : resolve(result)));
  });

const { batches, exchange } = await store(process.argv[2]);
const run = (exchanges, ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end) exchanges.forEach(exchange);
};

batches((i) => ['RPUSH', 'list', `element:${i}`]).forEach(exchange);
await ask('enable');
await ask('setSamplingInterval', { interval: 100 });
const all = [
  ...Object.values(workloads).map((request) => batches(request)),
  ...Object.values(oneByOne).map((request) => batches(request, 1)),
];
for (const exchanges of all) {
  // Until the last of it is optimized.
  run(exchanges, roundMs);
  await ask('start');
  run(exchanges, roundMs);
  const { profile } = await ask('stop');
  const samples = new Map();
  for (const { hitCount, callFrame } of profile.nodes) {
    samples.set(callFrame.functionName, (samples.get(callFrame.functionName) ?? 0) + hitCount);
  }
  for (const [name, count] of samples) {
    if (count > 0) console.log(((count / profile.samples.length) * 100).toFixed(3), name);
  }
}
profiler.disconnect();
