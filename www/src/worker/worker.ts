/**
 * The worker: it holds the engine, gives it the time, keeps what is to be kept, and carries messages. It has no
 * rule of its own.
 */
import init, { Playground } from '../wasm/redstart_playground.js';
import type { Ask, Tell } from '../protocol';
import { becomeWriter, Keep } from './keep';

/** From a change to its write, in milliseconds. Data that takes long to write waits longer. */
const pause = 250;
const pausePerWriting = 10;

let playground: Playground | undefined;
let keep: Keep | undefined;
let writer = false;
let alarm = 0;
let saving: Promise<void> | undefined;
let saveAlarm = 0;
let writingTook = 0;

/** Asks that came before the engine was there. */
const early: Ask[] = [];

addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  if (data.kind === 'save') save();
  else if (playground) run((it) => it.ask(Date.now(), performance.now(), data));
  else early.push(data);
});

start().catch(fail);

async function start(): Promise<void> {
  const [kept] = await Promise.all([load(), init()]);
  const seed = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  const it = new Playground(seed, Date.now(), performance.now());
  const tells = it.restore(Date.now(), performance.now(), kept.data, kept.notes) as Tell[];
  if (it.damaged && kept.data) await keep?.setAside(kept.data);
  playground = it;
  tell(tells);
  for (const ask of early.splice(0)) run((it) => it.ask(Date.now(), performance.now(), ask));
  wake();
  if (!keep) return;
  writer = await becomeWriter();
  if (writer) saveSoon();
  else notSaved('Another tab keeps the data. What you change in this one is gone when you close it.');
}

async function load(): Promise<{ data: Uint8Array | undefined; notes: unknown }> {
  try {
    keep = await Keep.open();
    return await keep.load();
  } catch (error) {
    keep = undefined;
    notSaved(`This browser keeps no data for the page (${text(error)}). Everything works, until you close it.`);
    return { data: undefined, notes: undefined };
  }
}

/** One turn of the engine, and what follows from it. */
function run(turn: (it: Playground) => unknown): void {
  if (!playground) return;
  try {
    tell(turn(playground) as Tell[]);
    wake();
    saveSoon();
  } catch (error) {
    fail(error);
  }
}

/** Sets the alarm for the engine's next turn. */
function wake(): void {
  clearTimeout(alarm);
  if (!playground) return;
  const wait = playground.wait_ms(Date.now(), performance.now());
  alarm = setTimeout(() => run((it) => it.tick(Date.now(), performance.now())), wait);
}

function saveSoon(): void {
  if (!writer || saveAlarm || !(playground?.data_unsaved || playground?.notes_unsaved)) return;
  saveAlarm = setTimeout(save, Math.max(pause, writingTook * pausePerWriting));
}

/** Writes what changed; one write at a time. */
function save(): void {
  clearTimeout(saveAlarm);
  saveAlarm = 0;
  if (saving || !playground || !writer) return;
  saving = write(playground).finally(() => {
    saving = undefined;
    saveSoon();
  });
}

async function write(it: Playground): Promise<void> {
  const before = performance.now();
  const data = it.data_unsaved ? it.image(Date.now(), before) : undefined;
  const notes: unknown = it.notes_unsaved ? it.notes() : undefined;
  if (!keep || (data === undefined && notes === undefined)) return;
  try {
    await keep.save({ data, notes });
    writingTook = performance.now() - before;
    if (data) tell([{ kind: 'saved', at: Date.now(), bytes: data.length, error: null }]);
  } catch (error) {
    it.write_failed();
    // The next try is not soon: what failed now fails again.
    writingTook = 1000;
    notSaved(`Your data could not be written: ${text(error)}`);
  }
}

function notSaved(error: string): void {
  tell([{ kind: 'saved', at: Date.now(), bytes: 0, error }]);
}

function tell(tells: Tell[]): void {
  for (const message of tells) postMessage(message);
}

/** The engine can't go on: whatever is written is written. */
function fail(error: unknown): void {
  console.error(error);
  playground = undefined;
  clearTimeout(alarm);
  clearTimeout(saveAlarm);
  const message =
    typeof WebAssembly === 'undefined'
      ? 'The engine needs WebAssembly, which this browser does not have or does not allow.'
      : `The engine stopped (${text(error)}). Reload the page to go on from where it was last saved.`;
  tell([{ kind: 'failed', message }]);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
