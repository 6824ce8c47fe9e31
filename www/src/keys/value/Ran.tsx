import { suggest } from '../../store';
import { Icon } from '../../shell/Icon';
import { ran } from '../hand';
import './value.css';

/** The command that the last button stood for, and what came of it. */
export function Ran() {
  const last = ran.value.findLast((entry) => !entry.text.startsWith('SELECT '));
  return (
    <p class="ran" role="status">
      {last && (
        <>
          <code class="ran-command">{last.text}</code>
          <span class={`ran-reply tone-${last.lines[0]?.tone ?? 'dim'}`}>{last.lines[0]?.text}</span>
          <button type="button" class="icon" aria-label={`Copy to the console: ${last.text}`} title="Copy to the console" onClick={() => suggest(last.text)}>
            <Icon name="prompt" />
          </button>
        </>
      )}
    </p>
  );
}
