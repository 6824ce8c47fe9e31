/** The timeline and the store's clock, as the page knows them. */
import { computed, signal } from '@preact/signals';
import { kept } from '../kept';
import { active, ask } from '../store';
import type { ClockView, OfferView, TimelineView, TimeTell } from './protocol';

export const timeline = signal<TimelineView>({ steps: [], at: 0, next: 0 });
/** Whether steps are undone: the store is one of the past. */
export const isPast = computed(() => timeline.value.at < timeline.value.steps.length);
/** Whether the bar is to be seen even when there is nothing that it must tell. */
export const isBarOpen = kept<boolean>('timeline', false);
export const session = signal<{ script: string; transcript: string } | null>(null);
export const offer = signal<{ view: OfferView | null; problem: string | null } | null>(null);
export const played = signal<{ done: number; total: number } | null>(null);

export const clock = signal<ClockView>({ at: 0, ahead: 0, pace: 1 });
let toldAt = 0;

/** The store's time, in Unix milliseconds. */
export function storeNow(): number {
  const { at, ahead, pace } = clock.value;
  return pace === 1 ? Date.now() + ahead : at + (performance.now() - toldAt) * pace;
}

const places = computed(() => new Map(timeline.value.steps.map(({ id }, place) => [id, place])));

/** What became of a step: it is done, it is undone, it was dropped when it was undone, or it is too long ago to say. */
export function fate(id: number): 'done' | 'undone' | 'dropped' | 'old' {
  const { steps, at, next } = timeline.value;
  const place = places.value.get(id);
  if (place !== undefined) return place < at ? 'done' : 'undone';
  // It is told of before the timeline is.
  if (id >= next) return 'done';
  return steps.length > 0 && id > steps[0]!.id ? 'dropped' : 'old';
}

/** Goes to before a step, or to the end, and has that said in the terminal that was last used. */
export function travel(to: number | null): void {
  ask({ kind: 'travel', to, terminal: active.value });
}

/** The place that undoing leads to, and redoing: past all steps that changed nothing. */
export const undoPlace = computed(() => timeline.value.steps.findLastIndex(({ changes }, place) => changes && place < timeline.value.at));
export const redoPlace = computed(() => {
  const { steps, at } = timeline.value;
  const next = steps.findIndex(({ changes }, place) => changes && place > at);
  return next < 0 ? steps.length : next;
});

export function travelToPlace(place: number): void {
  travel(timeline.value.steps[place]?.id ?? null);
}

/** Takes what is told of time; whether it was that. */
export function toldTime(message: { kind: string }): boolean {
  const tell = message as TimeTell;
  switch (tell.kind) {
    case 'timeline':
      timeline.value = tell.view;
      return true;
    case 'clock':
      toldAt = performance.now();
      clock.value = tell.view;
      return true;
    case 'session':
      session.value = tell;
      return true;
    case 'offer':
      offer.value = tell;
      return true;
    case 'played':
      played.value = tell;
      return true;
    default:
      return false;
  }
}
