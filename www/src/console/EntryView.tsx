import { useComputed, useSignal } from '@preact/signals';
import { announcement, type Shown, type Terminal } from '../store';
import { linkOfCommand } from '../lessons/link';
import { Icon } from '../shell/Icon';
import { later } from '../shell/later';
import { fate, travel } from '../timeline/state';
import { stay } from './controls';
import { Lines } from './Lines';
import { Wire } from './Wire';

/** The browser's clock is coarse: finer only where the page is isolated from others. */
const finest = crossOriginIsolated ? 5 : 100;

function took(micros: number): string {
  return micros < finest ? `< ${finest} µs` : `${Math.round(micros).toLocaleString('en')} µs`;
}

const Did = later(() => import('../timeline/Did').then((module) => module.default));

/** A command and its reply. What came unasked has no command. */
export function EntryView({ one, entry }: { one: Terminal; entry: Shown }) {
  const copied = useSignal(false);
  const tells = useSignal(false);
  const became = useComputed(() => (entry.step === null ? 'done' : fate(entry.step)));
  const asked = entry.prompt !== '' || entry.text !== '';
  const copy = async () => {
    const text = [...(asked ? [entry.prompt + entry.text] : []), ...entry.lines.map((line) => line.text)].join('\n');
    await navigator.clipboard.writeText(text);
    copied.value = true;
    announcement.value = 'Copied.';
    setTimeout(() => (copied.value = false), 1500);
  };
  return (
    <li class={`entry ${became.value}`} data-entry={entry.id}>
      {asked && (
        <div class="command">
          <span class="prompt-text">{entry.prompt}</span>
          <code class="typed">{entry.text}</code>
        </div>
      )}
      <Lines lines={entry.lines} />
      {entry.page !== null && (
        <p class="entry-page">
          {/* The prompt keeps the focus: on a phone its keys would go, and the link move away under the finger. */}
          <a href={linkOfCommand(entry.page)} onMouseDown={(event) => event.preventDefault()}>{entry.page ? `The page of ${entry.page}` : 'All commands'}</a>
        </p>
      )}
      {one.wire.value && entry.request.length > 0 && <Wire way="request" bytes={entry.request} />}
      {one.wire.value && entry.reply.length > 0 && <Wire way="reply" bytes={entry.reply} />}
      {(entry.lines.length > 0 || entry.micros > 0) && (
        <div class="entry-tools" onMouseDown={stay}>
          {entry.step !== null && became.value === 'done' && (
            <button type="button" class="icon undo" aria-label={`Undo to before ${entry.text}`} title="Undo to before this" onClick={() => travel(entry.step)}>
              <Icon name="undo" />
            </button>
          )}
          {(became.value === 'undone' || became.value === 'dropped') && <span class="fate">undone</span>}
          {entry.did ? (
            <button type="button" class="micros" aria-expanded={tells.value} aria-label={`What ${entry.text} did, in ${took(entry.micros)}`} title="Time in the engine. Show what it did" onClick={() => (tells.value = !tells.value)}>
              {took(entry.micros)}
            </button>
          ) : (
            entry.request.length > 0 && <span class="micros" title="Time in the engine">{took(entry.micros)}</span>
          )}
          <button type="button" class="icon" aria-label={`Copy ${entry.text || 'message'} and its reply`} title="Copy" onClick={copy}>
            <Icon name={copied.value ? 'check' : 'copy'} />
          </button>
        </div>
      )}
      {tells.value && entry.did && <Did did={entry.did} step={entry.step} />}
    </li>
  );
}
