import type { ComponentChildren } from 'preact';
import { useComputed, useSignal } from '@preact/signals';
import { suggest } from '../../store';
import { inspect } from '../state';
import { Icon } from '../../shell/Icon';
import { bytes } from '../format';
import { run } from '../hand';
import type { ValueView } from '../protocol';
import { sized } from '../Tree';
import { Ttl } from '../Ttl';
import { line } from '../words';
import { Ran } from './Ran';
import { Elements } from './Elements';
import { Text } from './Text';
import './value.css';

/** The command that shows a value of this type. */
const reads: Record<string, (key: Uint8Array) => string> = {
  string: (key) => line('GET', key),
  list: (key) => line('LRANGE', key, '0', '-1'),
  hash: (key) => line('HGETALL', key),
  set: (key) => line('SMEMBERS', key),
  zset: (key) => line('ZRANGE', key, '0', '-1', 'WITHSCORES'),
  stream: (key) => line('XRANGE', key, '-', '+'),
};

/** A key: what it holds, to be looked at and changed. */
export function Value({ view }: { view: ValueView | null }) {
  return (
    <div class="value" role="region" aria-label={view ? `Value of ${view.row.label}` : 'Value'}>
      {view ? <Key key={view.row.label} view={view} /> : <p class="empty">This key is gone.</p>}
      <Ran />
      <button type="button" class="icon value-close" aria-label="Close the value" onClick={() => inspect(null)}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Key({ view }: { view: ValueView }) {
  const { row, content } = view;
  const read = reads[row.type]?.(row.key);
  return (
    <>
      <header>
        <h3>{row.label}</h3>
        <p class="dim">
          {row.type}, {row.encoding}, {sized(row)}, {bytes(row.memory)} of memory,{' '}
          {view.frequency === null ? `idle for ${view.idle.toLocaleString('en')} s` : `frequency ${view.frequency}`}
          {row.expiresAt !== null && <>, <Ttl until={row.expiresAt} /> left</>}
        </p>
        <Actions view={view}>
          {read && (
            <button type="button" class="read" title="Put into the prompt" onClick={() => suggest(read)}>
              <Icon name="prompt" />
              <code>{read}</code>
            </button>
          )}
        </Actions>
      </header>
      <div class="value-body">
        {content.kind === 'text' ? <Text row={row} content={content} /> : <Elements row={row} content={content} />}
      </div>
    </>
  );
}

/** What can be done about a key of any type: each opens a small form. */
function Actions({ view: { row }, children }: { view: ValueView; children: ComponentChildren }) {
  const open = useSignal<'' | 'rename' | 'expire' | 'delete'>('');
  const close = () => (open.value = '');
  const button = (name: 'rename' | 'expire' | 'delete', label: string) => (
    <button type="button" class="quiet" aria-expanded={open.value === name} onClick={() => (open.value = open.value === name ? '' : name)}>{label}</button>
  );
  return (
    <div class="actions">
      {button('rename', 'Rename')}
      {button('expire', 'Expire')}
      {row.expiresAt !== null && <button type="button" class="quiet" onClick={() => run('PERSIST', row.key)}>Persist</button>}
      {button('delete', 'Delete')}
      {children}
      {open.value === 'rename' && (
        <Ask
          label="New name"
          first={row.label}
          action="Rename"
          close={close}
          done={(name) => {
            run('RENAMENX', row.key, name);
            inspect(new TextEncoder().encode(name));
          }}
        />
      )}
      {open.value === 'expire' && <Ask label="Seconds to live" first="60" action="Expire" numeric close={close} done={(seconds) => run('EXPIRE', row.key, seconds)} />}
      {open.value === 'delete' && (
        <form class="ask" aria-label={`Delete ${row.label}?`} onSubmit={(event) => { event.preventDefault(); run('DEL', row.key); inspect(null); }}>
          <p>Delete {row.label}?</p>
          <button class="danger">Delete it</button>
          <button type="button" class="quiet" onClick={close}>Keep it</button>
        </form>
      )}
    </div>
  );
}

interface Question {
  label: string;
  first: string;
  action: string;
  numeric?: boolean;
  close: () => void;
  done: (answer: string) => void;
}

/** One question, and what its answer does. */
function Ask({ label, first, action, numeric, close, done }: Question) {
  const answer = useSignal(first);
  const isEmpty = useComputed(() => answer.value === '');
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        done(answer.value);
        close();
      }}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <input ref={(input) => { if (input && answer.value === first) input.focus(); }} aria-label={label} inputMode={numeric ? 'numeric' : undefined} value={answer} onInput={(event) => (answer.value = event.currentTarget.value)} />
      <button class="primary" disabled={isEmpty}>{action}</button>
      <button type="button" class="quiet" onClick={close}>Cancel</button>
    </form>
  );
}
