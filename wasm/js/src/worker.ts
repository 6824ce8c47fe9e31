/** What runs in the worker: a store, whose connections come through a port. It becomes text in `worker.js`. */
import { serveMany } from './connection.js';
import type { Place } from './database.js';
import type { Ask, Told } from './load/crew.js';
import { openPlace } from './open.js';

let place: Place | undefined;

async function carryOut(ask: Ask): Promise<void> {
  if (ask.kind === 'close') return place?.close();
  place = await openPlace(ask.url, { ...ask.options, wasm: ask.module });
  serveMany(place, ask.port);
}

function hear(message: Ask & { id: number }, tell: (told: Told) => void): void {
  carryOut(message).then(
    () => tell({ id: message.id }),
    (error: Error) => tell({ id: message.id, error: error.message, name: error.name }),
  );
}

if (typeof require === 'function') {
  // In Node: worker code is a CommonJS script there.
  const { parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  parentPort?.on('message', (message) => hear(message, (told) => parentPort.postMessage(told)));
} else {
  globalThis.onmessage = ({ data }: MessageEvent) => hear(data, (told) => globalThis.postMessage(told));
}
