/**
 * What the page and the worker say to each other. The worker of the tab that leads holds the engine and all the
 * playground's rules, and those of other tabs reach it through that one; the page draws what it is told and forwards what
 * the person does. Everything here is plain data that survives
 * postMessage. The Rust side of these shapes is in playground/src/view.rs.
 */
import type { Browse, KeysView, ValueView } from './keys/protocol';
import type { MemoryView, SlowLogView, Stats, Watched } from './panels/protocol';

import type { DidView, TimeAsk, TimeTell } from './timeline/protocol';

/** From the page to the worker. */
export type Ask =
  | TimeAsk
  /** Connect a client; `terminal` is a small number the page chose. Nobody types into one from 4 on: 10 is that of the buttons, others are panels'. */
  | { kind: 'open'; terminal: number }
  /** Disconnect it. */
  | { kind: 'close'; terminal: number }
  /**
   * Run what was typed or pasted: one line or several. `again` if the tab that was asked before is gone, and its answer
   * with it: then only what reads is run.
   */
  | { kind: 'submit'; terminal: number; text: string; again?: boolean }
  /** The text changed: ask for completions and the argument hint. `cursor` counts UTF-16 units. */
  | { kind: 'edit'; terminal: number; text: string; cursor: number }
  /** Speak RESP3 or RESP2 from now on. */
  | { kind: 'resp3'; terminal: number; on: boolean }
  /** What the key browser shows. */
  | ({ kind: 'browse' } & Browse)
  /** Which key's value to show, and how many elements come before the page; null for none. Keys are bytes. */
  | { kind: 'inspect'; db: number; key: Uint8Array | null; from: number }
  /** Look where the memory of a database is. */
  | { kind: 'memory'; db: number }
  /** What to be told of as it happens; null for nothing. */
  | { kind: 'watch'; what: Watched | null }
  /**
   * Open a lesson by its number (1 to 16), with its file's text; or leave lessons with 0. What is put back of the one
   * before is said in `terminal`.
   */
  | { kind: 'lesson'; number: number; text: string; terminal: number }
  /** Bring the open lesson back to its start state, and say in `terminal` what is put back. */
  | { kind: 'restart-lesson'; terminal: number }
  /** Show the next hint for the open lesson's current step; the last is the solution. */
  | { kind: 'hint' }
  /** Answer a question of the open lesson's quiz; both count from 0. */
  | { kind: 'answer'; question: number; option: number }
  /** Give the progress in all lessons, or replace it. */
  | { kind: 'save-progress' }
  | { kind: 'load-progress'; progress: Progress }
  /** Show the page of a command: first what the engine's table knows, then, with its family's file, all of it. */
  | { kind: 'manual'; name: string; text: string | null }
  /** Show all commands. */
  | { kind: 'commands' }
  /** Remove the keys of examples: one is about to be run. */
  | { kind: 'example' }
  /** Find commands by words. */
  | { kind: 'find'; text: string }
  /** Forget everything kept: data, history, progress. */
  | { kind: 'erase' }
  /** Give all data as an RDB file. */
  | { kind: 'export' }
  /** Replace all data with what an RDB file holds. */
  | { kind: 'import'; file: Uint8Array }
  /** Give the data that could not be read, and was set aside. */
  | { kind: 'rescue' }
  /** The page is being hidden or closed: write now the history and progress that are not written yet. */
  | { kind: 'save' };

/** From the worker to the page. */
export type Tell =
  | TimeTell
  /** A tab leads from now on, this one or another. Connections to the one before are gone, and so is what was not answered. */
  | { kind: 'led'; here: boolean }
  /** The tab that leads does not answer. */
  | { kind: 'unanswered' }
  /** The data of the last visit is being loaded. */
  | { kind: 'loading'; percent: number }
  /** The engine runs, kept data is back: the prompt may be used. It comes again when another engine runs. */
  | { kind: 'ready'; version: string; commands: number; restoredKeys: number; lessons: LessonCard[]; labs: LabCard[]; history: string[] }
  /** A command was run (or a part of a paste); entries come in order. */
  | { kind: 'entry'; terminal: number; entry: Entry }
  /** The prompt to show from now on, such as `127.0.0.1:6379[1]> `; one that `answers` ends the entries of a submit. */
  | { kind: 'prompt'; terminal: number; prompt: string; resp3: boolean; answers: boolean }
  /** The script that a terminal debugs, as it stands; null when that is over. */
  | { kind: 'debug'; terminal: number; view: DebugView | null }
  /** The answer to `edit`; `text` says which text it is about. */
  | { kind: 'assist'; terminal: number; text: string; assist: Assist }
  /** What the terminal shows is to be cleared: `clear` was typed. */
  | { kind: 'clear'; terminal: number }
  /** The connection ended from the other side (QUIT, CLIENT KILL, a protocol error). */
  | { kind: 'closed'; terminal: number }
  | { kind: 'keys'; view: KeysView }
  | { kind: 'value'; view: ValueView | null }
  | { kind: 'memory'; view: MemoryView }
  | { kind: 'slow-log'; view: SlowLogView }
  | { kind: 'stats'; view: Stats }
  /** The open lesson, and all cards; or what is wrong with its file. */
  | { kind: 'lesson'; view: LessonView | null; lessons: LessonCard[]; problem: string | null }
  | { kind: 'progress'; progress: Progress }
  /** The page of a command, or nothing if there is none of this name; and what is wrong with its family's file. */
  | { kind: 'manual'; name: string; view: ManualView | null; problem: string | null }
  | { kind: 'commands'; groups: { name: string; commands: CommandView[] }[] }
  /** The answer to `find`; `text` says which. */
  | { kind: 'found'; text: string; commands: CommandView[] }
  /** The append-only file in IndexedDB is so long, and all of it is durable or not; or it could not be written. */
  | { kind: 'saved'; at: number; bytes: number; durable: boolean; error: string | null }
  /** All data as an RDB file; with a name, something else to save. */
  | { kind: 'exported'; file: Uint8Array; name?: string }
  /** All data was replaced: there are so many keys. Or the file could not be read, and all is as it was. */
  | { kind: 'imported'; keys: number; error: string | null }
  /** Something to know of how the engine began; `rescue` if data was set aside. */
  | { kind: 'notice'; message: string; rescue: boolean }
  /** The engine can't go on; the message says what to do. */
  | { kind: 'failed'; message: string };

