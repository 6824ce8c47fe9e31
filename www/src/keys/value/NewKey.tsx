import { useSignal } from '@preact/signals';
import { inspect } from '../state';
import { runAll } from '../hand';
import { bytes, line } from '../words';
import './value.css';

/** What makes a key of each type: what it asks for, and the command. */
const makes: Record<string, { asks: string[]; command: (key: string, first: string, second: string) => string }> = {
  string: { asks: ['Value'], command: (key, value) => line('SET', key, value, 'NX') },
  hash: { asks: ['Field', 'Value'], command: (key, field, value) => line('HSET', key, field, value) },
  list: { asks: ['Item'], command: (key, item) => line('RPUSH', key, item) },
  set: { asks: ['Member'], command: (key, member) => line('SADD', key, member) },
  zset: { asks: ['Member', 'Score'], command: (key, member, score) => line('ZADD', key, score, member) },
  stream: { asks: ['Field', 'Value'], command: (key, field, value) => line('XADD', key, '*', field, value) },
};

/** A form for a new key of any type. */
export function NewKey({ close }: { close: () => void }) {
  const [key, type, first, second, seconds] = [useSignal(''), useSignal('string'), useSignal(''), useSignal(''), useSignal('')];
  const does = makes[type.value]!;
  const make = (event: Event) => {
    event.preventDefault();
    const lines = [does.command(key.value, first.value, second.value)];
    if (seconds.value !== '') lines.push(line('EXPIRE', key.value, seconds.value));
    runAll(...lines);
    inspect(bytes(key.value));
    close();
  };
  const field = (label: string, held: typeof key, required = true) => (
    <label>
      <span>{label}</span>
      <input required={required} autocapitalize="off" autocomplete="off" spellcheck={false} value={held} onInput={(event) => (held.value = event.currentTarget.value)} />
    </label>
  );
  return (
    <form class="new-key" aria-label="New key" onSubmit={make} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <label>
        <span>Key</span>
        <input ref={(input) => { if (input && key.value === '') input.focus(); }} required autocapitalize="off" autocomplete="off" spellcheck={false} value={key} onInput={(event) => (key.value = event.currentTarget.value)} />
      </label>
      <label>
        <span>Type</span>
        <select value={type} onChange={(event) => (type.value = event.currentTarget.value)}>
          {Object.keys(makes).map((name) => <option key={name}>{name}</option>)}
        </select>
      </label>
      {field(does.asks[0]!, first)}
      {does.asks[1] && field(does.asks[1], second, does.asks[1] === 'Score')}
      {field('Seconds to live', seconds, false)}
      <button class="primary">Make it</button>
      <button type="button" class="quiet" onClick={close}>Cancel</button>
    </form>
  );
}
