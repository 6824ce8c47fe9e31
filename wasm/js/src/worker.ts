/** What runs in the worker: an engine, whose connections come through a port. It becomes text in `worker.js`. */
import { machineClock } from './clock.js';
import { serveMany } from './connection.js';
import { Redstart, start } from './engine.js';
import { Host } from './host.js';
import type { Ask, Told } from './load/crew.js';

let host: Host | undefined;

function carryOut(ask: Ask): unknown {
  if (ask.kind === 'open') {
    start(ask.module);
    host = new Host(new Redstart(ask.seed, machineClock.unix(), machineClock.mono()), machineClock);
    serveMany(host, ask.port);
    return undefined;
  }
  const open = host as Host;
  switch (ask.kind) {
    case 'import':
      return open.use((store) => store.importData(ask.bytes));
    case 'export':
      return open.use((store, unix, mono) => (store.setTime(unix, mono), store.exportData()));
  }
}

function hear(message: Ask & { id: number }, tell: (told: Told) => void): void {
  try {
    const value = carryOut(message);
    if (message.id) tell({ id: message.id, value });
  } catch (error) {
    if (message.id) tell({ id: message.id, error: (error as Error).message });
  }
}

if (typeof require === 'function') {
  // In Node: worker code is a CommonJS script there.
  const { parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  parentPort?.on('message', (message) => hear(message, (told) => parentPort.postMessage(told)));
} else {
  globalThis.onmessage = ({ data }: MessageEvent) => hear(data, (told) => globalThis.postMessage(told));
}
