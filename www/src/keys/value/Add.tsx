import { useSignal } from '@preact/signals';
import { run } from '../hand';
import type { KeyRow } from '../protocol';

/** What makes an element of each type: what it asks for, and the command of each button. */
const adds: Record<string, { asks: string[]; buttons: [string, (key: Uint8Array | string, answers: string[]) => (Uint8Array | string)[]][] }> = {
  hash: { asks: ['field', 'value'], buttons: [['Set', (key, [field, value]) => ['HSET', key, field!, value!]]] },
  list: {
    asks: ['item'],
    buttons: [
      ['Push left', (key, [item]) => ['LPUSH', key, item!]],
      ['Push right', (key, [item]) => ['RPUSH', key, item!]],
    ],
  },
  set: { asks: ['member'], buttons: [['Add', (key, [member]) => ['SADD', key, member!]]] },
  zset: { asks: ['member', 'score'], buttons: [['Add', (key, [member, score]) => ['ZADD', key, score!, member!]]] },
  stream: { asks: ['field', 'value'], buttons: [['Add', (key, answers) => ['XADD', key, '*', ...answers]]] },
};

/** A form for a new element. */
export function Add({ row }: { row: KeyRow }) {
  const does = adds[row.type];
  const answers = useSignal<string[]>(does?.asks.map(() => '') ?? []);
  if (!does) return null;
  const act = (index: number) => {
    run(...does.buttons[index]![1](row.key, answers.value));
    answers.value = does.asks.map(() => '');
  };
  const last = does.buttons.length - 1;
  return (
    <form class="add-element" aria-label="Add an element" onSubmit={(event) => { event.preventDefault(); act(last); }}>
      {answers.value.map((answer, i) => {
        const label = `New ${does.asks[i % 2]}`;
        return (
          <input
            key={i}
            aria-label={label}
            placeholder={does.asks[i % 2]}
            required={does.asks[i % 2] !== 'value'}
            autocapitalize="off"
            autocomplete="off"
            value={answer}
            onInput={(event) => (answers.value = answers.value.with(i, event.currentTarget.value))}
          />
        );
      })}
      {row.type === 'stream' && (
        <button type="button" class="icon" aria-label="One more field" title="One more field" onClick={() => (answers.value = [...answers.value, '', ''])}>+</button>
      )}
      {does.buttons.map(([label], i) => (
        <button key={label} type={i === last ? 'submit' : 'button'} class="quiet" onClick={i === last ? undefined : () => act(i)}>{label}</button>
      ))}
    </form>
  );
}
