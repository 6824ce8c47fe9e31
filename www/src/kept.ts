import { effect, signal, type Signal } from '@preact/signals';

/** A signal whose value is kept in this browser. */
export function kept<T extends string | number | boolean>(name: string, first: T): Signal<T> {
  const key = `redstart.${name}`;
  let value = first;
  try {
    const text = localStorage.getItem(key);
    if (text !== null) {
      const found: unknown = JSON.parse(text);
      if (typeof found === typeof first) value = found as T;
    }
  } catch {
    // A browser that keeps nothing, or something odd kept: start with the first value.
  }
  const held = signal(value);
  let before = value;
  effect(() => {
    if (held.value === before) return;
    before = held.value;
    try {
      localStorage.setItem(key, JSON.stringify(before));
    } catch {
      // As above: the choice lasts as long as the page.
    }
  });
  return held;
}
