import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask, linkedStep } from '../store';
import type { StepView } from '../protocol';
import { Icon } from '../shell/Icon';
import { Libraries } from './Libraries';
import { linkOf } from './link';
import { Blocks, Spans } from './Text';

interface Props {
  step: StepView;
  lesson: number;
  number: number;
  current: boolean;
  ready: boolean;
}

/** A step of a lesson. The one to do is open; a done one folds away but can be read again. */
export function Step({ step, lesson, number, current, ready }: Props) {
  const item = useRef<HTMLLIElement>(null);
  const turned = useSignal(false);
  const was = useRef(current);
  const isLinked = linkedStep.value === number;
  useEffect(() => {
    if (current && !was.current) {
      turned.value = false;
      show(item.current, 'nearest');
    }
    was.current = current;
  }, [current]);
  useEffect(() => {
    if (!isLinked) return;
    turned.value = !(current || !ready);
    requestAnimationFrame(() => show(item.current, 'start'));
  }, [isLinked]);
  const open = (current || !ready) !== turned.value;
  const body = `step-${number}`;
  return (
    <li ref={item} class={`step${step.done ? ' done' : ''}${current ? ' current' : ''}`} aria-current={current ? 'step' : undefined}>
      <h3>
        <button type="button" aria-expanded={open} aria-controls={body} onClick={() => (turned.value = !turned.value)}>
          <span class="tick" aria-hidden="true">{step.done ? <Icon name="check" /> : number}</span>
          <span>{step.title}</span>
          {step.isBuild && <span class="build">build</span>}
          {step.done && <span class="hidden">, done</span>}
        </button>
        <a class="anchor" href={linkOf(lesson, number)} aria-label={`Link to step ${number}`} title="Link to this step">#</a>
      </h3>
      <div id={body} class="step-body" hidden={!open}>
        <Blocks blocks={step.text} live={ready} />
        {step.goal.length > 0 && (
          <p class="goal">
            <b>Goal</b> <span><Spans spans={step.goal} /></span>
          </p>
        )}
        {(step.hints.length > 0 || (current && step.moreHints)) && (
          <div class="hints" aria-live="polite">
            {step.hints.map((hint, i) => (
              <p key={i}><b>Hint</b> <span><Spans spans={hint} /></span></p>
            ))}
            {current && step.moreHints && (
              <button type="button" class="quiet" onClick={() => ask({ kind: 'hint' })}>
                <Icon name="hint" /> {step.hints.length === 0 ? 'A hint' : 'More help'}
              </button>
            )}
          </div>
        )}
        {step.solution.length > 0 && <Libraries isSolved={step.isSolved} solution={step.solution} clients={step.clients} step={number} />}
      </div>
    </li>
  );
}

function show(item: HTMLElement | null, block: ScrollLogicalPosition): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  item?.scrollIntoView({ block, behavior: calm ? 'auto' : 'smooth' });
}
