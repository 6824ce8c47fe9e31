import { useEffect, useRef } from 'preact/hooks';
import { active, ask, cards, openLesson } from '../store';
import type { LessonView } from '../protocol';
import { Icon } from '../shell/Icon';
import { leave } from './Lessons';
import { Quiz } from './Quiz';
import { Step } from './Step';
import { Blocks } from './Text';

let greeted = false;

export function LessonBody({ view }: { view: LessonView }) {
  const { card } = view;
  const heading = useRef<HTMLHeadingElement>(null);
  const next = cards.value.find((one) => one.number === card.number + 1);
  const complete = card.ready && view.current >= view.steps.length;
  useEffect(() => {
    // The lesson that the page starts with leaves the focus in the prompt.
    if (greeted) heading.current?.focus({ preventScroll: true });
    greeted = true;
    document.getElementById('lessons')?.scrollTo({ top: 0 });
  }, [card.number]);
  return (
    <article class="lesson">
      <nav class="lesson-bar" aria-label="Lesson">
        <button type="button" class="quiet" onClick={() => leave(card.number)}>
          <Icon name="back" /> All lessons
        </button>
        {card.ready && (
          <button type="button" class="quiet" onClick={() => ask({ kind: 'restart-lesson', terminal: active.value })}>
            <Icon name="restart" /> Restart
          </button>
        )}
      </nav>
      <p class="facts">
        Lesson {card.number} of {cards.value.length} · {card.level} · {card.hours} {card.hours === 1 ? 'hour' : 'hours'}
      </p>
      <h2 tabIndex={-1} ref={heading}>{card.title}</h2>
      <div class="intro">
        {!card.ready && <p class="note">This lesson is coming. Here is what it will go through.</p>}
        <Blocks blocks={view.intro} live={card.ready} />
      </div>
      <ol class="steps">
        {view.steps.map((step, i) => (
          <Step key={`${card.number}.${i}`} step={step} lesson={card.number} number={i + 1} current={card.ready && i === view.current} ready={card.ready} />
        ))}
      </ol>
      <Extras view={view} />
      {(complete || !card.ready) && (
        <footer class={complete ? 'finish' : 'finish plain'}>
          {complete && <p><b>Lesson complete.</b> Keep trying things: your data stays here.</p>}
          {next && (
            <button type="button" class="primary" onClick={() => openLesson(next.number)}>
              Next: {next.title}
            </button>
          )}
        </footer>
      )}
    </article>
  );
}

/** What stands behind the steps: folded away, since it is for afterwards. */
function Extras({ view }: { view: LessonView }) {
  const { production, quiz, further } = view;
  const right = quiz.filter((question) => question.right).length;
  return (
    <>
      {production.length > 0 && (
        <details class="extra">
          <summary><h3>In production</h3></summary>
          <div class="extra-body"><Blocks blocks={production} live={view.card.ready} /></div>
        </details>
      )}
      {quiz.length > 0 && (
        <details class="extra">
          <summary><h3>Quiz</h3> <span class="facts">{right} of {quiz.length} right</span></summary>
          <div class="extra-body"><Quiz questions={quiz} /></div>
        </details>
      )}
      {further.length > 0 && (
        <details class="extra">
          <summary><h3>Read on</h3></summary>
          <ul class="extra-body further">
            {further.map((link) => <li key={link.url}><a href={link.url} target="_blank" rel="noreferrer">{link.text}</a></li>)}
          </ul>
        </details>
      )}
    </>
  );
}