/** One command and what came of it. */
export interface Entry {
  prompt: string;
  /** What was typed. */
  text: string;
  /** What redis-cli would print, line by line. */
  lines: Line[];
  /** The bytes on the wire, both ways; empty for local commands such as `help`. */
  request: Uint8Array;
  reply: Uint8Array;
  /** Microseconds in the engine. */
  micros: number;
  /** Its step of the timeline, and what it did. */
  step: number | null;
  did: DidView | null;
  /** The command whose page tells more; '' for the list of all. */
  page: string | null;
}

export interface Line {
  text: string;
  tone: 'plain' | 'error' | 'status' | 'number' | 'string' | 'null' | 'dim' | 'heading';
}

/** A script in the debugger. What is done about it goes through the terminal: `step`, `continue`, `break 3`, … */
export interface DebugView {
  source: string[];
  /** The line that comes next, from 1. */
  line: number;
  breakpoints: number[];
  /** The local variables of the function that it is in. */
  locals: { name: string; value: string }[];
  /** What it has asked of the store, and in which line. */
  calls: { line: number; command: string; reply: string }[];
}

export interface Assist {
  /** Dimmed text to show after the cursor. */
  hint: string;
  /** Where the word that a completion replaces begins, in UTF-16 units. */
  start: number;
  completions: Completion[];
  /** The command being typed, if it is one, and one line about it. */
  command: string;
  summary: string;
}

export interface Completion {
  text: string;
  summary: string;
}

export interface LessonCard {
  number: number;
  title: string;
  level: 'beginner' | 'intermediate' | 'advanced';
  hours: number;
  /** Whether it can be played; if not, it is an outline of what is coming. */
  ready: boolean;
  done: number;
  steps: number;
}

export interface LessonView {
  card: LessonCard;
  /** A short introduction. */
  intro: Block[];
  steps: StepView[];
  /** The step to do now, counted from 0; equal to steps.length when all are done. */
  current: number;
  /** What goes wrong where it matters. */
  production: Block[];
  quiz: QuestionView[];
  further: { text: string; url: string }[];
}

export interface StepView {
  title: string;
  /** Whether it builds something that real programs need. */
  isBuild: boolean;
  text: Block[];
  /** What is to be reached. */
  goal: Span[];
  done: boolean;
  /** Hints shown so far. */
  hints: Span[][];
  /** Whether there is another one; the last is the solution. */
  moreHints: boolean;
  /** Whether the solution is no secret any more: the step is done, or the hints are used up. */
  isSolved: boolean;
  /** The solution as commands, and as programs in client libraries. */
  solution: Block[];
  clients: Block[];
}

export interface QuestionView {
  text: Span[];
  options: Span[][];
  /** What was answered last. */
  chosen: number | null;
  right: boolean;
  /** Why; empty until the right answer is given. */
  why: Span[];
}

/** Progress in all lessons: steps done, and answers to each quiz. */
export interface Progress {
  done: number[];
  quiz: (number | null)[][];
}

export interface CommandView {
  name: string;
  syntax: string;
  summary: string;
  complexity: string;
}

/** An experiment; `name` is its name in links. */
export interface LabCard {
  name: string;
  title: string;
  summary: string;
}

/** The page of a command. */
export interface ManualView {
  brief: CommandView;
  /** Its family, which its file is called after. */
  group: string;
  since: string;
  /** Since when it is out of favour, and what to use instead. */
  deprecated: VersionView | null;
  history: VersionView[];
  /** What it holds, if it is a container. */
  subcommands: CommandView[];
  /** What its family's file tells of it; null until that is there. */
  article: ArticleView | null;
}

export interface VersionView {
  version: string;
  what: string;
}

export interface ArticleView {
  /** Paragraphs. */
  text: Span[][];
  args: { name: string; text: Span[] }[];
  related: CommandView[];
  example: Shown[];
  /** Whether the example touches nothing but its own keys. */
  runs: boolean;
}

/** A line of an example: what is typed, what is answered, what comes unasked or late, and what happens besides. */
export type Shown =
  | { kind: 'typed'; terminal: number; text: string }
  | { kind: 'answer'; text: string }
  | { kind: 'late'; terminal: number; text: string }
  | { kind: 'note'; text: string };

/** A paragraph, a command for a terminal (0 is a) and whose page tells more, a program to read and copy, or a lab to open. */
export type Block =
  | { kind: 'text'; spans: Span[] }
  | { kind: 'command'; terminal: number; text: string; page: string | null }
  | { kind: 'code'; language: string; text: string }
  | ({ kind: 'lab' } & LabCard);

export interface Span {
  text: string;
  code: boolean;
  strong: boolean;
  /** The command whose page tells more. */
  page: string | null;
}
