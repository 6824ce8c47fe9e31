import './bar.css';
import { useSignal } from '@preact/signals';
import { ask } from '../store';
import { Icon } from '../shell/Icon';
import { aheadNow } from '../keys/clock';
import { differs, span } from './format';
import { Share } from './Share';
import { clock, isPast, redoPlace, timeline, travelToPlace, undoPlace } from './state';

/** Time under one's hand: back and forth among what was done, and how the store's clock goes. */
export default function Bar() {
  const { steps, at } = timeline.value;
  const shares = useSignal(false);
  const last = steps[at - 1];
  const where = at === 0 ? (steps.length > 0 ? 'before all that is kept' : 'nothing done yet') : `after ${last!.label}`;
  return (
    <section class={`timeline${isPast.value ? ' past' : ''}`} id="timeline" aria-label="Time and undo">
      <div class="moments">
        <button type="button" class="icon" aria-label="Undo" title="Undo" disabled={undoPlace.value < 0} onClick={() => travelToPlace(undoPlace.value)}>
          <Icon name="undo" />
        </button>
        <input
          type="range"
          min={0}
          max={steps.length}
          value={at}
          disabled={steps.length === 0}
          aria-label="Moment of this session"
          aria-valuetext={`${at} of ${steps.length}, ${where}`}
          onInput={(event) => ask({ kind: 'travel', to: steps[Number(event.currentTarget.value)]?.id ?? null })}
          onChange={(event) => travelToPlace(Number(event.currentTarget.value))}
        />
        <button type="button" class="icon" aria-label="Redo" title="Redo" disabled={!isPast.value} onClick={() => travelToPlace(redoPlace.value)}>
          <Icon name="redo" />
        </button>
        <p class="moment">
          <span class="count">{at} of {steps.length}</span> <span class="label">{where}</span>
        </p>
      </div>
      {isPast.value ? <Past left={steps.length - at} /> : <Pace share={() => (shares.value = true)} />}
      {shares.value && <Share close={() => (shares.value = false)} />}
    </section>
  );
}

/** The store is one of the past: what may be done there. */
function Past({ left }: { left: number }) {
  return (
    <div class="pace" role="status">
      <p>
        Time stands still here. What you change now drops the {left === 1 ? 'step that is undone' : `${left} steps that are undone`}.
      </p>
      <button type="button" class="quiet" onClick={() => travelToPlace(timeline.value.steps.length)}>Redo all</button>
      <button type="button" class="quiet" onClick={() => ask({ kind: 'pace', pace: 1 })}>Go on from here</button>
    </div>
  );
}

const paces = [[0, 'Stop'], [1, '×1'], [10, '×10'], [100, '×100']] as const;
const jumps = [[1000, '+1 s'], [60_000, '+1 min'], [3_600_000, '+1 h']] as const;

function Pace({ share }: { share: () => void }) {
  const { pace } = clock.value;
  const ahead = aheadNow();
  return (
    <div class="pace">
      <div class="group" role="group" aria-label="How fast time goes">
        {paces.map(([speed, label]) => (
          <button type="button" key={speed} aria-pressed={pace === speed} onClick={() => ask({ kind: 'pace', pace: speed })}>{label}</button>
        ))}
      </div>
      <div class="group" role="group" aria-label="Put time forward">
        {jumps.map(([ms, label]) => (
          <button type="button" key={ms} onClick={() => ask({ kind: 'advance', ms })}>{label}</button>
        ))}
      </div>
      <p class="ahead">{pace === 0 ? 'Time stands still' : differs(ahead, 1) ? <>The store's time: {differs(ahead, 1)}</> : 'Real time'}</p>
      {pace === 1 && ahead < -1000 && <button type="button" class="quiet catch-up" onClick={() => ask({ kind: 'advance', ms: -ahead })}>Catch up {span(ahead)}</button>}
      <span class="gap" />
      <button type="button" class="quiet opens-share" onClick={share}><Icon name="share" /> <span class="share-word">Share</span></button>
    </div>
  );
}
