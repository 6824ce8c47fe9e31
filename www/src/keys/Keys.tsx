import { useRef } from 'preact/hooks';
import { browse, inspect, inspected, keys, look, value } from '../store';
import type { KeyRow } from '../protocol';
import { Icon } from '../shell/Icon';
import { bytes, same } from './format';
import { Ttl } from './Ttl';
import { Value } from './Value';

/** What the store holds, as it changes. */
export function Keys() {
  const view = keys.value;
  const opened = value.value;
  return (
    <section class={`keys${inspected.value ? ' with-value' : ''}`} id="keys" aria-label="Keys">
      <header class="keys-bar">
        <h2>Keys</h2>
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
            onInput={(event) => look({ pattern: event.currentTarget.value || '*', limit: 100 })}
          />
        </label>
        <span class="total">{view ? `${view.total.toLocaleString('en')} ${view.total === 1 ? 'key' : 'keys'}` : ''}</span>
      </header>
      <div class="keys-body">
        <div class="key-list">
          {view && view.rows.length > 0 ? (
            <>
              <table>
                <thead>
                  <tr>
                    <th scope="col" class="c-key">Key</th>
                    <th scope="col" class="c-type">Type</th>
                    <th scope="col" class="c-encoding">Encoding</th>
                    <th scope="col" class="c-ttl">TTL</th>
                    <th scope="col" class="c-size">Size</th>
                    <th scope="col" class="c-memory">Memory</th>
                  </tr>
                </thead>
                <tbody>
                  {view.rows.map((row) => (
                    <Row key={row.label} row={row} view={view} />
                  ))}
                </tbody>
              </table>
              {view.more > 0 && (
                <button type="button" class="more" onClick={() => look({ limit: browse.value.limit + 200 })}>
                  Show more ({view.more.toLocaleString('en')} not shown)
                </button>
              )}
            </>
          ) : (
            <p class="empty">
              {!view ? '' : browse.value.pattern !== '*' ? 'No key matches this pattern.' : 'No keys yet. Each key you make appears here, with its type, how it is stored, and how long it lives.'}
            </p>
          )}
        </div>
        {inspected.value && <Value view={opened} />}
      </div>
    </section>
  );
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

/** A row. `view` is new each time the list is, so a change that comes twice flashes twice. */
function Row({ row, view }: { row: KeyRow; view: object }) {
  const flashes = useRef({ count: 0, view: null as object | null });
  if (row.changed && flashes.current.view !== view) flashes.current = { count: flashes.current.count + 1, view };
  const chosen = same(inspected.value, row.key);
  return (
    <tr class={chosen ? 'chosen' : undefined} onClick={() => inspect(chosen ? null : row.key)}>
      <th scope="row" class="c-key">
        {flashes.current.count > 0 && <span class="flash" key={flashes.current.count} />}
        <button type="button" aria-pressed={chosen} title={row.label}>
          {row.label || '""'}
        </button>
      </th>
      <td class="c-type"><span class={`badge type-${row.type}`}>{row.type}</span></td>
      <td class="c-encoding">{row.encoding}</td>
      <td class="c-ttl"><Ttl until={row.expiresAt} /></td>
      <td class="c-size">{bytes(row.size)}</td>
      <td class="c-memory">{bytes(row.memory)}</td>
    </tr>
  );
}
