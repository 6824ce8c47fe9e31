/** One way to send a command, whichever client it is: a database of this package, ioredis, or node-redis. */
import type { Argument } from '../arguments.js';

/** What a cache can be built on. */
export type AnyClient =
  | { call(command: string, ...args: Argument[]): Promise<unknown> }
  | { sendCommand(words: string[]): Promise<unknown> };

export type Call = (command: string, ...args: (string | number)[]) => Promise<unknown>;

export function callerOf(client: AnyClient): Call {
  if (Object(client) !== client) throw new TypeError('a cache needs a database of this package, or a client of ioredis or node-redis');
  if ('call' in client && typeof client.call === 'function') return (command, ...args) => client.call(command, ...args.map(String));
  if ('sendCommand' in client && typeof client.sendCommand === 'function') return (command, ...args) => client.sendCommand([command, ...args.map(String)]);
  throw new TypeError('a cache needs a database of this package, or a client of ioredis or node-redis');
}
