import { useRef } from 'preact/hooks';
import { erase, exportData, importData, leads, loading, loadProgress, saved, saveProgress } from '../store';
import { theme, turn } from '../theme';
import { bytes } from '../keys/format';
import { ClockButton } from '../timeline/ClockButton';
import { Icon } from './Icon';
import { Mark } from './Mark';

export function Header() {
  const eraser = useRef<HTMLDialogElement>(null);
  const keyboard = useRef<HTMLDialogElement>(null);
  const data = useRef<HTMLDialogElement>(null);
  const themes = { system: 'as the system', light: 'light', dark: 'dark' };
  return (
    <header class="top">
      <h1>
        <Mark />
        Redstart
      </h1>
      <p class="slogan">Learn Redis by typing it</p>
      <Kept />
      <div class="tools">
        <ClockButton />
        <button type="button" class="icon wide-only" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" onClick={() => keyboard.current?.showModal()}>
          <Icon name="keyboard" />
        </button>
        <button type="button" class="icon" aria-label="Data: save and load" title="Data: save and load" onClick={() => data.current?.showModal()}>
          <Icon name="data" />
        </button>
        <button type="button" class="icon" aria-label="Erase everything kept" title="Erase everything kept" onClick={() => eraser.current?.showModal()}>
          <Icon name="erase" />
        </button>
        <button type="button" class="icon" aria-label={`Theme: ${themes[theme.value]}`} title={`Theme: ${themes[theme.value]}`} onClick={turn}>
          <Icon name={theme.value} />
        </button>
      </div>
      <dialog ref={eraser} aria-labelledby="erase-title">
        <h2 id="erase-title">Erase everything?</h2>
        <p>All keys, the history of commands and your progress in the lessons are removed from this browser. This can't be undone.</p>
        <form method="dialog">
          <button class="quiet">Keep it</button>
          <button class="danger" onClick={erase}>Erase</button>
        </form>
      </dialog>
      <dialog ref={data} aria-labelledby="data-title">
        <h2 id="data-title">Your data</h2>
        <p>
          It is kept in this browser as an append-only file. As an RDB file you can take it elsewhere: redis-server loads it as its <code>dump.rdb</code>, and
          what redis-server has saved can be loaded here.
        </p>
        <form method="dialog">
          <button class="quiet" onClick={exportData}>Save as dump.rdb</button>
          <label class="quiet file">
            Load an RDB file
            <input type="file" accept=".rdb" aria-label="Load an RDB file in the place of all keys" onChange={(event) => load(event.currentTarget, data.current, importData)} />
          </label>
          <button class="primary">Close</button>
        </form>
        <p class="aside">A file that is loaded replaces all keys. Your history and progress stay.</p>
        <h3>Progress</h3>
        <p>Which steps are done, and what you answered in the quizzes.</p>
        <form method="dialog">
          <button class="quiet" onClick={saveProgress}>Save progress</button>
          <label class="quiet file">
            Load progress
            <input type="file" accept=".json" aria-label="Load progress in the place of yours" onChange={(event) => load(event.currentTarget, data.current, loadProgress)} />
          </label>
        </form>
      </dialog>
      <dialog ref={keyboard} aria-labelledby="keyboard-title">
        <h2 id="keyboard-title">Keyboard</h2>
        <dl class="shortcuts">
          {shortcuts.map(([keys, what]) => (
            <div key={keys}>
              <dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog"><button class="primary">Close</button></form>
      </dialog>
    </header>
  );
}

const shortcuts = [
  ['Tab', 'complete; again for the next, Shift-Tab for the one before'],
  ['Esc', 'leave completion; then Tab leaves the prompt'],
  ['↑ ↓', 'older and newer commands'],
  ['Ctrl-R', 'search in history'],
  ['Shift-Enter', 'a new line; all lines run in order'],
  ['Ctrl-C', 'abandon the line, or stop waiting'],
  ['Ctrl-L', 'clear the log'],
  ['F1', 'the page of the command that is being typed'],
  ['Ctrl-A Ctrl-E', 'to the beginning, to the end'],
  ['Ctrl-K Ctrl-U', 'delete to the end, to the beginning'],
  ['Alt-1 Alt-2 Alt-3', 'go to console, keys, lessons'],
] as const;

function load(input: HTMLInputElement, dialog: HTMLDialogElement | null, take: (file: File) => Promise<void>): void {
  const file = input.files?.[0];
  if (file) void take(file);
  input.value = '';
  dialog?.close();
}

/** Whether the data is kept. */
function Kept() {
  const now = saved.value;
  if (loading.value !== null && loading.value > 0) return <p class="kept" role="status">Loading: {loading.value} %</p>;
  if (now?.error) return <p class="kept bad" role="status" title={now.error}>Not kept: {now.error}</p>;
  const where = leads.value ? 'This tab has the store.' : 'Another tab has the store, and this one reaches it through that.';
  const title = now && `${bytes(now.bytes)} in the append-only file, ${now.durable ? 'all of it durable' : 'the last of it not durable yet'}. ${where}`;
  return (
    <p class="kept" data-at={now?.at} data-durable={now?.durable} data-leads={leads.value} title={title ?? undefined}>
      <span class={`kept-dot${leads.value ? '' : ' ring'}`} aria-hidden="true" /> <span class="short">Kept</span><span class="long"> {leads.value ? 'in this browser' : 'through another tab'}</span>
    </p>
  );
}
