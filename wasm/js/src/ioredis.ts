/**
 * ioredis as it is, on stores inside this program: `import Redis from 'redstart/ioredis'`. Clients of one address share
 * a store; to choose it, give `Connector: connector(db)`.
 */
import * as ioredis from 'ioredis';
import { noWord } from './arguments.js';
import type { Database } from './database.js';
import { noCluster } from './errors.js';
import { type Connector, type ConnectorClass, connectorTo } from './node/connector.js';
import { flushStores, storeAt } from './node/stores.js';

export type { Connector, ConnectorClass };
export { flushStores };

/** What ioredis takes as its `Connector` option to talk to this database. */
export function connector(db: Database): ConnectorClass {
  if (typeof db?.connect !== 'function') throw noWord('connector', 'what it leads to', db, 'a database');
  return connectorTo(() => db.origin);
}

const Original = ((ioredis as { Redis?: unknown }).Redis ?? ioredis.default) as typeof ioredis.Redis;

const Default = connectorTo(({ host = 'localhost', port = 6379 }) => storeAt(host, port).then((db) => db.origin));

/** Refuses: a store inside this program is one node. */
export class Cluster {
  constructor(..._args: unknown[]) {
    throw noCluster('Cluster', 'new Redis()');
  }
}

/** The client. Its options, methods and events are ioredis's own. */
export class Redis extends Original {
  /** Refuses, too. */
  static override Cluster = Cluster as never;

  constructor(...args: unknown[]) {
    super(...(withConnector(args) as []));
  }
}

/** The options come last; without any there are some now. */
function withConnector(args: unknown[]): unknown[] {
  const last = args.at(-1);
  const given = typeof last === 'object' && last !== null ? (last as object) : undefined;
  const options = { Connector: Default, ...given };
  return [...(given ? args.slice(0, -1) : args.filter((arg) => arg !== undefined && arg !== null)), options];
}

/** ioredis's own. */
export const Command = ioredis.Command;
/** ioredis's own: what a refused command is rejected with. */
export const ReplyError = ioredis.ReplyError;
export default Redis;
