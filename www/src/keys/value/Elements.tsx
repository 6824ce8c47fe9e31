import { useSignal } from '@preact/signals';
import { inspect } from '../state';
import { Icon } from '../../shell/Icon';
import type { Element, ElementsView, KeyRow } from '../protocol';
import { Ttl } from '../Ttl';
import { shown, text } from '../words';
import { Add } from './Add';
import { edits, type Edits } from './edits';

/** A page of a collection: its elements, each to be changed or removed, and a form for new ones. */
export function Elements({ row, content }: { row: KeyRow; content: ElementsView }) {
  const does = edits[row.type];
  if (!does) return null;
  const expires = content.rows.some((element) => element.expiresAt !== null);
  return (
    <>
      <table class="elements" aria-label={`Elements of ${row.label}`}>
        <thead>
          <tr>
            <th scope="col">{does.columns[0]}</th>
            {does.columns[1] && <th scope="col">{does.columns[1]}</th>}
            {expires && <th scope="col" class="c-ttl">TTL</th>}
            <th scope="col" class="c-remove"><span class="hidden">Remove</span></th>
          </tr>
        </thead>
        <tbody>
          {content.rows.map((element) => (
            <ElementRow key={shown(element.name)} {...{ row, content, element, does, expires }} />
          ))}
        </tbody>
      </table>
      <Pages row={row} content={content} />
      <Add key={row.type} row={row} />
      {content.groups.length > 0 && <Groups groups={content.groups} />}
    </>
  );
}

interface Context {
  row: KeyRow;
  content: ElementsView;
  element: Element;
  does: Edits;
  expires: boolean;
}

function ElementRow({ row, content, element, does, expires }: Context) {
  const draft = useSignal<string | null>(null);
  const name = shown(element.name);
  const value = row.type === 'stream' ? pairs(element.words) : element.words[0] && shown(element.words[0]);
  const change = element.cut || text(element.words[0] ?? element.name) === null ? undefined : does.change;
  return (
    <tr>
      <th scope="row">{name}</th>
      {does.columns[1] && (
        <td class="element">
          {draft.value !== null && change ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                change(row.key, element, draft.value ?? '');
                draft.value = null;
              }}
            >
              <input
                ref={(input) => { if (input && draft.value === value) input.focus(); }}
                aria-label={`${does.columns[1]} of ${name}`}
                value={draft.value}
                onInput={(event) => (draft.value = event.currentTarget.value)}
                onKeyDown={(event) => event.key === 'Escape' && (draft.value = null)}
              />
              <button class="icon" aria-label="Save" title="Save"><Icon name="check" /></button>
            </form>
          ) : change ? (
            <button type="button" class="edit" title="Change" aria-label={`Change ${name}: ${value}`} onClick={() => (draft.value = value ?? '')}>{value || '""'}</button>
          ) : (
            <span>{value}{element.cut && '…'}</span>
          )}
        </td>
      )}
      {expires && <td class="c-ttl"><Ttl until={element.expiresAt} /></td>}
      <td class="c-remove">
        {!element.cut && (
          <button type="button" class="icon" aria-label={`Remove ${name}`} title="Remove" onClick={() => does.remove(row.key, element, content)}>
            <Icon name="close" />
          </button>
        )}
      </td>
    </tr>
  );
}

function pairs(words: Uint8Array[]): string {
  return words.map((word, i) => (i % 2 === 0 ? `${shown(word)}=` : `${shown(word)}  `)).join('').trimEnd();
}

const pageSize = 100;

function Pages({ row, content: { from, total, rows } }: { row: KeyRow; content: ElementsView }) {
  if (total <= pageSize) return null;
  return (
    <p class="pages">
      <button type="button" class="quiet" disabled={from === 0} onClick={() => inspect(row.key, from - pageSize)}>Before</button>
      <span>
        {(from + 1).toLocaleString('en')} to {(from + rows.length).toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
      <button type="button" class="quiet" disabled={from + rows.length >= total} onClick={() => inspect(row.key, from + pageSize)}>After</button>
    </p>
  );
}

function Groups({ groups }: { groups: ElementsView['groups'] }) {
  return (
    <table class="elements" aria-label="Consumer groups">
      <thead>
        <tr>
          {['Group', 'Consumers', 'Pending', 'Last given', 'Lag'].map((name) => <th key={name} scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.label}>
            <th scope="row">{group.label}</th>
            <td>{group.consumers}</td>
            <td>{group.pending}</td>
            <td>{group.lastId}</td>
            <td>{group.lag ?? 'unknown'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
