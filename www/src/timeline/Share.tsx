import './share.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announcement, ask, save } from '../store';
import { linkOf } from './link';
import { session } from './state';

/** Beyond this, some programs cut links. */
const longLink = 8000;

/** What was done in this session, as a link that replays it, and as a transcript. */
export function Share({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const link = useSignal('');
  const copied = useSignal(false);
  useEffect(() => {
    session.value = null;
    ask({ kind: 'session' });
    dialog.current?.showModal();
  }, []);
  const now = session.value;
  useEffect(() => {
    if (now?.script) void linkOf(now.script).then((found) => (link.value = found));
  }, [now]);
  const copy = async () => {
    await navigator.clipboard.writeText(link.value);
    copied.value = true;
    announcement.value = 'Copied.';
  };
  const count = now?.script.split('\n').filter((line) => line !== '' && !line.startsWith('@')).length ?? 0;
  return (
    <dialog class="share" ref={dialog} aria-labelledby="share-title" onClose={close}>
      <h2 id="share-title">Share this session</h2>
      {now && count === 0 ? (
        <p>Nothing was typed yet. What you type, and what you change in the key browser, can then be replayed by whoever opens the link.</p>
      ) : (
        <>
          <p>Whoever opens the link can replay {count === 1 ? 'the command' : `the ${count} commands`} of this session, in the terminals and at the times of yours. The link holds all of it: nothing is sent anywhere.</p>
          <input type="text" readOnly aria-label="Link to this session" value={link.value} onFocus={(event) => event.currentTarget.select()} />
          <p class="aside">
            {link.value.length.toLocaleString('en')} characters. {link.value.length > longLink && 'Some programs cut links that are so long. '}
            Commands that hold a password are left out.
          </p>
        </>
      )}
      <form method="dialog">
        {count > 0 && (
          <>
            <button type="button" class="quiet" onClick={() => save(new TextEncoder().encode(now!.transcript), 'session.redis')}>Save as a transcript</button>
            <button type="button" class="quiet" disabled={link.value === ''} onClick={copy}>{copied.value ? 'Copied' : 'Copy the link'}</button>
          </>
        )}
        <button class="primary">Close</button>
      </form>
    </dialog>
  );
}
