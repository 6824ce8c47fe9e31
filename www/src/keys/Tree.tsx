import { useSignal, type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { browse, inspect, inspected, look } from './state';
import { bytes, same } from './format';
import type { Branch, KeyRow, KeysView, Row } from './protocol';
import { Ttl } from './Ttl';

const columns = [
  ['key', 'Key', 'name'],
  ['type', 'Type', null],
  ['encoding', 'Encoding', null],
  ['ttl', 'TTL', 'ttl'],
  ['size', 'Size', 'size'],
  ['memory', 'Memory', 'memory'],
] as const;

const units: Record<string, [string, string]> = {
  list: ['item', 'items'], set: ['member', 'members'], zset: ['member', 'members'], hash: ['field', 'fields'], stream: ['entry', 'entries'],
};

/** The size of a value in what it is counted in. */
export function sized({ type, size }: KeyRow): string {
  const unit = units[type];
  return unit ? `${size.toLocaleString('en')} ${unit[size === 1 ? 0 : 1]}` : bytes(size);
}

/** The keys as a tree of rows. Up and down go from row to row, left and right close and open, Enter does what a press does. */
export function Tree({ view }: { view: KeysView }) {
  // The row that Tab leads to.
  const stop = useSignal('');
  const names = view.rows.map(identity);
  const at = names.includes(stop.value) ? stop.value : names[0];
  return (
    <table role="treegrid" aria-label="Keys" aria-rowcount={view.rows.length + view.more + 1} onKeyDown={onKey}>
      <thead>
        <tr role="row">
          {columns.map(([name, label, sort]) => (
            <th key={name} role="columnheader" scope="col" class={`c-${name}`} aria-sort={sort === browse.value.sort ? direction() : undefined}>{label}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {view.rows.map((row, i) => (
          <TreeRow key={names[i]} row={row} view={view} isStop={names[i] === at} stop={stop} />
        ))}
      </tbody>
    </table>
  );
}

function direction(): 'ascending' | 'descending' {
  const isUp = browse.value.sort === 'name' || browse.value.sort === 'ttl';
  return isUp !== browse.value.reverse ? 'ascending' : 'descending';
}

function identity(row: Row): string {
  return `${row.item.kind} ${row.item.label}`;
}

/** A row. `view` is new each time the list is, so a change that comes twice flashes twice. */
function TreeRow({ row, view, isStop, stop }: { row: Row; view: object; isStop: boolean; stop: Signal<string> }) {
  const flashes = useRef({ count: 0, view: null as object | null });
  const { item } = row;
  if (item.changed && flashes.current.view !== view) flashes.current = { count: flashes.current.count + 1, view };
  const flash = flashes.current.count > 0 && <span class="flash" key={flashes.current.count} />;
  const chosen = item.kind === 'key' && same(inspected.value, item.key);
  return (
    <tr
      role="row"
      class={`${item.kind}${chosen ? ' chosen' : ''}`}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.of}
      aria-expanded={item.kind === 'branch' ? item.open : undefined}
      aria-selected={item.kind === 'key' ? chosen : undefined}
      style={{ '--level': row.level - 1 }}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => (stop.value = identity(row))}
      onClick={() => (item.kind === 'branch' ? toggle(item) : inspect(chosen ? null : item.key))}
    >
      {item.kind === 'branch' ? <BranchCells branch={item} row={row} flash={flash} /> : <KeyCells item={item} row={row} flash={flash} />}
    </tr>
  );
}

function Name({ row, flash }: { row: Row; flash: preact.ComponentChildren }) {
  return (
    <td role="gridcell" class="c-key" aria-label={row.item.label} title={row.item.label}>
      {flash}
      <span class="key-name">{row.name}</span>
    </td>
  );
}

function BranchCells({ branch, row, flash }: { branch: Branch; row: Row; flash: preact.ComponentChildren }) {
  return (
    <>
      <Name row={row} flash={flash} />
      <td role="gridcell" class="c-count" colSpan={4}>{branch.keys.toLocaleString('en')} {branch.keys === 1 ? 'key' : 'keys'}</td>
      <td role="gridcell" class="c-memory">{bytes(branch.memory)}</td>
    </>
  );
}

function KeyCells({ item, row, flash }: { item: KeyRow; row: Row; flash: preact.ComponentChildren }) {
  return (
    <>
      <Name row={row} flash={flash} />
      <td role="gridcell" class="c-type"><span class={`badge type-${item.type}`}>{item.type}</span></td>
      <td role="gridcell" class="c-encoding">{item.encoding}</td>
      <td role="gridcell" class="c-ttl"><Ttl until={item.expiresAt} /></td>
      <td role="gridcell" class="c-size">{sized(item)}</td>
      <td role="gridcell" class="c-memory">{bytes(item.memory)}</td>
    </>
  );
}

/** Opens or closes a branch. */
function toggle({ prefix, open }: Branch): void {
  const without = (all: Uint8Array[]) => all.filter((one) => !same(one, prefix));
  const { open: opened, closed } = browse.value;
  if (open) look({ open: without(opened), closed: [...without(closed), prefix] });
  else look({ open: [...without(opened), prefix], closed: without(closed) });
}

/** The keys of the ARIA tree grid, for rows. */
function onKey(event: KeyboardEvent): void {
  const row = (event.target as Element).closest<HTMLElement>('tbody tr');
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...row.parentElement!.children] as HTMLElement[];
  const at = rows.indexOf(row);
  const level = (one: HTMLElement | undefined) => Number(one?.getAttribute('aria-level'));
  const expanded = row.getAttribute('aria-expanded');
  let to: HTMLElement | undefined;
  switch (event.key) {
    case 'ArrowDown': to = rows[at + 1]; break;
    case 'ArrowUp': to = rows[at - 1]; break;
    case 'Home': to = rows[0]; break;
    case 'End': to = rows.at(-1); break;
    case 'PageDown': to = rows[Math.min(at + 10, rows.length - 1)]; break;
    case 'PageUp': to = rows[Math.max(at - 10, 0)]; break;
    case 'ArrowRight':
      if (expanded === 'false') row.click();
      else if (expanded === 'true') to = rows[at + 1];
      break;
    case 'ArrowLeft':
      if (expanded === 'true') row.click();
      else to = rows.slice(0, at).findLast((one) => level(one) < level(row));
      break;
    case 'Enter':
    case ' ':
      row.click();
      break;
    default:
      return;
  }
  event.preventDefault();
  to?.focus();
}
