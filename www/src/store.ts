/** What the page knows, as signals, and its link to the worker. No rule of the store lives here. */
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import { listen, post } from './engine';
import { kept } from './kept';
import { browse, inspect, inspected, keys, lookAgain, value } from './keys/state';
import { fetchLesson } from './lessons/files';
import { linked, linkOf, linkTo } from './lessons/link';
import { groups, leaveManual, openCommand, openManual, sendManual, toldManual } from './manual/state';
import { memory, slowLog, stats, watchAgain } from './panels/state';
import type { Ask, Assist, CommandView, DebugView, Entry, LabCard, LessonCard, LessonView, Line, Progress, Tell } from './protocol';
import { toldTime } from './timeline/state';

/** An entry as the log shows it: numbered, so that rows keep their place. */
export interface Shown extends Entry {
  id: number;
}

/** One client: its own connection, prompt and log. */
export interface Terminal {
  id: number;
  prompt: Signal<string>;
  resp3: Signal<boolean>;
  log: Signal<Shown[]>;
  /** What stands in the prompt, and where the cursor is to go when the page (not the person) set it. */
  draft: Signal<string>;
  assist: Signal<{ text: string; assist: Assist } | null>;
  closed: Signal<boolean>;
  /** Whether the log shows bytes too. */
  wire: Signal<boolean>;
  /** Submitted, and nothing came back yet. */
  waiting: Signal<boolean>;
  /** What was submitted and is not answered yet, in order. */
  pending: Submit[];
  /** The script that it debugs. */
  debug: Signal<DebugView | null>;
  /** Raised to ask for the focus. */
  focus: Signal<number>;
}

type Submit = Extract<Ask, { kind: 'submit' }>;

/** What a client is called on the page, as in the lessons: terminal a, b, c or d. */
export function letter(one: Terminal): string {
  return 'abcd'[one.id] ?? String(one.id);
}

export type Panel = 'console' | 'keys' | 'lessons';
export type State = 'starting' | 'ready' | 'failed';

const firstPrompt = '127.0.0.1:6379> ';
const mostEntries = 400;
export const mostTerminals = 4;

export const state = signal<State>('starting');
export const failure = signal('');
export const about = signal({ version: '', commands: 0, restoredKeys: 0 });
export const terminals = signal<Terminal[]>([]);
/** The client that lessons and key actions type into: the one last used. */
export const active = signal(0);
export const cards = signal<LessonCard[]>([]);
export const labs = signal<LabCard[]>([]);
export const lesson = signal<LessonView | null>(null);
/** Why the open lesson can't be shown. */
export const lessonProblem = signal('');
/** The step that a link led to, from 1. */
export const linkedStep = signal(0);
/** Commands that were looked for, and by which words. */
export const found = signal<{ text: string; commands: CommandView[] }>({ text: '', commands: [] });
export const saved = signal<{ at: number; bytes: number; durable: boolean; error: string | null } | null>(null);
/** How much of the data is loaded, in percent, while it is. */
export const loading = signal<number | null>(null);
/** Whether this tab has the store; if not, another one has. */
export const leads = signal(true);
/** Something to know that was not asked for. */
export const notice = signal<{ message: string; rescue: boolean } | null>(null);
const unanswered = { message: 'Another tab has the data, and does not answer. Close it, and this one goes on.', rescue: false };
export const panel = signal<Panel>('console');
/** Said politely to a screen reader. */
export const announcement = signal('');
export const history = signal<string[]>([]);
/** The open lesson's number, kept; 0 is the list. A first visit starts with the first. */
export const openNumber = kept<number>('lesson', 1);

const early: Ask[] = [];

/** Asks the worker; before it is ready, the asks wait in line. */
export function ask(message: Ask): void {
  if (state.value === 'ready') post(message);
  else early.push(message);
}

/** Clients of buttons and panels, which are no terminals. */
const others: Terminal[] = [];

export function terminal(id: number): Terminal | undefined {
  return terminals.value.find((one) => one.id === id) ?? others.find((one) => one.id === id);
}

export const current = computed(() => terminals.value.find((one) => one.id === active.value) ?? terminals.value[0]);

function client(id: number): Terminal {
  return {
    id,
    prompt: signal(firstPrompt),
    resp3: signal(false),
    log: signal([]),
    draft: signal(''),
    assist: signal(null),
    closed: signal(false),
    wire: kept<boolean>(`wire-${id}`, false),
    waiting: signal(false),
    pending: [],
    debug: signal(null),
    focus: signal(0),
  };
}

