import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import { Lines } from '../console/Lines';
import { runAll } from '../keys/hand';
import { Ran } from '../keys/value/Ran';
import { Editor, type Place } from '../shell/Editor';
import { Icon } from '../shell/Icon';
import { suggest } from '../store';
import { answer, args, byName, choose, example, examples, isAnswered, keys, load, run, script, words, wrongLine } from './script';
import './panels.css';

/** A Lua script, to be written, run with keys and arguments, and loaded. */
export function Script() {
  const place = useSignal<Place | null>(null);
  useSignalEffect(() => {
    place.value = answer.value && wrongLine.value > 0 && isAnswered() ? { line: wrongLine.value, go: false } : null;
  });
  const shown = example.value;
  return (
    <div class="panel script">
      <form class="panel-bar" onSubmit={(event) => { event.preventDefault(); run(); }}>
        <select
          aria-label="Example"
          value={shown?.title ?? ''}
          onChange={(event) => {
            const one = examples.find(({ title }) => title === event.currentTarget.value);
            if (one) choose(one);
          }}
        >
          {!shown && <option value="">Your script</option>}
          {examples.map(({ title }) => <option key={title}>{title}</option>)}
        </select>
        <Words label="KEYS" held={keys} />
        <Words label="ARGV" held={args} />
        <span class="script-buttons">
          <button class="primary" disabled={!words.value} title="Ctrl or Cmd with Enter, in the script">Run</button>
          <button type="button" class="quiet" title="SCRIPT LOAD: keeps the script under its SHA-1" onClick={load}>Load</button>
        </span>
        {!words.value && <p class="tone-error" role="alert">Put words with spaces between quotes, and close each quote.</p>}
        {shown?.before && <Line text={shown.before} label="Run first" icon={false} act={runAll} />}
      </form>
      <Editor label="Script" language="lua" value={script.value} place={place.value} onInput={(text) => (script.value = text)} onRun={run} />
      {answer.value && (
        <div class="script-reply" tabIndex={0} role="region" aria-label="Reply">
          <Lines lines={answer.value.lines} />
          {wrongLine.value > 0 && (
            <button type="button" class="link" onClick={() => (place.value = { line: wrongLine.value, go: true })}>Go to line {wrongLine.value}</button>
          )}
          {byName.value && <Line text={byName.value} label="Call it by name" icon act={suggest} />}
        </div>
      )}
      <Ran />
    </div>
  );
}

function Words({ label, held }: { label: string; held: Signal<string> }) {
  return (
    <label class="script-words">
      <code>{label}</code>
      <input autocapitalize="off" autocomplete="off" spellcheck={false} value={held} onInput={(event) => (held.value = event.currentTarget.value)} />
    </label>
  );
}

/** A command that is worth running now. */
function Line({ text, label, icon, act }: { text: string; label: string; icon: boolean; act: (text: string) => void }) {
  return (
    <p class="script-line">
      {label}
      <button type="button" class="read" title={icon ? 'Put into the prompt' : 'Run it'} onClick={() => act(text)}>
        {icon && <Icon name="prompt" />}
        <code>{text}</code>
      </button>
    </p>
  );
}
