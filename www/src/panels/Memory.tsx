import { useEffect } from 'preact/hooks';
import { browse, inspect } from '../keys/state';
import { lookAtMemory, memory } from './state';
import { bytes } from '../keys/format';
import { showKeys } from '../keys/Side';
import type { Share } from './protocol';
import './panels.css';

/** Where the memory of a database is, when one asks. */
export function Memory() {
  useEffect(lookAtMemory, [browse.value.db]);
  const view = memory.value;
  if (!view) return null;
  const biggest = view.biggest.map((row) => ({ label: row.label, keys: 1, memory: row.memory, open: () => { inspect(row.key); showKeys(); } }));
  return (
    <div class="panel">
      <div class="panel-bar">
        <p>
          db {view.db}: {view.all.keys.toLocaleString('en')} {view.all.keys === 1 ? 'key' : 'keys'}, {bytes(view.all.memory)};{' '}
          {view.expiring.keys.toLocaleString('en')} of them expire
        </p>
        <button type="button" class="quiet" onClick={lookAtMemory}>Look again</button>
      </div>
      <div class="panel-body shares" tabIndex={0} role="region" aria-label="Memory analysis">
        {view.all.keys === 0 && <p class="empty">No keys, no memory. Make some, and look again.</p>}
        <Shares title="Biggest keys" shares={biggest} all={view.all.memory} />
        <Shares title="By prefix" shares={view.prefixes} all={view.all.memory} />
        <Shares title="By type" shares={view.types} all={view.all.memory} />
      </div>
    </div>
  );
}

function Shares({ title, shares, all }: { title: string; shares: (Share & { open?: () => void })[]; all: number }) {
  if (shares.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {shares.map(({ label, keys, memory, open }) => {
          const percent = (100 * memory) / all;
          return (
            <li key={label}>
              {open ? <button type="button" class="share-label link" onClick={open}>{label}</button> : <span class="share-label">{label}</span>}
              <span class="share-size">{!open && `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}, `}{bytes(memory)}, {percent.toFixed(percent < 10 ? 1 : 0)} %</span>
              <span class="bar" aria-hidden="true"><span style={{ width: `${percent}%` }} /></span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
