import { computed, effect, signal } from '@preact/signals';
import { keys, value } from '../store';

/** The time, told four times a second while something shown expires, so that every countdown turns on the second. */
export const now = signal(Date.now());

const expiring = computed(() => keys.value?.rows.some((row) => row.expiresAt !== null) === true || value.value?.row.expiresAt != null);

effect(() => {
  if (!expiring.value) return;
  now.value = Date.now();
  const timer = setInterval(() => (now.value = Date.now()), 250);
  return () => clearInterval(timer);
});
