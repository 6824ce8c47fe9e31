/**
 * Makes `net.connect` answer for our own addresses: paths that begin with `redstart:`, and, if asked for, ports of
 * Redis. Everything else goes where it always went.
 */
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { EngineSocket } from './socket.js';
import { scheme, storeAt, storeOf } from './stores.js';

const slot = Symbol.for('redstart.hook');
/** The ports that are ours, whatever the host. */
const holder = globalThis as { [slot]?: Set<number> };
/** The hosts that it has answered for. */
const hosts = new Set<string>();

/** Installs it, once. */
export function hook(ports: Iterable<number> = []): void {
  const isInstalled = holder[slot] !== undefined;
  const ours = (holder[slot] ??= new Set());
  for (const port of ports) ours.add(port);
  if (isInstalled) return;
  const real = net.createConnection;
  const connect = function (this: unknown, ...args: unknown[]): unknown {
    const store = storeFor(args, ours);
    if (!store) return Reflect.apply(real, this, args);
    const socket = new EngineSocket(store.then((db) => db.origin));
    const heard = args.at(-1);
    if (typeof heard === 'function') socket.once('connect', heard as () => void);
    return socket;
  };
  net.connect = net.createConnection = connect as unknown as typeof net.createConnection;
  const lookup = dns.lookup;
  dns.lookup = ((host: string, ...rest: unknown[]) => {
    const found = Reflect.apply(lookup, dns, [host, ...rest]) as Promise<unknown>;
    // node-redis 6 asks where its host is, too, which need not be anywhere.
    return hosts.has(host) ? found.catch(() => nowhere(rest[0])) : found;
  }) as typeof dns.lookup;
  // Those who imported the functions by name get the new ones, too.
  syncBuiltinESMExports();
}

function storeFor(args: unknown[], ours: Set<number>) {
  const [first, second] = args;
  const options = (typeof first === 'object' && first ? first : {}) as { path?: unknown; host?: unknown; port?: unknown };
  const path = options.path ?? (typeof first === 'string' && !/^\d+$/.test(first) ? first : undefined);
  if (typeof path === 'string') return path.startsWith(scheme) ? storeOf(path.slice(scheme.length)) : undefined;
  const port = Number(options.port ?? first);
  const host = options.host ?? (typeof second === 'string' ? second : '');
  if (!ours.has(port)) return undefined;
  hosts.add(String(host));
  return storeAt(String(host), port);
}

function nowhere(options: unknown) {
  const here = { address: '127.0.0.1', family: 4 };
  return (options as { all?: boolean } | undefined)?.all ? [here] : here;
}
