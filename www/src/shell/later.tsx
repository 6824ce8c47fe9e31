import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

/** A component that is fetched when it is first drawn: nothing is drawn until it is there. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const part = signal<{ Part: ComponentType<P> } | null>(null);
  let loading = false;
  return (props: P) => {
    if (part.value) return <part.value.Part {...props} />;
    if (!loading) {
      loading = true;
      // What failed may be tried again when it is drawn again.
      load().then((Part) => (part.value = { Part }), () => (loading = false));
    }
    return null;
  };
}
