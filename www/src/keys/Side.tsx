import { signal } from '@preact/signals';
import { inspected, keys } from './state';
import { later } from '../shell/later';
import { Keys } from './Keys';

/** What stands beside the console: the keys, and panels that show what goes on. They are fetched when they are opened. */
const panels = {
  keys: { label: 'Keys', Panel: Keys },
  slow: { label: 'Slow log', Panel: later(() => import('../panels/SlowLog').then((it) => it.SlowLog)) },
  monitor: { label: 'Monitor', Panel: later(() => import('../panels/Monitor').then((it) => it.Monitor)) },
  pubsub: { label: 'Pub/Sub', Panel: later(() => import('../panels/PubSub').then((it) => it.PubSub)) },
  script: { label: 'Script', Panel: later(() => import('../panels/Script').then((it) => it.Script)) },
  memory: { label: 'Memory', Panel: later(() => import('../panels/Memory').then((it) => it.Memory)) },
  stats: { label: 'Stats', Panel: later(() => import('../panels/Stats').then((it) => it.StatsPanel)) },
};
type Name = keyof typeof panels;
const names = Object.keys(panels) as Name[];
const open = signal<Name>('keys');

/** Shows the keys, whatever was shown. */
export function showKeys(): void {
  open.value = 'keys';
}

export function Side() {
  const { Panel } = panels[open.value];
  return (
    <section class={`keys${open.value === 'keys' && inspected.value ? ' with-value' : ''}`} id="keys" aria-label="Keys and panels">
      <h2 class="hidden">Keys and panels</h2>
      <div class="side-tabs" role="tablist" aria-label="Keys and panels" onKeyDown={onKey}>
        {names.map((name) => (
          <button
            type="button"
            key={name}
            role="tab"
            id={`side-${name}`}
            aria-selected={open.value === name}
            aria-controls="side-panel"
            tabIndex={open.value === name ? 0 : -1}
            onClick={() => (open.value = name)}
          >
            {panels[name].label}
            {name === 'keys' && <span class="count">{keys.value?.total.toLocaleString('en')}</span>}
          </button>
        ))}
      </div>
      <div class="side-panel" id="side-panel" role="tabpanel" aria-labelledby={`side-${open.value}`}>
        <Panel key={open.value} />
      </div>
    </section>
  );
}

function onKey(event: KeyboardEvent): void {
  const at = names.indexOf(open.value);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: names.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const name = names[(to + names.length) % names.length]!;
  open.value = name;
  document.querySelector<HTMLElement>(`#side-${name}`)?.focus();
}
