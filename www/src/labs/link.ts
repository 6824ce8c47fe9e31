/**
 * A lab's link to its engine: asks go to a worker of its own, and each is answered, in order, with all there is to see.
 */
import { signal, type Signal } from '@preact/signals';

export type LabAsk = { kind: 'open'; name: string; seed: bigint } | { kind: 'ask'; ask: unknown };
export type LabTell = { kind: 'view'; view: unknown } | { kind: 'failed'; message: string };

export interface Link<Ask, View> {
  /** What there is to see: nothing until the engine runs. */
  view: Signal<View | undefined>;
  failed: Signal<string>;
  /** Asks, and gives what there is to see then. */
  ask(ask: Ask): Promise<View>;
  close(): void;
}

/** Opens a lab. The same seed gives the same experiment. */
export function openLink<Ask, View>(name: string, seed = BigInt(Date.now())): Link<Ask, View> {
  const worker = new Worker(new URL('../worker/labs.ts', import.meta.url), { type: 'module', name: `lab ${name}` });
  const view = signal<View>();
  const failed = signal('');
  const waiting: ((view: View) => void)[] = [() => {}];
  worker.addEventListener('message', ({ data }: MessageEvent<LabTell>) => {
    if (data.kind === 'failed') {
      failed.value = data.message;
      return;
    }
    view.value = data.view as View;
    waiting.shift()?.(data.view as View);
  });
  worker.addEventListener('error', (event) => (failed.value = event.message || 'The engine could not be loaded.'));
  worker.postMessage({ kind: 'open', name, seed } satisfies LabAsk);
  return {
    view,
    failed,
    ask: (ask) =>
      new Promise((done) => {
        waiting.push(done);
        worker.postMessage({ kind: 'ask', ask } satisfies LabAsk);
      }),
    close: () => worker.terminate(),
  };
}
