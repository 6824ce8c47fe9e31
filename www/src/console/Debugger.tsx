import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { submit, type Terminal } from '../store';
import type { DebugView } from '../protocol';

/**
 * The script that a terminal debugs: its source with the line that comes next, its variables, what it has asked of the
 * store. Whatever is pressed here is typed into the terminal, where it can be learned from.
 */
export function Debugger({ one, view }: { one: Terminal; view: DebugView }) {
  const say = (command: string) => {
    if (!one.waiting.value) submit(one, command);
  };
  const keys = (event: KeyboardEvent) => {
    const command = ({ F9: 'step', F8: 'continue' } as Record<string, string>)[event.key];
    if (!command || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    say(command);
  };
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const client = panel.current?.closest<HTMLElement>('.client');
    client?.addEventListener('keydown', keys);
    return () => client?.removeEventListener('keydown', keys);
  });
  return (
    <section class="debugger" aria-label="Debugger" ref={panel}>
      <Source view={view} say={say} />
      <div class="debug-side">
        <div class="debug-buttons">
          <button type="button" class="primary" title="Run this line (F9)" onClick={() => say('step')}>Step</button>
          <button type="button" class="quiet" title="Run to the next breakpoint (F8)" onClick={() => say('continue')}>Continue</button>
          <button type="button" class="quiet" title="End the script here" onClick={() => say('abort')}>Abort</button>
        </div>
        <h3>Variables</h3>
        {view.locals.length === 0 ? (
          <p class="dim">None yet.</p>
        ) : (
          <dl class="locals">
            {view.locals.map(({ name, value }, at) => (
              <div key={`${name}-${at}`}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        <h3>Calls</h3>
        <Calls view={view} />
      </div>
    </section>
  );
}

function Source({ view, say }: { view: DebugView; say: (command: string) => void }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    const next = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (!list.current || !next) return;
    const { scrollTop, clientHeight } = list.current;
    const top = next.offsetTop - list.current.offsetTop;
    if (top < scrollTop || top + 2 * next.offsetHeight > scrollTop + clientHeight) list.current.scrollTop = top - clientHeight / 3;
  }, [view.line]);
  return (
    <ol class="source" ref={list} tabIndex={0} aria-label="Script">
      {view.source.map((text, at) => {
        const line = at + 1;
        const marked = view.breakpoints.includes(line);
        return (
          <li key={line} aria-current={line === view.line ? 'step' : undefined}>
            <button
              type="button"
              class="line-number"
              aria-pressed={marked}
              aria-label={`Breakpoint in line ${line}`}
              title={marked ? 'Remove the breakpoint' : 'Stop here'}
              onClick={() => say(marked ? `break -${line}` : `break ${line}`)}
            >
              {line}
            </button>
            <code>{text || ' '}</code>
          </li>
        );
      })}
    </ol>
  );
}

/** The last call stays in sight. */
function Calls({ view }: { view: DebugView }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [view.calls.length]);
  if (view.calls.length === 0) return <p class="dim">None yet.</p>;
  return (
    <ol class="calls" ref={list} tabIndex={0} aria-label="Calls of the script">
      {view.calls.map(({ line, command, reply }, at) => (
        <li key={at}>
          <span class="at" title={`Line ${line}`}>{line}</span>
          <code>{command}</code>
          <code class="tone-string">{reply}</code>
        </li>
      ))}
    </ol>
  );
}
