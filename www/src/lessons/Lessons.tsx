import { useEffect } from 'preact/hooks';
import { cards, lesson, lessonProblem, openLesson, openNumber, sendLesson } from '../store';
import type { LessonCard } from '../protocol';
import { AllLabs } from '../labs/Labs';
import { Icon } from '../shell/Icon';
import { forgetLesson } from './files';
import { Manual } from '../manual/Manual';
import { openCommand } from '../manual/state';
import { LessonBody } from './Lesson';
import { linkOfCommand } from './link';
import { Search } from './Search';

/** The course: its list, or the open lesson. */
export function Lessons() {
  const opened = lesson.value;
  const isManual = openCommand.value !== null;
  return (
    <section class="lessons" id="lessons" aria-label="Lessons">
      {isManual && <Manual />}
      <div hidden={isManual}>
        {openNumber.value === 0 ? <Course /> : opened && opened.card.number === openNumber.value ? <LessonBody view={opened} /> : lessonProblem.value ? <Problem /> : <Waiting />}
      </div>
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

function Problem() {
  return (
    <div class="problem" role="alert">
      <p>{lessonProblem.value}</p>
      <button type="button" class="primary" onClick={() => { forgetLesson(openNumber.value); void sendLesson(); }}>Try again</button>
      <button type="button" class="quiet" onClick={() => openLesson(0)}>All lessons</button>
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
  useEffect(() => {
    // Whoever comes back from a lesson is at its card.
    if (left === 0) document.getElementById('lessons')?.scrollTo({ top: 0 });
    left = 0;
  }, []);
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
      <Search />
      <p class="all-commands"><a href={linkOfCommand('')}>All commands</a></p>
      <ol class="cards">
        {all.map((card) => (
          <Card key={card.number} card={card} />
        ))}
      </ol>
      <AllLabs />
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
          if (button && left === card.number) button.focus();
        }}
      >
        <span class="number" style={{ '--part': card.ready ? card.done / Math.max(1, card.steps) : 0 }}>
          <span>{complete ? <Icon name="check" /> : card.number}</span>
        </span>
        <span class="title">{card.title}</span>
        <span class="facts">
          {card.level} · {card.hours} {card.hours === 1 ? 'hour' : 'hours'}
        </span>
        {card.ready ? (
          <span class="progress">
            {complete ? 'done' : `${card.done} of ${card.steps}`}
          </span>
        ) : (
          <span class="progress soon">coming</span>
        )}
      </button>
    </li>
  );
}
