/** What ioredis takes as its `Connector` option: a class whose instances give it a stream. */
import type { Origin } from '../session.js';
import { EngineSocket } from './socket.js';

/** A way for one client of ioredis. */
export interface Connector {
  /** Whether the connection that it made is fine. */
  check(info?: unknown): boolean;
  /** Makes a connection. */
  connect(): Promise<EngineSocket>;
  /** Ends it. */
  disconnect(): void;
}

/** The class: what ioredis calls its type has private parts, so that only `any` fits there. */
// biome-ignore lint: see above.
export type ConnectorClass = new (options?: unknown) => any;

/** Makes the class. `find` gives the store, from the options of the client: a cluster asks for several. */
export function connectorTo(find: (options: ConnectorOptions) => Origin | Promise<Origin>): ConnectorClass {
  return class EngineConnector implements Connector {
    private stream: EngineSocket | undefined;
    private readonly options: ConnectorOptions;

    constructor(options?: unknown) {
      this.options = (options ?? {}) as ConnectorOptions;
    }

    check(): boolean {
      return true;
    }

    async connect(): Promise<EngineSocket> {
      this.stream = new EngineSocket(await find(this.options));
      return this.stream;
    }

    disconnect(): void {
      this.stream?.end();
    }
  };
}

export interface ConnectorOptions {
  host?: string;
  port?: number;
}
