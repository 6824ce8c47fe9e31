import { useSignal } from '@preact/signals';
import { browse, inspected, inTree, keys, look, value } from './state';
import { Icon } from '../shell/Icon';
import { later } from '../shell/later';
import { bytes } from './format';
import type { Browse } from './protocol';
import { Tree } from './Tree';

const Value = later(() => import('./value/Value').then((it) => it.Value));
const NewKey = later(() => import('./value/NewKey').then((it) => it.NewKey));

/** What the store holds, as it changes. */
export function Keys() {
  const view = keys.value;
  const isNew = useSignal(false);
  return (
    <>
      <header class="keys-bar">
        <Databases />
        <label class="filter">
          <Icon name="search" />
          <input
            type="search"
            aria-label="Filter keys by pattern"
            placeholder="user:*"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            value={browse.value.pattern === '*' ? '' : browse.value.pattern}
            onInput={(event) => look({ pattern: event.currentTarget.value || '*', limit: 100 })}
          />
        </label>
        <Types />
        <select aria-label="Sort keys" value={browse.value.sort} onChange={(event) => look({ sort: event.currentTarget.value as Browse['sort'] })}>
          <option value="name">by name</option>
          <option value="size">by size</option>
          <option value="memory">by memory</option>
          <option value="ttl">by TTL</option>
        </select>
        <button type="button" class="icon" aria-label="Reverse the order" title="Reverse the order" aria-pressed={browse.value.reverse} onClick={() => look({ reverse: !browse.value.reverse })}>
          <Icon name="reverse" />
        </button>
        <button type="button" class="icon" aria-label="As a tree" title="As a tree: branches by the parts of the names" aria-pressed={browse.value.tree} onClick={toggleTree}>
          <Icon name="tree" />
        </button>
        <button type="button" class="icon" aria-label="New key" title="New key" aria-expanded={isNew.value} onClick={() => (isNew.value = !isNew.value)}>
          <Icon name="plus" />
        </button>
        <span class="total">{view ? `${view.total.toLocaleString('en')} ${view.total === 1 ? 'key' : 'keys'}, ${bytes(view.memory)}` : ''}</span>
      </header>
      {isNew.value && <NewKey close={() => (isNew.value = false)} />}
      <div class="keys-body">
        <div class="key-list">
          {view && view.rows.length > 0 ? (
            <>
              <Tree view={view} />
              {view.more > 0 && (
                <button type="button" class="more" onClick={() => look({ limit: browse.value.limit + 200 })}>
                  Show more ({view.more.toLocaleString('en')} not shown)
                </button>
              )}
            </>
          ) : (
            <p class="empty">
              {!view ? '' : browse.value.pattern !== '*' || browse.value.type !== '' ? 'No key matches.' : 'No keys yet. Each key you make appears here, with its type, how it is stored, and how long it lives.'}
            </p>
          )}
        </div>
        {inspected.value && <Value view={value.value} />}
      </div>
    </>
  );
}

function toggleTree(): void {
  inTree.value = !inTree.value;
  look({ tree: inTree.value });
}

function Databases() {
  const all = keys.value?.databases ?? [];
  const db = browse.value.db;
  const shown = all.some((one) => one.db === db) ? all : [...all, { db, keys: 0 }].sort((a, b) => a.db - b.db);
  return (
    <select aria-label="Database" value={String(db)} onChange={(event) => look({ db: Number(event.currentTarget.value), limit: 100 })}>
      {shown.map((one) => (
        <option key={one.db} value={String(one.db)}>
          db {one.db}
        </option>
      ))}
    </select>
  );
}

function Types() {
  const found = keys.value?.types ?? [];
  const chosen = browse.value.type;
  const shown = chosen === '' || found.some((one) => one.type === chosen) ? found : [...found, { type: chosen, keys: 0 }];
  return (
    <select aria-label="Type" value={chosen} onChange={(event) => look({ type: event.currentTarget.value, limit: 100 })}>
      <option value="">any type</option>
      {shown.map((one) => (
        <option key={one.type} value={one.type}>
          {one.type} ({one.keys.toLocaleString('en')})
        </option>
      ))}
    </select>
  );
}
