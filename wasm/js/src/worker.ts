/** What runs in the worker: a store, whose connections come through a port. It becomes text in the package. */
import { serveMany } from './remote.js';
import type { Place } from './database.js';
import type { Ask, Told } from './load/crew.js';
import { openPlace } from './open.js';

let place: Place | undefined;

async function carryOut(ask: Ask): Promise<void> {
  if (ask.kind === 'close') return place?.close();
  place = await openPlace(ask.url, { ...ask.options, wasm: ask.module });
  serveMany(place, ask.port);
}

/** Does what it is asked, and tells how that went. */
export function hear(message: Ask & { id: number }, tell: (told: Told) => void): void {
  carryOut(message).then(
    () => tell({ id: message.id }),
    (error: Error) => tell({ id: message.id, error: error.message, name: error.name }),
  );
}
