import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Completion } from '../protocol';

/** What the word may become, one a line. The prompt keeps the focus. */
export function Completions({ id, items, at, onChoose }: { id: string; items: Completion[]; at: number; onChoose: (at: number) => void }) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <ul class="completions" id={id} ref={list} role="listbox" aria-label="Completions" tabIndex={0}>
      {items.map((item, i) => (
        <li
          key={item.text}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === at}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(i)}
        >
          <span class="name">{item.text}</span>
          <span class="summary">{item.summary}</span>
        </li>
      ))}
    </ul>
  );
}
