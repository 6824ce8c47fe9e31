import { useSignal } from '@preact/signals';
import { hex as digits } from '../../console/resp';
import { Editor } from '../../shell/Editor';
import { run } from '../hand';
import type { KeyRow, TextView } from '../protocol';
import { bytes, text } from '../words';
import { laid, packed } from './json';

/** How a string can be seen: what it looks like, and the bytes that an edited one stands for. Either is null where it can't. */
const views: Record<string, { show: (value: Uint8Array) => string | null; read: (draft: string) => Uint8Array | null }> = {
  Text: { show: text, read: bytes },
  JSON: {
    show: (value) => laid(text(value)),
    read: (draft) => {
      const one = packed(draft);
      return one === null ? null : bytes(one);
    },
  },
  Hex: {
    show: digits,
    read: (draft) => {
      const pairs = draft.replace(/\s/g, '');
      return /^([\da-f]{2})*$/i.test(pairs) ? Uint8Array.from(pairs.match(/../g) ?? [], (pair) => parseInt(pair, 16)) : null;
    },
  },
};

/** A string, to be edited as text, as JSON or as bytes. */
export function Text({ row, content: { value, cut } }: { row: KeyRow; content: TextView }) {
  const wanted = useSignal('Text');
  const draft = useSignal<string | null>(null);
  const seen = Object.keys(views).filter((name) => views[name]!.show(value) !== null);
  const name = seen.includes(wanted.value) ? wanted.value : seen[0]!;
  const view = views[name]!;
  const original = view.show(value) ?? '';
  const meant = draft.value === null ? value : view.read(draft.value);
  const isJson = seen.includes('JSON');
  // A single line, as most values are, is edited as well in a plain field, which a phone's keyboard knows best.
  const isPlain = name === 'Hex' || !(isJson || original.includes('\n'));
  const label = `Value as ${name}`;
  const write = (text: string) => (draft.value = text);
  const save = () => {
    if (draft.value !== null && meant) run('SET', row.key, meant, 'KEEPTTL');
    if (meant) draft.value = null;
  };
  const choose = (name: string) => {
    wanted.value = name;
    draft.value = null;
  };
  return (
    <form
      class="text"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div class="views" role="group" aria-label="Shown as">
        {seen.map((one) => (
          <button type="button" key={one} class="switch" aria-pressed={one === name} onClick={() => choose(one)}>{one}</button>
        ))}
        {row.encoding === 'int' && (
          <>
            <button type="button" class="quiet" aria-label="One less" onClick={() => run('DECR', row.key)}>−1</button>
            <button type="button" class="quiet" aria-label="One more" onClick={() => run('INCR', row.key)}>+1</button>
          </>
        )}
      </div>
      {isPlain ? (
        <textarea
          aria-label={label}
          spellcheck={false}
          autocapitalize="off"
          readOnly={cut}
          value={draft.value ?? original}
          onInput={(event) => write(event.currentTarget.value)}
        />
      ) : (
        <Editor key={name} label={label} language={isJson ? 'json' : 'text'} readOnly={cut} value={draft.value ?? original} onInput={write} onRun={save} />
      )}
      {cut && <p class="dim">Only the first 64 kB are shown, so it can't be edited here.</p>}
      {draft.value !== null && (
        <p class="save">
          <button class="primary" disabled={!meant}>Save</button>
          <button type="button" class="quiet" onClick={() => (draft.value = null)}>Discard</button>
          {!meant && <span class="tone-error">This is no {name === 'Hex' ? 'list of bytes' : name}.</span>}
        </p>
      )}
    </form>
  );
}
