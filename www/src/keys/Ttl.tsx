import { useComputed } from '@preact/signals';
import { now } from './clock';
import { left } from './format';

/** A countdown. Only its text changes, and only when the second does. */
export function Ttl({ until }: { until: number | null }) {
  if (until === null) return <span class="dim" aria-label="never expires">–</span>;
  return <Countdown key={until} until={until} />;
}

function Countdown({ until }: { until: number }) {
  const text = useComputed(() => left(until - now.value));
  const soon = useComputed(() => (until - now.value < 10_000 ? 'ttl soon' : 'ttl'));
  return (
    <span class={soon} role="timer" aria-live="off">
      {text}
    </span>
  );
}
