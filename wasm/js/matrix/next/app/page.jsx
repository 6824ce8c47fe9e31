'use client';

import { open } from 'redstart';
import { useEffect } from 'react';

/** A component of the client has a store in its page, in this thread and in a worker. */
export default function Page() {
  useEffect(() => {
    const visit = async (worker) => {
      const db = await open('memory:', { worker });
      await db.set('k', 'v');
      return db.get('k');
    };
    Promise.all([visit(false), visit(true)]).then((said) => (globalThis.said = said.join()));
  }, []);
  return <p>hello</p>;
}
