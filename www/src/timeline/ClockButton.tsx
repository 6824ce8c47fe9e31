import { aheadNow } from '../keys/clock';
import { Icon } from '../shell/Icon';
import { differs } from './format';
import { clock, isBarOpen, isPast } from './state';

/** In the header: shows the timeline, and by how much the store's time is another. */
export function ClockButton() {
  const text = isPast.value ? 'past' : differs(aheadNow(), clock.value.pace);
  const label = text ? `Time and undo. The store's time: ${text}` : 'Time and undo';
  return (
    <button type="button" class={`icon clock-button${text ? ' differs' : ''}`} aria-label={label} title={label} aria-expanded={isBarOpen.value || isPast.value} aria-controls="timeline" onClick={() => (isBarOpen.value = !isBarOpen.value)}>
      <Icon name="clock" />
      {text && <span>{text}</span>}
    </button>
  );
}