/** Connects a client that is no terminal. */
export function connect(id: number): Terminal {
  const one = client(id);
  others.push(one);
  ask({ kind: 'open', terminal: id });
  return one;
}

export function disconnect(one: Terminal): void {
  others.splice(others.indexOf(one), 1);
  ask({ kind: 'close', terminal: one.id });
}

/** Runs commands on a client that is no terminal. */
export function press(one: Terminal, text: string): void {
  if (one.closed.value) reconnect(one);
  const submit: Submit = { kind: 'submit', terminal: one.id, text };
  one.waiting.value = true;
  one.pending.push(submit);
  ask(submit);
}

/** Opens a client: of this number, or of the first that is free. */
export function open(number?: number): Terminal {
  const used = new Set(terminals.value.map((one) => one.id));
  let id = number ?? 0;
  while (used.has(id)) id += 1;
  const one = client(id);
  batch(() => {
    terminals.value = [...terminals.value, one].sort((a, b) => a.id - b.id);
    active.value = id;
  });
  ask({ kind: 'open', terminal: id });
  return one;
}

export function close(id: number): void {
  batch(() => {
    terminals.value = terminals.value.filter((one) => one.id !== id);
    if (active.value === id) active.value = terminals.value[0]?.id ?? 0;
  });
  ask({ kind: 'close', terminal: id });
}

/** Connects a client anew, whether the server closed it or it waits for a reply that may never come. */
export function reconnect(one: Terminal): void {
  if (!one.closed.value) ask({ kind: 'close', terminal: one.id });
  batch(() => {
    one.closed.value = false;
    one.waiting.value = false;
    one.resp3.value = false;
    one.debug.value = null;
    one.prompt.value = firstPrompt;
    one.pending = [];
  });
  ask({ kind: 'open', terminal: one.id });
}

/** Another engine runs than before: every client connects anew, and asks again for what was not answered. */
function resume(): void {
  for (const one of [...terminals.value, ...others]) {
    if (one.closed.value) continue;
    const [resp3, pending] = [one.resp3.value, one.pending];
    // The other engine's timeline begins anew: its steps are none of these.
    one.log.value = one.log.value.map((entry) => (entry.step === null ? entry : { ...entry, step: null }));
    note(one, { prompt: one.prompt.value, text: '' }, 'Connected anew: the store was handed over.');
    ask({ kind: 'open', terminal: one.id });
    if (resp3) ask({ kind: 'resp3', terminal: one.id, on: true });
    for (const submit of pending) if (!early.includes(submit)) ask({ ...submit, again: true });
  }
  lookAgain();
  watchAgain();
}

export function submit(one: Terminal, text: string): void {
  if (one.closed.value) reconnect(one);
  batch(() => {
    one.draft.value = '';
    one.assist.value = null;
    active.value = one.id;
    for (const line of text.split(/\r?\n/)) remember(line);
    if (text.trim() === '') {
      note(one, { prompt: one.prompt.value, text });
    } else {
      one.waiting.value = true;
      const submit: Submit = { kind: 'submit', terminal: one.id, text };
      one.pending.push(submit);
      ask(submit);
    }
  });
}

/** Tells the worker what stands in the prompt, which answers with completions and a hint. */
export function edit(one: Terminal, cursor: number): void {
  if (state.value === 'ready') ask({ kind: 'edit', terminal: one.id, text: one.draft.value, cursor });
}

/** Puts a command into a client's prompt and goes there. */
export function suggest(text: string, id = active.value): void {
  const one = terminal(id) ?? open(id);
  batch(() => {
    one.draft.value = text;
    active.value = id;
    panel.value = 'console';
    one.focus.value += 1;
  });
  edit(one, text.length);
}

/** Runs a command in a client. */
export function run(text: string, id = active.value): void {
  const one = terminal(id) ?? open(id);
  const draft = one.draft.value;
  submit(one, text);
  one.draft.value = draft === text ? '' : draft;
  panel.value = 'console';
}

/** Adds a line to the log that no server answered: an abandoned or an empty one. */
export function note(one: Terminal, entry: { prompt: string; text: string }, line?: string): void {
  const nothing = new Uint8Array();
  const lines: Line[] = line ? [{ text: line, tone: 'dim' }] : [];
  show(one, [{ lines, request: nothing, reply: nothing, micros: 0, step: null, did: null, page: null, ...entry }]);
}

