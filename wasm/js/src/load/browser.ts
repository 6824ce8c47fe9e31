/** How the engine is found and workers are started in a page, a worker, or anything that has `fetch`. */
import type { Database } from '../database.js';
import { EngineError } from '../errors.js';
import type { ConnectorClass } from '../node/connector.js';
import type { Listener, ListenOptions } from '../node/listen.js';
import type { Origin } from '../session.js';
import { fromText, isWasm } from './text.js';
import type { Crew } from './crew.js';

export const { crypto } = globalThis;

/** The engine from where it lies beside this file; if nobody put it there, out of the package's code. */
export async function load(from?: string | URL): Promise<WebAssembly.Module> {
  if (from !== undefined) return compile(await fetched(from), `${from}`);
  // Bundlers know this line, and carry the file along.
  const bytes = await fetched(new URL('../redstart.wasm', import.meta.url)).catch(() => undefined);
  if (bytes && isWasm(bytes)) return WebAssembly.compile(bytes as BufferSource);
  return fromText();
}

async function fetched(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new EngineError(`${url} can’t be fetched: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

function compile(bytes: Uint8Array, name: string): Promise<WebAssembly.Module> {
  if (!isWasm(bytes)) throw new EngineError(`${name} is no WebAssembly module`);
  return WebAssembly.compile(bytes as BufferSource);
}

/** A worker with nothing in it yet. Its code is text, so that no bundler has to be told of a second file. */
export async function spawn(): Promise<Crew> {
  // @ts-ignore: written when the package is made
  const { default: code } = (await import('../worker-page.js')) as { default: string };
  const { crewOf } = await import('./crew.js');
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return crewOf(worker, (heard, failed) => {
    worker.onmessage = ({ data }) => heard(data);
    worker.onerror = (event) => failed(new EngineError(`the worker stopped: ${event.message || 'it can’t be started'}`));
  });
}

export function connectorOf(_db: Database): ConnectorClass {
  throw new TypeError("db.Connector: in a page, import { connector } from 'redstart/ioredis', which brings what it needs");
}

export function socketPath(_db: Database): string {
  throw new TypeError("db.path: in a page, import { createClient } from 'redstart/redis', which brings what it needs");
}

export function listen(_origin: Origin, _options: ListenOptions): Promise<Listener> {
  throw new TypeError('db.listen: a page has no ports to listen at; hand db.port() to others instead');
}

export function openFolder(url: string): Promise<never> {
  throw new TypeError(`open: a page has no folders for ${url}; idb:// and opfs:// keep data there`);
}

export function closed(_db: Database): void {}
