/** What buttons do: commands on a client of their own, which are shown as one would have typed them. */
import { computed, signal, type Signal } from '@preact/signals';
import { connect, press, type Shown, type Terminal } from '../store';
import { browse } from './state';
import { line } from './words';

/** Connected when it is first needed. */
const hand = signal<Terminal | null>(null);

/** Runs a command in the database that is browsed. */
export function run(...words: (Uint8Array | string)[]): void {
  runAll(line(...words));
}

/** Runs lines one after the other. */
export function runAll(...lines: string[]): void {
  const one = (hand.value ??= connect(10));
  const db = Number(/\[(\d+)\]/.exec(one.prompt.value)?.[1] ?? 0);
  press(one, [...(db === browse.value.db ? [] : [`SELECT ${browse.value.db}`]), ...lines].join('\n'));
}

/** The last commands that buttons ran, the oldest first. */
export const ran: Signal<Shown[]> = computed(() => hand.value?.log.value.filter((entry) => entry.text !== '') ?? []);
