import { active, ask, close, letter, reconnect, type Terminal } from '../store';
import { Icon } from '../shell/Icon';
import { Debugger } from './Debugger';
import { Log } from './Log';
import { Prompt } from './Prompt';
import { useScroll } from './scroll';

/** One client: its switches, its log, its prompt. */
export function Client({ one, alone, more }: { one: Terminal; alone: boolean; more?: (() => void) | undefined }) {
  const name = `Terminal ${letter(one)}`;
  const scroll = useScroll(one);
  const toPrompt = (event: MouseEvent) => {
    // A press on the empty part of the log goes to the prompt, unless text is being selected.
    const onText = (event.target as Element).closest('button, .entry, .prompt-area, .wire');
    if (!onText && getSelection()?.isCollapsed) one.focus.value += 1;
  };
  return (
    <section class={`client${one.id === active.value ? ' active' : ''}`} aria-label={name} onFocusCapture={() => (active.value = one.id)}>
      <header class="client-bar">
        <h2><span class="word">Terminal</span> {letter(one)}</h2>
        <button type="button" role="switch" class="switch" aria-checked={one.resp3.value} title="Speak RESP3 on this connection" onClick={() => ask({ kind: 'resp3', terminal: one.id, on: !one.resp3.value })}>
          RESP3
        </button>
        <button type="button" role="switch" class="switch" aria-checked={one.wire.value} title="Show the bytes of each request and reply" onClick={() => (one.wire.value = !one.wire.value)}>
          Wire
        </button>
        <span class="gap" />
        <button type="button" class="icon" aria-label={`Clear ${name}`} title="Clear (Ctrl-L)" onClick={() => { one.log.value = []; one.focus.value += 1; }}>
          <Icon name="clear" />
        </button>
        {!alone && (
          <button type="button" class="icon" aria-label={`Close ${name}`} title="Disconnect and close" onClick={() => close(one.id)}>
            <Icon name="close" />
          </button>
        )}
        {more && (
          <button type="button" class="add" aria-label="Add a terminal" title="Connect another client" onClick={more}>
            <Icon name="plus" />
            <span>terminal</span>
          </button>
        )}
      </header>
      {one.debug.value && <Debugger one={one} view={one.debug.value} />}
      <div class="scroll" ref={scroll.ref} onScroll={scroll.onScroll} onClick={toPrompt}>
        <Log one={one} onGrow={scroll.follow} />
        {one.closed.value && (
          <p class="closed">
            The server closed this connection.{' '}
            <button type="button" class="link" onClick={() => { reconnect(one); one.focus.value += 1; }}>
              Reconnect
            </button>
            , or press Enter on a command.
          </p>
        )}
        <Prompt one={one} />
      </div>
    </section>
  );
}
