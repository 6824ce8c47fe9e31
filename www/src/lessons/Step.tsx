import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../store';
import type { StepView } from '../protocol';
import { Icon } from '../shell/Icon';
import { Blocks, Command, Inline } from './Text';

/** A step of a lesson. The one to do is open; a done one folds away but can be read again. */
export function Step({ step, number, current, ready }: { step: StepView; number: number; current: boolean; ready: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  const turned = useSignal(false);
  const was = useRef(current);
  useEffect(() => {
    if (current && !was.current) {
      turned.value = false;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      item.current?.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
    }
    was.current = current;
  }, [current]);
  const open = (current || !ready) !== turned.value;
  const body = `step-${number}`;
  return (
    <li ref={item} class={`step${step.done ? ' done' : ''}${current ? ' current' : ''}`} aria-current={current ? 'step' : undefined}>
      <h3>
        <button type="button" aria-expanded={open} aria-controls={body} onClick={() => (turned.value = !turned.value)}>
          <span class="tick" aria-hidden="true">{step.done ? <Icon name="check" /> : number}</span>
          <span>{step.title}</span>
          {step.done && <span class="hidden">, done</span>}
        </button>
      </h3>
      <div id={body} class="step-body" hidden={!open}>
        <Blocks blocks={step.text} live={ready} />
        {step.goal !== '' && (
          <p class="goal">
            <b>{ready ? 'Goal' : 'You will'}</b> <span><Inline text={step.goal} /></span>
          </p>
        )}
        {(step.hints.length > 0 || (current && step.moreHints)) && (
          <div class="hints" aria-live="polite">
            {step.hints.map((hint, i) =>
              i > 0 && i === step.hints.length - 1 && !step.moreHints ? (
                <div key={i} class="solution"><b>Solution</b>{hint.split('\n').map((text) => <Command key={text} text={text} live={ready} />)}</div>
              ) : (
                <p key={i}><b>Hint</b> <span><Inline text={hint} /></span></p>
              ),
            )}
            {current && step.moreHints && (
              <button type="button" class="quiet" onClick={() => ask({ kind: 'hint' })}>
                <Icon name="hint" /> {step.hints.length === 0 ? 'A hint' : 'More help'}
              </button>
            )}
          </div>
        )}
      </div>
    </li>
  );
}
