import { computed, effect, signal } from '@preact/signals';
import { clock, storeNow } from '../timeline/state';
import { keys, value } from './state';

/**
 * The store's time, told four times a second while something shown depends on it, so that every countdown turns on the
 * second.
 */
export const now = signal(Date.now());

const expiring = computed(() => {
  const [listed, view] = [keys.value?.rows ?? [], value.value];
  const elements = view?.content.kind === 'elements' ? view.content.rows : [];
  return listed.some(({ item }) => item.kind === 'key' && item.expiresAt !== null) || view?.row.expiresAt != null || elements.some((one) => one.expiresAt !== null);
});

effect(() => {
  now.value = storeNow();
  const { pace } = clock.value;
  if (pace === 0 || (pace === 1 && !expiring.value)) return;
  const timer = setInterval(() => (now.value = storeNow()), 250);
  return () => clearInterval(timer);
});

/** By how many milliseconds the store's time is ahead of the page's. */
export function aheadNow(): number {
  const { ahead, pace } = clock.value;
  return pace === 1 ? ahead : now.value - Date.now();
}
