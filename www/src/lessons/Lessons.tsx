import { cards, lesson, openLesson, openNumber } from '../store';
import type { LessonCard } from '../protocol';
import { LessonBody } from './Lesson';

/** The course: its list, or the open lesson. */
export function Lessons() {
  const opened = lesson.value;
  return (
    <section class="lessons" id="lessons" aria-label="Lessons">
      {openNumber.value === 0 ? <Course /> : opened && opened.card.number === openNumber.value ? <LessonBody view={opened} /> : <Waiting />}
    </section>
  );
}

function Waiting() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i /><i /><i /><i /><i /><i />
    </div>
  );
}

/** Which card to give the focus back to. */
let left = 0;
export function leave(number: number): void {
  left = number;
  openLesson(0);
}

function Course() {
  const all = cards.value;
  const done = all.filter((card) => card.ready && card.done === card.steps).length;
  return (
    <div class="course">
      <header>
        <h2>Lessons</h2>
        <p class="dim">
          Sixteen lessons, from a first key to a cluster. {done > 0 ? `You have finished ${done}.` : 'Every step is checked by what the store holds, so there is more than one right way.'}
        </p>
      </header>
      <ol class="cards">
        {all.map((card) => (
          <Card key={card.number} card={card} />
        ))}
      </ol>
    </div>
  );
}

function Card({ card }: { card: LessonCard }) {
  const complete = card.ready && card.done === card.steps;
  return (
    <li>
      <button
        type="button"
        class={`card${complete ? ' complete' : ''}${card.ready ? '' : ' coming'}`}
        onClick={() => openLesson(card.number)}
        ref={(button) => {
          if (button && left === card.number) {
            left = 0;
            button.focus();
          }
        }}
      >
        <span class="number">{card.number}</span>
        <span class="title">{card.title}</span>
        <span class="facts">
          {card.level} · {card.hours} {card.hours === 1 ? 'hour' : 'hours'}
        </span>
        {card.ready ? (
          <span class="progress">
            <span class="bar" aria-hidden="true"><i style={{ width: `${(100 * card.done) / Math.max(1, card.steps)}%` }} /></span>
            {complete ? 'done' : `${card.done} of ${card.steps}`}
          </span>
        ) : (
          <span class="progress soon">coming</span>
        )}
      </button>
    </li>
  );
}
