/** A real port or socket file on a store, for clients of any language and in any process. */
import { createServer, type Server, type Socket } from 'node:net';
import { noWord } from '../arguments.js';
import type { Origin } from '../session.js';

/** Where to listen. */
export interface ListenOptions {
  /** The port; `0` (the default) for any that is free. */
  port?: number;
  /** The address to listen at; `127.0.0.1` unless said otherwise: whoever reaches it may do everything. */
  host?: string;
  /** A socket file, instead of a port. */
  path?: string;
}

/** Somebody who listens. */
export interface Listener {
  /** What a client is told: `redis://127.0.0.1:50123`, or the path of the socket file. */
  readonly url: string;
  /** The port, unless it is a socket file. */
  readonly port: number | undefined;
  /** The address, unless it is a socket file. */
  readonly host: string | undefined;
  /** The path of the socket file, if it is one. */
  readonly path: string | undefined;
  /** Listens no longer, and ends the connections. */
  close(): Promise<void>;
}

export async function listenOn(origin: Origin, options: ListenOptions): Promise<Listener> {
  check(options);
  const { port = 0, host = '127.0.0.1', path } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attach(origin, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(taken(error, path)));
    server.listen(path === undefined ? { port, host } : { path }, resolve);
  });
  return describe(server, sockets, host, path);
}

function check(options: ListenOptions): void {
  if (Object(options) !== options) throw noWord('listen', 'what is said', options, 'an object of options');
  for (const name of Object.keys(options)) {
    if (!['host', 'path', 'port'].includes(name)) throw new TypeError(`listen: there is no option ${name}; there are host, path, port`);
  }
  const { port = 0, host = '127.0.0.1', path = '/' } = options;
  if (options.path !== undefined && options.port !== undefined) throw new TypeError('listen: either a port or a path');
  if (typeof port !== 'number') throw noWord('listen', 'port', port, 'a number; 0 is any that is free');
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) throw new RangeError(`listen: ${port} is no port; 0 is any that is free`);
  if (typeof host !== 'string' || host === '') throw noWord('listen', 'host', host, 'an address, such as 127.0.0.1');
  if (typeof path !== 'string' || path === '') throw noWord('listen', 'path', path, 'the path of a socket file');
}

function taken(error: NodeJS.ErrnoException, path: string | undefined): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const instead = path === undefined ? 'port: 0 takes one that is free' : 'remove the file if nobody listens there any more';
  return Object.assign(new Error(`${error.message}; ${instead}`, { cause: error }), { code: error.code });
}

function attach(origin: Origin, socket: Socket): void {
  // A client that goes away is nobody's error.
  socket.on('error', () => {});
  const wire = origin.connect({
    data: (bytes) => void socket.write(bytes.slice()),
    closed: () => socket.end(),
  });
  socket.on('data', (bytes) => wire.write(bytes));
  socket.once('close', () => wire.close());
}

function describe(server: Server, sockets: Set<Socket>, host: string, path: string | undefined): Listener {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : undefined;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: path ?? `redis://${name}:${port}`,
    port,
    host: path === undefined ? host : undefined,
    path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
