/** Starts the worker that holds the engine. */
export function start(): Worker {
  return new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'redstart' });
}
