import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { about, letter, state, type Shown, type Terminal } from '../store';
import { EntryView } from './EntryView';

// An entry never changes, so what was drawn for it is drawn once.
const drawn = new WeakMap<Shown, VNode>();

function draw(one: Terminal, entry: Shown): VNode {
  let node = drawn.get(entry);
  if (!node) drawn.set(entry, (node = <EntryView key={entry.id} one={one} entry={entry} />));
  return node;
}

export function Log({ one, onGrow }: { one: Terminal; onGrow: () => void }) {
  const log = one.log.value;
  useLayoutEffect(onGrow, [log]);
  return (
    <>
      {one.id === 0 && <Welcome />}
      <div class="log" role="log" aria-live="polite" aria-label={`Replies in terminal ${letter(one)}`}>
        <ol>{log.map((entry) => draw(one, entry))}</ol>
      </div>
    </>
  );
}

/** Its lines stand from the first paint on, so that nothing moves when the engine arrives. */
function Welcome() {
  const { version, commands, restoredKeys } = about.value;
  return (
    <div class="welcome">
      <p>
        <b>Redstart</b> speaks Redis, in this tab.
      </p>
      <p>
        {state.value === 'starting'
          ? 'The engine is starting. You can type already.'
          : `Version ${version}, ${commands} commands${restoredKeys > 0 ? `, ${restoredKeys} ${restoredKeys === 1 ? 'key' : 'keys'} from your last visit` : ''}. Begin to type one, and Tab completes it.`}
      </p>
    </div>
  );
}
