/** `useKey` for React and, where `react` means `preact/compat`, for Preact. */
import { useEffect, useState } from 'react';
import type { Database } from './database.js';
import { valueOf, watchKeys } from './watch.js';

/**
 * The value of a key, always as it is: the component is drawn again when it changes. `undefined`: it is not read yet;
 * `null`: there is none.
 */
export function useKey<T = unknown>(db: Database | undefined, key: string): T | null | undefined {
  const [seen, setSeen] = useState<{ key: string; value: unknown }>();
  useEffect(() => {
    if (!db) return;
    let isOver = false;
    const tell = (value: unknown) => !isOver && setSeen({ key, value });
    const stop = watchKeys(db, escaped(key), (changes) => tell(changes.at(-1)?.value), [key]);
    // Between reading and watching nothing is missed: it is read once changes are told.
    stop.ready.then(() => valueOf(db, key)).then(tell, () => {});
    return () => {
      isOver = true;
      stop();
    };
  }, [db, key]);
  return seen?.key === key ? (seen.value as T | null) : undefined;
}

/** A pattern that only this key is like. */
function escaped(key: string): string {
  return key.replace(/[[\]*?\\^]/g, '\\$&');
}
