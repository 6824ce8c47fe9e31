import { active } from '../store';
import { controls, stay } from './controls';

const pressed = [
  ['ArrowUp', '↑', 'Older in history'],
  ['ArrowDown', '↓', 'Newer in history'],
  ['Tab', 'Tab', 'Tab: complete'],
] as const;
const typed = ['"', '{', '}', ':'];

/** The keys a phone's keyboard hides. */
export function KeyBar() {
  return (
    <div class="key-bar" role="toolbar" aria-label="Keys" onPointerDown={stay} onMouseDown={stay}>
      {pressed.map(([key, label, name]) => (
        <button type="button" key={key} aria-label={name} onClick={() => controls.get(active.value)?.press(key)}>
          {label}
        </button>
      ))}
      {typed.map((text) => (
        <button type="button" key={text} onClick={() => controls.get(active.value)?.insert(text)}>
          {text}
        </button>
      ))}
    </div>
  );
}
