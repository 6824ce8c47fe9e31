/** The page over a pretend store, to draw it without the engine: `npx vite --mode mock`. */
export function start(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'redstart-mock' });
}
