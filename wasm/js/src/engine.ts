/** The engine's code in this thread, and its memory, which all its stores share. */
import { initSync, Redstart } from './wasm/redstart.js';

export { Redstart };

let memory: WebAssembly.Memory | undefined;
let seen = new Uint8Array(0);

export const isStarted = (): boolean => memory !== undefined;

export function start(module: WebAssembly.Module): void {
  memory ??= initSync({ module }).memory;
}

/** All of its memory. What is taken from it is there until the next call only. */
export function memoryOf(): Uint8Array {
  // Growing gives it another buffer, and empties this one.
  if (seen.length === 0) seen = new Uint8Array((memory as WebAssembly.Memory).buffer);
  return seen;
}
