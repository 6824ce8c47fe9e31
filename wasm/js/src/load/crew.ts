/** A worker that holds an engine: it is asked things, and serves its connections on a port that it is handed. */

import { EngineError, LockedError } from '../errors.js';

/** What the worker is asked. */
export type Ask =
  | { kind: 'open'; url: string; module: WebAssembly.Module; options: object; port: MessagePort }
  | { kind: 'close' };

/** What it says. */
export interface Told {
  id: number;
  error?: string;
  name?: string;
}

export interface Crew {
  ask(what: Ask, transfer?: readonly MessagePort[]): Promise<void>;
  /** Hears that the worker is gone, though nobody ended it. */
  onFailed: ((error: Error) => void) | undefined;
  end(): Promise<void>;
}

interface Thread {
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): unknown;
  ref?(): void;
  unref?(): void;
}

export function crewOf(thread: Thread, listen: (heard: (told: Told) => void, failed: (error: Error) => void) => void): Crew {
  const open = new Map<number, { resolve(): void; reject(error: Error): void }>();
  let last = 0;
  let gone: Error | undefined;
  const settled = (id: number) => {
    const asked = open.get(id);
    open.delete(id);
    if (open.size === 0) thread.unref?.();
    return asked;
  };
  const crew: Crew = {
    onFailed: undefined,
    ask(what, transfer = []) {
      if (gone) return Promise.reject(gone);
      const id = ++last;
      thread.ref?.();
      thread.postMessage({ id, ...what }, transfer as never[]);
      return new Promise((resolve, reject) => open.set(id, { resolve, reject }));
    },
    async end() {
      // A program that has nothing else to do still waits for this.
      thread.ref?.();
      await thread.terminate();
    },
  };
  listen(
    ({ id, error, name }) => {
      const asked = settled(id);
      if (error === undefined) asked?.resolve();
      else asked?.reject(name === 'LockedError' ? new LockedError(error) : new EngineError(error));
    },
    (error) => {
      gone = error;
      for (const id of [...open.keys()]) settled(id)?.reject(error);
      crew.onFailed?.(error);
    },
  );
  return crew;
}
