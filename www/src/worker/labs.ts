/** The worker in which labs run, so that the console is never in their way. It has no rule of its own. */
import init, { Lab } from '../wasm/redstart_playground.js';
import type { LabAsk, LabTell } from '../labs/link';

const engine = init();
let lab: Lab | undefined;

addEventListener('message', async ({ data }: MessageEvent<LabAsk>) => {
  try {
    await engine;
    if (data.kind === 'open') {
      lab?.free();
      lab = Lab.open(data.name, data.seed);
      if (!lab) throw new Error(`no lab is called ${data.name}`);
    }
    tell({ kind: 'view', view: lab?.ask(data.kind === 'ask' ? data.ask : undefined) });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

function tell(message: LabTell): void {
  postMessage(message);
}
