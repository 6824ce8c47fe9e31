// What programs for Node expect to be everywhere. Imported first of all.
import { Buffer } from '#buffer';

const queue = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => queue.shift()?.();

/** On a later turn, but without the 4 ms that a timer takes. */
globalThis.setImmediate ??= (work, ...args) => {
  const task = () => task.isCleared || work(...args);
  queue.push(task);
  port2.postMessage(0);
  return task;
};
globalThis.clearImmediate ??= (task) => {
  if (task) task.isCleared = true;
};
globalThis.global ??= globalThis;
globalThis.Buffer ??= Buffer;
globalThis.process ??= {
  env: {},
  argv: [],
  version: 'v20.0.0',
  versions: { node: '20.0.0' },
  platform: 'browser',
  pid: 1,
  nextTick: (work, ...args) => queueMicrotask(() => work(...args)),
  cwd: () => '/',
  on() {},
  once() {},
  off() {},
  emit() {},
  emitWarning: (warning) => console.warn(warning),
  hrtime: Object.assign(() => [Math.floor(performance.now() / 1000), (performance.now() % 1000) * 1e6], { bigint: () => BigInt(Math.round(performance.now() * 1e6)) }),
};
