/** Which command's page is open, and what it shows. */
import { batch, signal } from '@preact/signals';
import { fetchText, forgetText } from '../lessons/files';
import { linkOf, linkOfCommand, linkTo } from '../lessons/link';
import type { CommandView, Shown, Tell } from '../protocol';
import { ask, openNumber, panel, run, type Panel } from '../store';

type Told = Extract<Tell, { kind: 'manual' }>;

/** The command; '' is the list of all, null none: lessons are shown. */
export const openCommand = signal<string | null>(null);
/** The open command's page, once all of it is there. */
export const manual = signal<Told | null>(null);
export const groups = signal<{ name: string; commands: CommandView[] }[]>([]);

const urls = import.meta.glob<string>('../../../playground/manual/*.md', { query: '?url', import: 'default', eager: true });

/** What was shown before the first page, to come back to. */
let before: { panel: Panel; top: number; focus: Element | null } | null = null;

/** Whether the open page is the one that the visit started with. */
export let isStart = false;

/** Opens a command's page, or with '' the list of all commands. */
export function openManual(name: string, atStart = false): void {
  isStart = atStart;
  before ??= { panel: panel.value, top: lessons()?.scrollTop ?? 0, focus: document.activeElement };
  batch(() => {
    openCommand.value = name;
    manual.value = null;
    panel.value = 'lessons';
  });
  linkTo(linkOfCommand(name));
  sendManual();
}

/** Goes back to the lessons, as they were left. */
export function closeManual(): void {
  const link = linkOf(openNumber.value);
  leaveManual();
  linkTo(link);
}

/** Shows lessons again. */
export function leaveManual(): void {
  if (openCommand.value === null) return;
  const was = before;
  before = null;
  batch(() => {
    openCommand.value = null;
    if (was) panel.value = was.panel;
  });
  requestAnimationFrame(() => {
    lessons()?.scrollTo({ top: was?.top ?? 0 });
    if (was?.focus instanceof HTMLElement && was.focus.isConnected) was.focus.focus({ preventScroll: true });
  });
}

function lessons(): HTMLElement | null {
  return document.getElementById('lessons');
}

/** Asks for the open page. */
export function sendManual(): void {
  const name = openCommand.value;
  if (name === '') ask({ kind: 'commands' });
  else if (name !== null) ask({ kind: 'manual', name, text: null });
}

/** What the engine knows of a command comes first, and says which file tells the rest. */
export async function toldManual(message: Told): Promise<void> {
  const { name, view, problem } = message;
  if (name !== openCommand.value) return;
  const address = urls[`../../../playground/manual/${view?.group}.md`];
  if (!view || address === undefined || view.article || problem !== null) {
    manual.value = message;
    if (problem !== null && address !== undefined) forgetText(address);
    return;
  }
  try {
    const text = await fetchText(address);
    if (name === openCommand.value) ask({ kind: 'manual', name, text });
  } catch {
    if (name === openCommand.value) manual.value = { ...message, problem: 'The rest of this page could not be fetched. Is there a network?' };
  }
}

/** Types an example into the console, from its beginning. */
export function runExample(example: Shown[]): void {
  ask({ kind: 'example' });
  for (const line of example) if (line.kind === 'typed') run(line.text, line.terminal);
}
