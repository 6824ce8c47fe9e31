/** The page's worker, which a built page has started before its script (vite.config.ts). */
import type { Ask, Tell } from './protocol';

declare global {
  interface Window {
    redstart?: { worker: Worker; early: (MessageEvent<Tell> | ErrorEvent)[] };
  }
}

const start = () => new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'redstart' });
const { worker, early } = window.redstart ?? { worker: start(), early: [] };

export function post(message: Ask): void {
  worker.postMessage(message);
}

/** Listens to the worker from now on, and hears what it told before. */
export function listen(told: (message: Tell) => void, failed: (message: string) => void): void {
  const heard = (event: MessageEvent<Tell> | ErrorEvent) => ('data' in event ? told(event.data) : failed(event.message));
  worker.onmessage = worker.onerror = heard;
  for (const event of early.splice(0)) heard(event);
}
