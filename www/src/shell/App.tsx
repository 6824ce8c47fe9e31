import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announcement, ask, current, failure, lesson, notice, openLesson, openNumber, cards, panel, state, type Panel } from '../store';
import { Console } from '../console/Console';
import { OpenLab } from '../labs/Labs';
import { Side } from '../keys/Side';
import { Lessons } from '../lessons/Lessons';
import { Spans } from '../lessons/Text';
import { linkedSession } from '../timeline/link';
import { Header } from './Header';
import { later } from './later';
import { Tabs } from './Tabs';

const Replay = later(() => import('../timeline/Replay').then((module) => module.default));

/** The session that the page's address holds. */
const shared = signal(linkedSession());
addEventListener('hashchange', () => (shared.value = linkedSession() ?? shared.value));

export function App() {
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div class={`page show-${panel.value}`}>
      <a class="skip" href="#prompt-0" onClick={(event) => { event.preventDefault(); toPrompt(); }}>
        Skip to the prompt
      </a>
      <Header />
      {state.value === 'failed' && <p class="failed" role="alert">{failure.value}</p>}
      <Notice />
      <main>
        <Lessons />
        <div class="work">
          <Task />
          <Console />
        </div>
        <Side />
      </main>
      <Tabs />
      <OpenLab />
      {shared.value !== null && <Replay letters={shared.value} close={() => (shared.value = null)} />}
      <p class="hidden" role="status">{announcement.value}</p>
    </div>
  );
}

/** Something to know that was not asked for. */
function Notice() {
  const now = notice.value;
  if (!now) return null;
  return (
    <div class="notice" role="alert">
      <p>{now.message}</p>
      {now.rescue && <button type="button" onClick={() => ask({ kind: 'rescue' })}>Save what was set aside</button>}
      <button type="button" onClick={() => (notice.value = null)}>Dismiss</button>
    </div>
  );
}

/** On a phone the lesson is out of sight while typing: its current step stands above the console. */
function Task() {
  const view = lesson.value;
  if (!view?.card.ready) {
    const invites = openNumber.value === 0 ? 'Choose a lesson' : view && `To read: ${view.card.title}`;
    return <div class="task">{invites && <button type="button" onClick={() => (panel.value = 'lessons')}>{invites}</button>}</div>;
  }
  const step = view.steps[view.current];
  const next = cards.value.find((card) => card.number === view.card.number + 1);
  return (
    <div class="task">
      {step ? (
        <button type="button" onClick={() => (panel.value = 'lessons')}>
          <b>{view.current + 1}/{view.steps.length}</b> <span><Spans spans={step.goal} plain /></span>
        </button>
      ) : (
        <button type="button" onClick={() => { panel.value = 'lessons'; if (next) openLesson(next.number); }}>
          <b>Done</b> <span>{next ? `Next: ${next.title}` : view.card.title}</span>
        </button>
      )}
    </div>
  );
}

function toPrompt(): void {
  panel.value = 'console';
  if (current.value) current.value.focus.value += 1;
}

const panels: Record<string, Panel> = { '1': 'console', '2': 'keys', '3': 'lessons' };

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const named = /^Digit([123])$/.exec(event.code)?.[1];
  if (event.altKey && !event.ctrlKey && !event.metaKey && named) {
    event.preventDefault();
    goTo(panels[named]!);
    return;
  }
  // With the focus nowhere, typing goes into the prompt.
  const nowhere = document.activeElement === document.body || document.activeElement === null;
  if (nowhere && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey) {
    document.querySelector<HTMLTextAreaElement>(`#prompt-${current.value?.id ?? 0}`)?.focus();
  }
}

function goTo(name: Panel): void {
  panel.value = name;
  if (name === 'console') return toPrompt();
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${name} :is(button, input, select):not([hidden])`)?.focus());
}
