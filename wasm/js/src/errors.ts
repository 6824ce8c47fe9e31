/** What goes wrong, by kind. */

/** The store answered with an error: its words are the message. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  /** Its first word: `ERR`, `WRONGTYPE`, `NOSCRIPT`. */
  readonly code: string;
  /** The command that was answered so. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.code = /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
    this.command = command;
  }
}

/** The database or the connection is closed, or was before an answer came. */
export class ClosedError extends Error {
  override readonly name: string = 'ClosedError';
}

/** Whether it was carried out can't be told: the one who would have answered is gone. */
export class OutcomeUnknownError extends ClosedError {
  override readonly name = 'OutcomeUnknownError';
}

/** Somebody else has these data open. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** The engine can't be loaded, or had to stop. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** Another tab has the database from now on: clients ask again what can be asked twice. */
export class HandoverError extends ClosedError {
  override readonly name = 'HandoverError';

  constructor() {
    super('the tab that had the database is gone');
  }
}

/** Who asks for a cluster is told what to do instead. */
export function noCluster(asked: string, instead: string): TypeError {
  return new TypeError(`${asked}: a store inside this program is one node, and no cluster; ${instead} is a client of all its keys, and for a real cluster there is redis-server`);
}
