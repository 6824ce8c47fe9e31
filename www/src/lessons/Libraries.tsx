import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { kept } from '../kept';
import type { Block } from '../protocol';
import { Blocks } from './Text';

/** Which library's code is shown, in every step. */
const chosen = kept<string>('library', 'redis-cli');

const names: Record<string, string> = { 'ioredis': 'ioredis', 'node-redis': 'node-redis', 'redis-py': 'redis-py', lettuce: 'Lettuce' };

interface Props {
  isSolved: boolean;
  solution: Block[];
  clients: Block[];
  step: number;
}

/** One way to the goal: as commands, and in programs. Before the step is solved, it is shown to those who choose a library. */
export function Libraries({ isSolved, solution, clients, step }: Props) {
  const asked = useSignal(false);
  const shown = isSolved || asked.value;
  // A lesson that is begun again keeps its secrets.
  useEffect(() => { if (isSolved) asked.value = false; }, [isSolved]);
  const all: [string, Block[]][] = [
    ['redis-cli', solution],
    ...clients.flatMap((block): [string, Block[]][] => (block.kind === 'code' ? [[block.language, [block]]] : [])),
  ];
  const open = all.find(([name]) => name === chosen.value) ?? all[0]!;
  const turn = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = all[(all.indexOf(open) + by + all.length) % all.length]!;
    chosen.value = next[0];
    document.getElementById(`library-${step}-${next[0]}`)?.focus();
  };
  if (!shown && all.length === 1) return null;
  return (
    <div class="solution">
      <b aria-live="polite">{shown ? 'Solution' : 'Show a solution in'}</b>
      {all.length > 1 && (
        <div class="libraries" role="tablist" aria-label="The solution in client libraries" onKeyDown={turn}>
          {all.map(([name]) => (
            <button
              type="button"
              role="tab"
              key={name}
              id={`library-${step}-${name}`}
              aria-selected={shown && name === open[0]}
              aria-controls={`solution-${step}`}
              tabIndex={name === open[0] ? 0 : -1}
              onClick={() => { chosen.value = name; asked.value = true; }}
            >
              {names[name] ?? name}
            </button>
          ))}
        </div>
      )}
      <div id={`solution-${step}`} class="solution-body" hidden={!shown} role={all.length > 1 ? 'tabpanel' : undefined} aria-labelledby={all.length > 1 ? `library-${step}-${open[0]}` : undefined}>
        <Blocks blocks={open[1]} live />
      </div>
    </div>
  );
}
