import { ask } from '../store';
import type { QuestionView } from '../protocol';
import { Icon } from '../shell/Icon';
import { Spans } from './Text';

/** Questions that are answered until they are right; each then says why. */
export function Quiz({ questions }: { questions: QuestionView[] }) {
  return (
    <ol class="quiz">
      {questions.map((question, i) => (
        <li key={i}>
          <fieldset>
            <legend><Spans spans={question.text} plain /></legend>
            {question.options.map((option, j) => {
              const isChosen = question.chosen === j;
              const verdict = !isChosen ? '' : question.right ? ' right' : ' wrong';
              return (
                <label key={j} class={`option${verdict}`}>
                  <input type="radio" name={`question-${i}`} checked={isChosen} disabled={question.right && !isChosen} onChange={() => ask({ kind: 'answer', question: i, option: j })} />
                  <span><Spans spans={option} plain /></span>
                  {verdict && <Icon name={question.right ? 'check' : 'close'} />}
                </label>
              );
            })}
            <p class="why" aria-live="polite">
              {question.right ? <><b>Right.</b> <Spans spans={question.why} /></> : question.chosen !== null ? <><b>Not quite.</b> Try another one.</> : null}
            </p>
          </fieldset>
        </li>
      ))}
    </ol>
  );
}
