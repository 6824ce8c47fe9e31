import './share.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { linkOf, linkTo } from '../lessons/link';
import { ask, open, openNumber, panel, state, terminal } from '../store';
import { linkedSession, readSession } from './link';
import { offer, played } from './state';
import type { OfferView } from './protocol';

/** From one line to the next, in milliseconds, so that one sees what happens. */
const pause = 250;

/** A session that the page's address holds: it is asked about, then replayed line by line. */
export default function Replay({ letters, close }: { letters: string; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal('');
  const isPlaying = useSignal(false);
  const isReady = state.value === 'ready';
  useEffect(() => {
    [offer.value, played.value, isPlaying.value, problem.value] = [null, null, false, ''];
    if (!isReady) return;
    readSession(letters).then((text) => ask({ kind: 'offer', text }), () => (problem.value = 'it can not be unpacked'));
    dialog.current?.showModal();
  }, [letters, isReady]);
  const begin = (view: OfferView, fresh: boolean) => {
    for (const id of view.terminals) if (!terminal(id)) open(id);
    isPlaying.value = true;
    panel.value = 'console';
    ask({ kind: 'replay', fresh });
  };
  const now = played.value;
  const isDone = now !== null && now.done >= now.total;
  useEffect(() => {
    if (!isPlaying.value || !now || isDone) return;
    const wait = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : pause;
    const timer = setTimeout(() => ask({ kind: 'play' }), wait);
    return () => clearTimeout(timer);
  }, [now]);
  const leave = () => {
    isPlaying.value = false;
    // Loading the page again is no reason to ask again.
    if (linkedSession() === letters) linkTo(linkOf(openNumber.value));
    close();
  };
  useEffect(() => {
    if (isPlaying.value) dialog.current?.close();
    if (isDone) leave();
  }, [isPlaying.value, isDone]);
  const what = offer.value;
  const wrong = problem.value || what?.problem;
  return (
    <>
      <dialog class="share" ref={dialog} aria-labelledby="replay-title" onClose={() => { if (!isPlaying.value) leave(); }}>
        {wrong ? (
          <>
            <h2 id="replay-title">This link holds no session</h2>
            <p>{wrong[0]!.toUpperCase() + wrong.slice(1)}.</p>
            <form method="dialog"><button class="primary">Close</button></form>
          </>
        ) : (
          <Question view={what?.view ?? null} begin={begin} />
        )}
      </dialog>
      {isPlaying.value && now && !isDone && (
        <div class="replaying" role="status">
          <label>Replaying <progress value={now.done} max={now.total} /> {now.done} of {now.total}</label>
          <button type="button" class="quiet" onClick={leave}>Stop</button>
        </div>
      )}
    </>
  );
}

function Question({ view, begin }: { view: OfferView | null; begin: (view: OfferView, fresh: boolean) => void }) {
  const commands = view?.commands === 1 ? '1 command' : `${view?.commands ?? ''} commands`;
  const isEmpty = view?.keys === 0;
  return (
    <>
      <h2 id="replay-title">Replay {commands}{isEmpty ? ' into an empty store' : ''}?</h2>
      <p>Somebody shared this session with you. This is what would be {view?.buttons ? <>typed, and, behind <code>k&gt;</code>, what buttons of the key browser would do</> : 'typed'}:</p>
      <ol class="lines" tabIndex={0} aria-label="Lines of the session">
        {view?.lines.map((line, i) => <li key={i}><code>{line}</code></li>)}
      </ol>
      {view && !isEmpty && (
        <p class="aside">
          {view.fresh === null
            ? 'Some of it would reach the keys that you have. To replay it, save your data and erase it first.'
            : `You have keys, which are not touched: it is replayed in database ${view.fresh}, which is empty.`}
        </p>
      )}
      <form method="dialog">
        <button class="quiet">Cancel</button>
        {view && isEmpty && <button type="button" class="primary" onClick={() => begin(view, false)}>Replay</button>}
        {view && !isEmpty && view.fresh !== null && <button type="button" class="primary" onClick={() => begin(view, true)}>Replay in database {view.fresh}</button>}
      </form>
    </>
  );
}
