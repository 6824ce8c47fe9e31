/**
 * node-redis as it is, on stores inside this program: `import { createClient } from 'redstart/redis'`. Clients of one
 * address share a store; to choose it, give `socket: { path: db.path }`.
 */
import * as redis from 'redis';
import { hook } from '#hook';
import type { Database } from './database.js';
import { noCluster } from './errors.js';
import { flushStores, pathOf, scheme } from './node/stores.js';

export * from 'redis';
export { flushStores };

hook();

/** A path to a database, for `socket: { path }`: `db.path`, in pages, too. */
export function path(db: Database): string {
  return pathOf(db);
}

interface ClientOptions {
  url?: string;
  database?: number;
  username?: string;
  password?: string;
  socket?: { path?: string; host?: string; port?: number };
}

/** The client. Its options, methods and events are node-redis's own. */
export const createClient = ((options?: ClientOptions) => redis.createClient(inside(options) as never)) as typeof redis.createClient;

/** Several clients of one address. Its options are node-redis's own. */
export const createClientPool = ((options?: ClientOptions, pool?: unknown) =>
  (redis as unknown as { createClientPool(...args: unknown[]): unknown }).createClientPool(inside(options), pool)) as unknown as typeof redis.createClientPool;

/** Refuses, too: there is nobody to ask where the store is. */
export function createSentinel(..._args: unknown[]): never {
  throw noCluster('createSentinel', 'createClient()');
}

/** Refuses: a store inside this program is one node. */
export function createCluster(..._args: unknown[]): never {
  throw noCluster('createCluster', 'createClient()');
}

/** The same options, with a store of this program in the place of the address. */
function inside(options: ClientOptions = {}): ClientOptions {
  const { url, socket, ...others } = options;
  if (socket?.path !== undefined) return options;
  const address = url === undefined ? undefined : new URL(url);
  const host = address?.hostname || socket?.host || 'localhost';
  const port = Number(address?.port || socket?.port || 6379);
  const { host: _host, port: _port, ...rest } = socket ?? {};
  const index = address?.pathname.slice(1);
  return {
    ...(address?.username && { username: decodeURIComponent(address.username) }),
    ...(address?.password && { password: decodeURIComponent(address.password) }),
    ...(index && { database: Number(index) }),
    ...others,
    socket: { ...rest, path: `${scheme}${name(host)}:${port}` },
  };
}

const name = (host: string) => (['localhost', '127.0.0.1', '[::1]', '::1'].includes(host) ? 'localhost' : host);
