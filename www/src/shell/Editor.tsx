import { signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Handle } from './codemirror';
import './editor.css';

/** A line that is marked, from 1, and whether to go there. Each object is gone to once. */
export interface Place {
  line: number;
  go: boolean;
}

/** What an editor shows. */
export interface Shape {
  value: string;
  label: string;
  language: 'json' | 'lua' | 'text';
  readOnly?: boolean;
  place?: Place | null;
}

interface Props extends Shape {
  onInput: (value: string) => void;
  /** What Ctrl or Cmd with Enter does. */
  onRun?: () => void;
}

type Code = typeof import('./codemirror');
const code = signal<Code | null>(null);
let loading = false;

/** Fetches CodeMirror. What failed may be tried again with the next editor. */
function load(): void {
  if (code.value || loading) return;
  loading = true;
  import('./codemirror').then((it) => (code.value = it), () => {}).finally(() => (loading = false));
}

/** A text to edit: in CodeMirror as soon as that is there, and in a plain field until then, or for good if it can't be fetched. */
export function Editor({ onInput, onRun, ...shape }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const handle = useRef<Handle | null>(null);
  const input = useRef(onInput);
  const gone = useRef(shape.place);
  const isPlain = useSignal(true);
  input.current = onInput;
  useEffect(load, []);
  useLayoutEffect(() => {
    if (!code.value) return;
    const made = code.value.edit(host.current!, shape, (value) => input.current(value));
    handle.current = made;
    const before = plain.current;
    if (before && before === document.activeElement) made.take(before.selectionStart, before.selectionEnd);
    isPlain.value = false;
    return () => {
      handle.current = null;
      made.destroy();
    };
  }, [code.value]);
  useLayoutEffect(() => {
    if (handle.current) handle.current.update(shape);
    else if (shape.place?.go && shape.place !== gone.current) goTo(plain.current!, shape.place.line);
    gone.current = shape.place;
  }, [code.value, shape.value, shape.label, shape.language, shape.readOnly, shape.place]);
  return (
    <div
      class={`editor in-${shape.language}`}
      onKeyDownCapture={(event) => {
        if (!onRun || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.stopPropagation();
        onRun();
      }}
    >
      <div ref={host} />
      {isPlain.value && (
        <textarea
          ref={plain}
          aria-label={shape.label}
          spellcheck={false}
          autocapitalize="off"
          readOnly={shape.readOnly}
          value={shape.value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

/** Puts the cursor to the beginning of a line. */
function goTo(plain: HTMLTextAreaElement, line: number): void {
  const before = plain.value.split('\n').slice(0, line - 1);
  const at = before.reduce((sum, one) => sum + one.length + 1, 0);
  plain.focus();
  plain.setSelectionRange(at, at);
}
