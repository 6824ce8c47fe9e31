/** What the panels show, as the worker tells it. */
import { signal } from '@preact/signals';
import { browse } from '../keys/state';
import { ask } from '../store';
import type { MemoryView, SlowLogView, Stats, Watched } from './protocol';

export const memory = signal<MemoryView | null>(null);
export const slowLog = signal<SlowLogView | null>(null);
export const stats = signal<Stats | null>(null);
let watched: Watched | null = null;

/** Asks to be told of something as it happens; of one thing at a time. */
export function watch(what: Watched | null): void {
  watched = what;
  ask({ kind: 'watch', what });
}

/** Asks an engine that does not know yet what is watched. */
export function watchAgain(): void {
  if (watched) watch(watched);
}

/** Asks where the memory is. */
export function lookAtMemory(): void {
  ask({ kind: 'memory', db: browse.value.db });
}
