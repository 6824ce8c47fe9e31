import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { labs, notice } from '../store';
import type { LabCard } from '../protocol';
import { Icon } from '../shell/Icon';
import { closeLab, openLab, opened } from './opened';

/** The open lab, whose code is fetched with it. */
export function OpenLab() {
  const Lab = useSignal<ComponentType<{ about: LabCard }> | null>(null);
  const about = labs.value.find((lab) => lab.name === opened.value);
  useEffect(() => {
    if (!about || Lab.value) return;
    import('./Lab').then((module) => (Lab.value = module.Lab), () => {
      closeLab();
      notice.value = { message: 'The lab could not be fetched. Is there a network?', rescue: false };
    });
  }, [about]);
  return about && Lab.value ? <Lab.value key={about.name} about={about} /> : null;
}

/** A way into a lab. */
export function LabEntry({ lab }: { lab: LabCard }) {
  return (
    <button type="button" class="lab-entry" onClick={() => openLab(lab.name)}>
      <Icon name="lab" />
      <span><b>Lab: {lab.title}</b> <span class="dim">{lab.summary}</span></span>
    </button>
  );
}

/** All labs, behind the list of lessons. */
export function AllLabs() {
  return (
    <section class="all-labs" aria-labelledby="labs-title">
      <h2 id="labs-title">Labs</h2>
      <p class="dim">Experiments with controls, each on an engine of its own.</p>
      {labs.value.map((lab) => <LabEntry key={lab.name} lab={lab} />)}
    </section>
  );
}