/** Opens a lesson, at a step if one is named; 0 is the list. */
export function openLesson(number: number, step = 0): void {
  leaveManual();
  const isOpen = lesson.value?.card.number === number && openNumber.value === number;
  batch(() => {
    openNumber.value = number;
    linkedStep.value = step;
  });
  linkTo(linkOf(number, step));
  if (!isOpen) void sendLesson();
}

/** Hands the open lesson's file to the worker. */
export async function sendLesson(): Promise<void> {
  const number = openNumber.value;
  lessonProblem.value = '';
  try {
    const text = await fetchLesson(number);
    if (openNumber.value === number) ask({ kind: 'lesson', number, text, terminal: active.value });
  } catch {
    if (openNumber.value === number) lessonProblem.value = 'The lesson could not be fetched. Is there a network?';
  }
}

/** Looks for commands. */
export function find(text: string): void {
  ask({ kind: 'find', text });
}

/** Asks for the progress in all lessons, which is then saved as a file. */
export function saveProgress(): void {
  ask({ kind: 'save-progress' });
}

/** Replaces the progress in all lessons with what a file holds. */
export async function loadProgress(file: File): Promise<void> {
  try {
    const { done, quiz } = JSON.parse(await file.text()) as Progress;
    const isCount = (it: unknown) => Number.isInteger(it) && (it as number) >= 0;
    const isAnswer = (it: unknown) => it === null || isCount(it);
    if (!done.every(isCount) || !quiz.every((answers) => answers.every(isAnswer))) throw new Error('no progress');
    ask({ kind: 'load-progress', progress: { done, quiz } });
    announcement.value = 'Progress loaded.';
  } catch {
    notice.value = { message: 'The file holds no progress, and nothing is changed.', rescue: false };
  }
}

/** Forgets everything kept, and starts over with the first lesson. */
export function erase(): void {
  ask({ kind: 'erase' });
  history.value = [];
  inspect(null);
  openLesson(1);
  announcement.value = 'Everything is erased.';
}

/** Asks for all data as an RDB file, which is then saved. */
export function exportData(): void {
  ask({ kind: 'export' });
}

/** Replaces all data with what an RDB file holds. */
export async function importData(file: File): Promise<void> {
  ask({ kind: 'import', file: new Uint8Array(await file.arrayBuffer()) });
}

