import { cards, lesson, panel, type Panel } from '../store';
import { keys } from '../keys/state';

/** On a phone: one panel at a time. */
export function Tabs() {
  const all: [Panel, string, string][] = [
    ['console', 'Console', ''],
    ['keys', 'Keys', keys.value ? String(keys.value.total) : ''],
    ['lessons', 'Lessons', lesson.value?.card.ready ? `${lesson.value.card.done}/${lesson.value.card.steps}` : cards.value.length ? '' : ''],
  ];
  return (
    <nav class="tabs" aria-label="Panels">
      {all.map(([name, label, count]) => (
        <button type="button" key={name} aria-current={panel.value === name ? 'page' : undefined} onClick={() => (panel.value = name)}>
          {label}
          <span class="count">{count}</span>
        </button>
      ))}
    </nav>
  );
}
