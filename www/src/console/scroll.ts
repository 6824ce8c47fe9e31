import { useEffect, useRef } from 'preact/hooks';
import { useSignalEffect } from '@preact/signals';
import type { Terminal } from '../store';

/** Keeps the log at its end, unless the person scrolled up to read. */
export function useScroll(one: Terminal) {
  const ref = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useSignalEffect(() => {
    // Whoever submits wants to see the answer.
    if (one.waiting.value) atEnd.current = true;
  });
  const follow = () => {
    const box = ref.current;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  };
  useEffect(() => {
    // The prompt grows with its hint and its completions; the box shrinks with a phone's keyboard.
    const sizes = new ResizeObserver(follow);
    sizes.observe(ref.current!);
    sizes.observe(ref.current!.querySelector('.prompt-area')!);
    return () => sizes.disconnect();
  }, []);
  return {
    ref,
    onScroll: () => {
      const box = ref.current;
      if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
    },
    follow,
  };
}
