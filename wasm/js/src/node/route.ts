/** What `hook.ts` does in a page: there, the stand-in for `net` asks for a socket. */
import { EngineSocket } from './socket.js';
import { scheme, storeAt, storeOf } from './stores.js';

const slot = Symbol.for('redstart.route');

export function hook(): void {
  (globalThis as { [slot]?: (args: unknown[]) => unknown })[slot] ??= ([first]) => {
    const { path, host, port } = (first ?? {}) as { path?: string; host?: string; port?: number };
    const store = path?.startsWith(scheme) ? storeOf(path.slice(scheme.length)) : storeAt(host ?? '', Number(port ?? 6379));
    return new EngineSocket(store.then((db) => db.origin));
  };
}
