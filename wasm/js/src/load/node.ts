/** How the engine is found and workers are started in Node, Bun and Deno. */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from '../database.js';
import { EngineError } from '../errors.js';
import { type ConnectorClass, connectorTo } from '../node/connector.js';
import { FileDisk } from '../node/files.js';
import { hook } from '../node/hook.js';
import { forget, pathOf } from '../node/stores.js';
import type { Crew } from './crew.js';
import { fromText, isWasm } from './text.js';

/** The engine from where it lies beside this file; if a bundler left it behind, out of the package's code. */
export async function load(from?: string | URL): Promise<WebAssembly.Module> {
  if (from === undefined) {
    const bytes = await readFile(new URL('../redstart.wasm', import.meta.url)).catch(() => undefined);
    return bytes && isWasm(bytes) ? WebAssembly.compile(bytes as BufferSource) : fromText();
  }
  const url = /^(https?|data):/.test(`${from}`);
  const reading = url ? fetch(from).then(async (answer) => new Uint8Array(await answer.arrayBuffer())) : readFile(asPath(from));
  const bytes = await reading.catch((error: Error) => {
    throw new EngineError(`the engine can’t be read from ${from}: ${error.message}`, { cause: error });
  });
  if (!isWasm(bytes)) throw new EngineError(`${from} is no WebAssembly module`);
  return WebAssembly.compile(bytes as BufferSource);
}

function asPath(from: string | URL): string | URL {
  return typeof from === 'string' && from.startsWith('file:') ? new URL(from) : from;
}

export async function spawn(): Promise<Crew> {
  // @ts-ignore: written when the package is made
  const { default: code } = (await import('../worker-node.js')) as { default: string };
  const { crewOf } = await import('./crew.js');
  const worker = new Worker(code, { eval: true, execArgv: [] });
  worker.unref();
  return crewOf(worker, (heard, failed) => {
    worker.on('message', heard);
    worker.on('error', (error) => failed(new EngineError(`the worker stopped: ${error.message}`, { cause: error })));
  });
}

/** What ioredis takes as its `Connector` option. */
export function connectorOf(db: Database): ConnectorClass {
  return connectorTo(() => db.origin);
}

/** A path that `net.connect` understands in this program. */
export function socketPath(db: Database): string {
  hook();
  return pathOf(db);
}

export const closed = forget;

export const openFolder = (url: string): Promise<FileDisk> => FileDisk.open(url);

// In Node 18 it is not among the globals.
export { webcrypto as crypto } from 'node:crypto';
export { listenOn as listen } from '../node/listen.js';
