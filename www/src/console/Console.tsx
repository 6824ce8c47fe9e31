import { active, letter, mostTerminals, open, terminals } from '../store';
import { Client } from './Client';
import { later } from '../shell/later';
import { isBarOpen, isPast } from '../timeline/state';
import { KeyBar } from './KeyBar';

const Timeline = later(() => import('../timeline/Bar').then((module) => module.default));

/** All clients: side by side where there is room, as tabs on a phone. */
export function Console() {
  const all = terminals.value;
  return (
    <section class="console" id="console" aria-label="Console">
      {all.length > 1 && (
        <nav class="client-tabs" aria-label="Terminals">
          {all.map((one) => (
            <button type="button" key={one.id} aria-current={one.id === active.value ? 'true' : undefined} onClick={() => (active.value = one.id)}>
              Terminal {letter(one)}
            </button>
          ))}
        </nav>
      )}
      <div class={`clients of-${all.length}`}>
        {all.map((one, i) => (
          <Client key={one.id} one={one} alone={all.length === 1} more={i === all.length - 1 && all.length < mostTerminals ? add : undefined} />
        ))}
      </div>
      <KeyBar />
      {(isBarOpen.value || isPast.value) && <Timeline />}
    </section>
  );
}

function add(): void {
  open().focus.value += 1;
}
