/** The engine's wasm build by itself: bytes in, bytes out, with none of the package around it. */
import { readFileSync } from 'node:fs';

/** Requests in one exchange, if many are sent together. */
const together = 100;
/** Keys, members and elements. */
export const keys = 10_000;

/**
 * A new store of the build in a folder. Gives what takes a request for each number below `keys` and makes exchanges of
 * them, of many or of as few as one wants, and what runs one.
 */
export async function store(folder) {
  const { initSync, Redstart } = await import(`${folder}/redstart.js`);
  const { memory } = initSync({ module: readFileSync(`${folder}/redstart_bg.wasm`) });
  const store = new Redstart(1n, 1.7e12, 0);
  const id = store.connect();
  let seen = new Uint8Array(0);
  const exchange = (bytes) => {
    const input = store.input(bytes.length);
    if (seen.length === 0) seen = new Uint8Array(memory.buffer);
    seen.set(bytes, input);
    const now = performance.now();
    store.exchange(id, bytes.length, 1.7e12 + now, now, 0);
    if (seen[store.output()] === 0x2d) throw new Error('the store refused');
  };
  return { batches, exchange };
}

function batches(request, batch = together) {
  const wire = (i) => {
    const words = request(i);
    return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
  };
  const encoder = new TextEncoder();
  return Array.from({ length: keys / batch }, (_, n) =>
    encoder.encode(Array.from({ length: batch }, (_, i) => wire(n * batch + i)).join('')),
  );
}
