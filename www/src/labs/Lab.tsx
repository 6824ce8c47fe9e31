import { useEffect, useRef } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { useSignal } from '@preact/signals';
import type { LabCard } from '../protocol';
import { Icon } from '../shell/Icon';
import { closeLab } from './opened';
import './labs.css';

/** Each lab's component, fetched when it is opened. */
const components: Record<string, () => Promise<{ default: ComponentType }>> = {
  bitmap: () => import('./Bitmap'),
  caching: () => import('./Caching'),
  eviction: () => import('./Eviction'),
  geo: () => import('./Geo'),
  hyperloglog: () => import('./HyperLogLog'),
  persistence: () => import('./Persistence'),
  pipelining: () => import('./Pipelining'),
  'sorted-set': () => import('./SortedSet'),
  time: () => import('./Time'),
};

/** A lab over the whole page. */
export function Lab({ about }: { about: LabCard }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const Body = useSignal<ComponentType | null>(null);
  const problem = useSignal('');
  useEffect(() => {
    dialog.current?.showModal();
    components[about.name]?.().then(
      (module) => (Body.value = module.default),
      () => (problem.value = 'The lab could not be fetched. Is there a network?'),
    );
  }, []);
  return (
    <dialog ref={dialog} class="lab" aria-labelledby="lab-title" aria-describedby="lab-summary" onClose={closeLab}>
      <header>
        <h2 id="lab-title">{about.title}</h2>
        <button type="button" class="icon" aria-label="Close the lab" title="Close the lab" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
        <p id="lab-summary" class="dim">{about.summary}</p>
      </header>
      {problem.value ? <p class="failed" role="alert">{problem.value}</p> : Body.value && <Body.value />}
    </dialog>
  );
}
