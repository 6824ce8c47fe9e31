/**
 * An in-memory data store that speaks Redis, inside this program.
 *
 *     const db = await open('memory:');
 *     await db.set('greeting', 'hello', { EX: 60 });
 *     await db.get('greeting'); // 'hello'
 */
export type { Argument, Blocking, Integer, Loose, Many, Pairs, Words } from './arguments.js';
export { type Answers, type Calls, Client, type Results } from './client.js';
export type { Clock } from './clock.js';
export { Connection } from './connection.js';
export { Database, SyncCaller } from './database.js';
export { ClosedError, EngineError, LockedError, OutcomeUnknownError, ReplyError } from './errors.js';
export type { Commands } from './generated/commands.js';
export type { Connector, ConnectorClass } from './node/connector.js';
export type { Listener, ListenOptions } from './node/listen.js';
export type { Entry, ScanOptions, StreamOptions } from './iterate.js';
export { open, type Options } from './open.js';
export { type Message, Monitor, Subscription } from './subscription.js';
export type { KeyChange, Watching } from './watch.js';
