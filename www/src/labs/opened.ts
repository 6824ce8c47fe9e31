/** Which lab is open: `#/lab/eviction` leads to one. The rest of the labs is loaded when one is opened. */
import { signal } from '@preact/signals';

export const opened = signal(linkedLab());

let before = '';

export function openLab(name: string): void {
  before = location.hash;
  history.pushState(null, '', `#/lab/${name}`);
  opened.value = name;
}

/** Back to where one was. */
export function closeLab(): void {
  if (opened.value === null) return;
  opened.value = null;
  history.pushState(null, '', before || location.pathname + location.search);
}

addEventListener('popstate', () => (opened.value = linkedLab()));

function linkedLab(): string | null {
  return /^#\/lab\/([a-z-]+)$/.exec(location.hash)?.[1] ?? null;
}
