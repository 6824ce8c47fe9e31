// Connections: to stores of this program, by the hook of `redstart/redis`.
import './globals.js';
import { Duplex } from 'readable-stream';

/** What sockets are, for those who ask. */
export class Socket extends Duplex {}

export function createConnection(...args) {
  const socket = globalThis[Symbol.for('redstart.route')]?.(args);
  if (socket) return socket;
  throw new Error("a page can't connect to servers; import { createClient } from 'redstart/redis' or Redis from 'redstart/ioredis' for a store inside it");
}
export const connect = createConnection;
export const isIP = (text) => (/^\d+\.\d+\.\d+\.\d+$/.test(text) ? 4 : text.includes(':') ? 6 : 0);
export const isIPv4 = (text) => isIP(text) === 4;
export const isIPv6 = (text) => isIP(text) === 6;
export default { Socket, createConnection, connect, isIP, isIPv4, isIPv6 };
