/** How a sorted set finds a place in its order; the experiment is playground/src/labs/sorted_set.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { bytes } from '../keys/format';
import { Choice, Controls, Fact, Slider, useSteps } from './Controls';
import { openLink } from './link';
import './sorted-set.css';

type By = 'score' | 'rank' | 'member';
type Search = { by: 'score'; score: number } | { by: 'rank' | 'member'; rank: number };
type Ask = { kind: 'add'; count: number } | { kind: 'add-long' | 'restart' } | { kind: 'search'; search: Search };

interface Member {
  name: string;
  score: number;
  levels: number;
}

interface Look {
  level: number;
  from: number | null;
  next: number | null;
  goes: boolean;
}

interface View {
  members: Member[];
  encoding: string;
  bytes: number;
  command: string;
  answer: string;
  found: number | null;
  looks: Look[];
  walked: number;
}

const kinds = [['score', 'a score'], ['rank', 'a position'], ['member', 'a member’s rank']] as const;
const whole = (value: number) => value.toLocaleString('en');
/** How long each step is seen. */
const stepMs = 450;

export default function SortedSet() {
  const link = useMemo(() => openLink<Ask, View>('sorted-set'), []);
  useEffect(() => link.close, []);
  const by = useSignal<By>('score');
  const score = useSignal(500);
  const rank = useSignal(10);
  const step = useSignal<number | null>(null);
  const playing = useSignal(false);
  const waited = useRef(0);
  const view = link.view.value;
  const looks = view?.looks ?? [];
  const members = view?.members ?? [];
  const shown = Math.min(step.value ?? looks.length, looks.length);
  useSteps(playing.value, async (passed) => {
    waited.current += passed;
    if (waited.current < stepMs) return;
    waited.current = 0;
    step.value = shown + 1;
    if (shown + 1 >= looks.length) playing.value = false;
  });
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const ask = (asked: Ask) => {
    playing.value = false;
    step.value = null;
    void link.ask(asked);
  };
  const search = () => ask({ kind: 'search', search: by.value === 'score' ? { by: 'score', score: score.value } : { by: by.value, rank: rank.value } });
  const play = () => {
    if (shown >= looks.length) step.value = 0;
    waited.current = stepMs;
    playing.value = !playing.value;
  };
  return (
    <div class="lab-body">
      <Controls>
        {[1, 10, 100].map((count) => (
          <button key={count} type="button" class="primary" disabled={members.length >= 240} onClick={() => ask({ kind: 'add', count })}>Add {count}</button>
        ))}
        <button type="button" class="quiet" disabled={members.length >= 240} onClick={() => ask({ kind: 'add-long' })}>Add a name of 65 bytes</button>
        <button type="button" class="quiet" onClick={() => ask({ kind: 'restart' })}>Start again</button>
      </Controls>
      <Controls>
        <Choice label="Look for" options={kinds} value={by.value} onChange={(chosen) => { by.value = chosen; search(); }} />
        {by.value === 'score'
          ? <Slider label="At least this score" value={score.value} min={0} max={1000} onInput={(value) => { score.value = value; search(); }} />
          : <Slider label={by.value === 'rank' ? 'Position' : 'Member, by its place'} value={Math.min(rank.value, members.length - 1)} min={0} max={Math.max(0, members.length - 1)} onInput={(value) => { rank.value = value; search(); }} />}
        <Slider label="Steps shown" value={shown} min={0} max={looks.length} show={(value) => `${value} of ${looks.length}`} onInput={(value) => { playing.value = false; step.value = value; }} />
        <button type="button" class="primary play" disabled={looks.length === 0} onClick={play}>{playing.value ? 'Stop' : 'Walk'}</button>
      </Controls>
      <p class="asked"><code>{view?.command ?? ' '}</code> <span>answers</span> <code>{view?.answer}</code></p>
      <dl class="lab-facts">
        <Fact label="Members">{whole(members.length)}</Fact>
        <Fact label="OBJECT ENCODING">{view?.encoding || '–'}</Fact>
        <Fact label="MEMORY USAGE">{bytes(view?.bytes ?? 0)}</Fact>
        <Fact label="Looks, skip list">{looks.length}</Fact>
        <Fact label="Looks, listpack">{view?.walked ?? 0}</Fact>
      </dl>
      <SkipList view={view} shown={shown} />
      <p class="said">{shown > 0 ? told(members, looks[shown - 1]!) : 'At the head, on the highest level.'}</p>
      <Listpack view={view} />
      <p class="dim">
        Redis keeps a sorted set of up to 128 members, none longer than 64 bytes, as a <code>listpack</code>: one piece of memory, members and scores in
        turn, walked from its beginning. That is small, and for few members as quick as anything. Beyond that it is a skip list, with a hash table for
        the question which score a member has. Every member is linked on the lowest level; with a chance of one in four also on the next, and
        so on. A search begins on the highest level, goes forward while the next member is not too far, and down otherwise. Each link knows how many members it skips,
        which is how positions are found. The levels here are drawn like that over the real members. This page’s own engine, Redstart, keeps
        a tree that counts in place of the skip list: the same answers, the same complexity, O(log n).
      </p>
    </div>
  );
}

