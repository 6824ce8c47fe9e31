/**
 * A database in IndexedDB that all tabs of a site share. One of them leads and has the store (tabs.ts says how that is
 * decided); the connections of the others are letters to it. When another tab leads, connections end with a
 * `HandoverError`, and whoever can go on makes new ones.
 */
import { type Letter, Multiplex, Remote } from './remote.js';
import type { Place } from './database.js';
import { EngineError, HandoverError, LockedError } from './errors.js';
import { canShare, Tabs } from './tabs.js';

/**
 * Opens it; `lead` opens the store itself, in the tab that leads, and is told whether this is what begins it. `isAnew`: it
 * begins with other data than are there, so nobody may have it yet.
 */
export async function openShared(url: string, lead: (begins: boolean) => Promise<Place>, isAnew: boolean): Promise<Place> {
  if (!canShare()) throw new EngineError(`${url}: there are no Web Locks here, which tabs need to share a database`);
  const { held = [] } = await navigator.locks.query();
  const isHeld = (name: string) => held.some((lock) => lock.name === name);
  if (isHeld(aloneIn(url))) throw new LockedError(`${url} is already open in another tab, which has it alone`);
  if (isAnew && isHeld(lockOf(url))) throw new LockedError(`${url} is already open, so it can’t begin with other data: close it there first`);
  return new Promise((resolve, reject) => {
    let isLed = false;
    const remote = new Remote((letter) => tabs.send(letter));
    const place: Place = {
      host: undefined,
      connect: (sink) => remote.connect(sink),
      rdb: () => remote.rdb(),
      async close() {
        remote.end();
        await tabs.close();
      },
    };
    const tabs = new Tabs({
      name: lockOf(url),
      async lead() {
        const store = await lead(!isLed);
        return {
          enter(tell) {
            const guest = new Multiplex(store, tell);
            return { receive: (letter) => guest.receive(letter as Letter), leave: () => guest.leave() };
          },
          close: () => store.close(),
        };
      },
      led() {
        // Nothing is sent before this returns: clients write on a later turn.
        if (isLed) remote.end(new HandoverError());
        isLed = true;
        resolve(place);
      },
      receive: (letter) => remote.receive(letter as Letter),
      failed(error) {
        reject(error);
        remote.end(error as Error);
        void tabs.close();
      },
    });
  });
}

/** Takes a database for this tab alone; gives what lets go of it, or nothing if another tab has it. */
export function takeAlone(url: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: unknown) => {
      if (!lock) return resolve(undefined);
      // Says to those who would share it that there is nothing to wait for.
      return navigator.locks.request(aloneIn(url), () => new Promise<void>((release) => resolve(release)));
    };
    navigator.locks.request(lockOf(url), { ifAvailable: true }, held).catch(reject);
  });
}

const lockOf = (url: string) => `redstart:${url}`;
const aloneIn = (url: string) => `redstart:${url}/alone`;