/** Saves bytes as a file. */
export function save(bytes: Uint8Array, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function remember(line: string): void {
  const text = line.trim();
  if (text !== '' && history.value.at(-1) !== text) history.value = [...history.value.slice(-999), text];
}

let nextEntry = 0;
function show(one: Terminal, entries: Entry[]): void {
  const shown = entries.map((entry) => ({ ...entry, id: nextEntry++ }));
  one.log.value = [...one.log.value, ...shown].slice(-mostEntries);
}

// Replies appear with the next frame. What nobody asked for (messages, MONITOR) is gathered for a quarter of a
// second, so that a flood is drawn and read out in portions.
const coming = new Map<Terminal, Entry[]>();
let frame = 0;
let portion = 0;

function flush(): void {
  cancelAnimationFrame(frame);
  clearTimeout(portion);
  frame = portion = 0;
  batch(() => {
    for (const [one, entries] of coming) show(one, entries);
    coming.clear();
  });
}

function receive(one: Terminal, entry: Entry): void {
  const entries = coming.get(one);
  if (entries) entries.push(entry);
  else coming.set(one, [entry]);
  if (entry.text === '') {
    portion ||= window.setTimeout(flush, 250);
  } else {
    one.waiting.value = false;
    // A hidden tab draws no frames, but its log goes on.
    if (document.hidden) flush();
    else frame ||= requestAnimationFrame(flush);
  }
}

function told(message: Tell): void {
  if (toldTime(message)) return;
  switch (message.kind) {
    case 'unanswered':
      notice.value = unanswered;
      break;
    case 'led':
      leads.value = message.here;
      if (notice.value === unanswered) notice.value = null;
      // Until that tab's store is ready, asks wait in line.
      if (state.value === 'ready') state.value = 'starting';
      break;
    case 'loading':
      if (state.value === 'ready') state.value = 'starting';
      loading.value = message.percent;
      break;
    case 'ready': {
      const isFirst = about.value.version === '';
      about.value = message;
      cards.value = message.lessons;
      labs.value = message.labs;
      if (isFirst) history.value = [...message.history, ...history.value];
      state.value = 'ready';
      loading.value = null;
      if (!isFirst) resume();
      for (const one of early.splice(0)) post(one);
      post({ kind: 'browse', ...browse.value } satisfies Ask);
      void sendLesson();
      if (!isFirst) sendManual();
      for (const one of terminals.value) if (one.draft.value !== '') edit(one, one.draft.value.length);
      performance.mark('prompt-ready');
      break;
    }
    case 'entry': {
      const one = terminal(message.terminal);
      if (one) receive(one, message.entry);
      break;
    }
    case 'prompt': {
      const one = terminal(message.terminal);
      if (!one) break;
      if (message.answers) one.pending.shift();
      one.waiting.value = one.pending.length > 0;
      if (coming.has(one)) flush();
      if (one.closed.value) break;
      one.prompt.value = message.prompt;
      one.resp3.value = message.resp3;
      break;
    }
    case 'assist': {
      const one = terminal(message.terminal);
      if (one && one.draft.value === message.text) one.assist.value = message;
      break;
    }
    case 'debug': {
      const one = terminal(message.terminal);
      if (one) one.debug.value = message.view;
      break;
    }
    case 'clear': {
      const one = terminal(message.terminal);
      if (!one) break;
      flush();
      one.log.value = [];
      one.waiting.value = false;
      break;
    }
    case 'closed': {
      const one = terminal(message.terminal);
      if (!one) break;
      flush();
      one.closed.value = true;
      one.waiting.value = false;
      one.prompt.value = 'not connected> ';
      break;
    }
    case 'keys':
      keys.value = message.view;
      break;
    case 'value':
      if (inspected.value !== null) value.value = message.view;
      break;
    case 'memory':
      memory.value = message.view;
      break;
    case 'slow-log':
      slowLog.value = message.view;
      break;
    case 'stats':
      stats.value = message.view;
      break;
    case 'lesson':
      tick(lesson.value, message.view);
      lesson.value = message.view;
      cards.value = message.lessons;
      lessonProblem.value = message.problem ?? '';
      break;
    case 'progress':
      save(new TextEncoder().encode(JSON.stringify(message.progress)), 'redstart-progress.json');
      break;
    case 'manual':
      void toldManual(message);
      break;
    case 'commands':
      groups.value = message.groups;
      break;
    case 'found':
      found.value = message;
      break;
    case 'saved':
      saved.value = message;
      break;
    case 'exported':
      save(message.file, message.name ?? 'dump.rdb');
      break;
    case 'imported':
      if (message.error === null) announcement.value = `Imported: there are ${message.keys.toLocaleString('en')} keys.`;
      else notice.value = { message: `The file can't be read, and nothing is changed: ${message.error}.`, rescue: false };
      break;
    case 'notice':
      notice.value = message;
      break;
    case 'failed':
      state.value = 'failed';
      failure.value = message.message;
      break;
  }
}

/** Says which steps of a lesson were just done. */
function tick(before: LessonView | null, after: LessonView | null): void {
  if (!before || !after || before.card.number !== after.card.number) return;
  const done = after.steps.filter((step, i) => step.done && !before.steps[i]?.done);
  if (done.length === 0) return;
  const next = after.steps[after.current];
  announcement.value = [
    ...done.map((step) => `Done: ${step.title}.`),
    next ? `Next, step ${after.current + 1} of ${after.steps.length}: ${next.title}.` : 'The lesson is complete.',
  ].join(' ');
}

function failed(message: string): void {
  state.value = 'failed';
  failure.value = message || 'The engine could not be loaded. Reload the page to try again.';
}

/** Hears the worker, and what it has told so far. */
export function begin(): void {
  listen((message) => batch(() => told(message)), failed);
}

open();

// A link may lead to a lesson or a command; else it is the lesson of the last visit. Its file is fetched beside the engine.
const first = linked();
if (first && 'number' in first) {
  [openNumber.value, linkedStep.value] = [first.number, first.step];
  // Who only reloads goes on typing.
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (visit?.type === 'navigate') panel.value = 'lessons';
}
if (first && 'command' in first) openManual(first.command, true);
fetchLesson(openNumber.value).catch(() => {});
addEventListener('hashchange', () => {
  const link = linked();
  if (link && 'command' in link) openManual(link.command);
  else if (link) {
    openLesson(link.number, link.step);
    panel.value = 'lessons';
  }
});

// A page that is left may never be shown again.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) ask({ kind: 'save' });
});
addEventListener('pagehide', () => ask({ kind: 'save' }));

// The open tab's title names the lesson.
effect(() => {
  const [card, command] = [lesson.value?.card, openCommand.value];
  if (command !== null) document.title = `${command || 'All commands'} · Redstart`;
  else document.title = card ? `${card.title} · Redstart` : 'Redstart: learn Redis in your browser';
});