const called = (members: Member[], position: number | null) => (position === null ? 'the head' : `${short(members[position]?.name ?? '')} (${members[position]?.score})`);
const short = (name: string) => (name.length > 12 ? `${name.slice(0, 10)}…` : name);

function told(members: Member[], { level, from, next, goes }: Look): string {
  const where = `Level ${level + 1}, from ${called(members, from)}: `;
  const down = level === 0 ? 'the search ends' : 'one goes down';
  if (next === null) return `${where}the level ends here, so ${down}.`;
  return `${where}${called(members, next)} is ${goes ? 'before what is looked for, so one goes there' : `not before what is looked for, so ${down}`}.`;
}

/** The members as towers, linked on each level. */
function SkipList({ view, shown }: { view: View | undefined; shown: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  const members = view?.members ?? [];
  const looks = (view?.looks ?? []).slice(0, shown);
  const levels = 6;
  const gap = members.length > 60 ? 12 : 40;
  const [row, top, left] = [24, 14, 50];
  const width = left + (members.length + 1) * gap + 20;
  const floor = top + levels * row;
  const x = (position: number | null) => (position === null ? 18 : left + position * gap + gap / 2);
  const y = (level: number) => floor - (Math.min(level, levels - 1) + 0.5) * row;
  const end = width - 12;
  const last = looks.at(-1);
  const at = x(last ? (last.goes ? last.next : last.from) : null);
  useEffect(() => {
    const { current } = scroller;
    if (current && (at < current.scrollLeft + 40 || at > current.scrollLeft + current.clientWidth - 40)) current.scrollLeft = at - current.clientWidth / 2;
  }, [at]);
  const done = view && shown >= view.looks.length;
  const says = `Skip list of ${members.length} members; ${shown} looks so far${done && view.found !== null ? `, found ${members[view.found]?.name} at position ${view.found}` : ''}`;
  return (
    <div class="skiplist" ref={scroller} tabIndex={0} role="group" aria-label="Skip list, to be scrolled">
      <svg role="img" aria-label={says} width={width} height={floor + 68}>
        {Array.from({ length: levels }, (_, level) => {
          const on = members.flatMap(({ levels }, position) => (levels > level ? [position] : []));
          return <line key={level} class={on.length > 0 ? 'lane' : 'lane unused'} x1={18} x2={end} y1={y(level)} y2={y(level)} />;
        })}
        {looks.map(({ level, from, next, goes }, number) => (
          <line key={number} class={goes ? 'went' : 'seen'} x1={x(from)} x2={next === null ? end : x(next)} y1={y(level)} y2={y(level)} />
        ))}
        <rect class="tower" x={12} y={top} width={12} height={floor - top} rx={3} />
        {members.map(({ name, score, levels: own }, position) => {
          const reached = done && position === view.found;
          const height = Math.min(own, levels) * row;
          return (
            <g key={name} class={reached ? 'tower found' : 'tower'}>
              <title>{`${name}: ${score}`}</title>
              <rect x={x(position) - 4} y={floor - height + 3} width={8} height={height - 6} rx={3} />
              {(gap > 20 || reached) && <text transform={`translate(${x(position) + 3} ${floor + 62}) rotate(-90)`}>{`${short(name).slice(0, 6)} ${score}`}</text>}
            </g>
          );
        })}
        <line class="end" x1={end} x2={end} y1={top} y2={floor} />
        <circle class="here" r="5" cx={at} cy={last ? y(last.goes ? last.level : Math.max(0, last.level - 1)) : y(levels - 1)} />
      </svg>
    </div>
  );
}

/** Members and scores in turn, as a listpack has them. */
function Listpack({ view }: { view: View | undefined }) {
  const packed = view?.encoding === 'listpack';
  const members = view?.members ?? [];
  const walked = view?.walked ?? 0;
  return (
    <section class="listpack" aria-label="Listpack" tabIndex={0}>
      <h3>{packed ? 'As it is now: a listpack' : 'No longer a listpack: this is how far a walk would go'}</h3>
      <div class={packed ? '' : 'gone'} role="img" aria-label={`${members.length} members and their scores in turn; ${walked} looked at`}>
        {members.map(({ name, score }, position) => (
          <span key={name} class={position === view?.found ? 'found' : position < walked ? 'walked' : ''} title={`${name}: ${score}`}>
            {short(name)} <b>{score}</b>
          </span>
        ))}
      </div>
    </section>
  );
}
