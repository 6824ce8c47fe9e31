/**
 * The worker of a tab. If the tab leads, it holds the engine, gives it the time and its disk, and carries messages between
 * it and the pages; else it carries those of its own page to the tab that leads. It has no rule of its own.
 */
import init, { Playground } from '../wasm/redstart_playground.js';
import type { Ask, Tell } from '../protocol';
import { Attendant, type StoreAnswer, type StoreOp } from '../../../wasm/js/src/disk';
import { canShare, Tabs, type Guest, type Host } from '../../../wasm/js/src/tabs';
import { noDisk, openDisk, readAside, setAside, type Disk } from './disk';
import type { Keep } from './keep';

/** From a change to when notes are written, in milliseconds. */
const pause = 250;

/** How long to wait for a tab that leads before the page is told that it does not answer, in milliseconds. */
const patience = 3000;

/** Fetched and made ready while it is found out who leads. */
const engine = init();
engine.catch(() => {});

let host: Leader | undefined;
let tabs: { send(message: unknown): void; close?(): Promise<void> } | undefined;
let isLeading = false;

addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  if (data.kind === 'save') void host?.saveNotes();
  else tabs?.send(data);
});

const receive = (message: unknown) => postMessage(message);
const led = (here: boolean) => {
  clearTimeout(unanswered);
  postMessage({ kind: 'led', here } satisfies Tell);
};

/** A tab of an earlier version, or one that the system has put to sleep, has the store and answers nobody. */
const unanswered = setTimeout(() => {
  if (!isLeading) postMessage({ kind: 'unanswered' } satisfies Tell);
}, patience);

if (canShare()) {
  tabs = new Tabs({ name: 'redstart', lead, led, receive, failed });
} else {
  lead().then((alone) => {
    led(true);
    const guest = alone.enter(receive);
    tabs = { send: (message) => guest.receive(message) };
  }, failed);
}

async function lead(): Promise<Host> {
  isLeading = true;
  const [{ disk, keep, notes }] = await Promise.all([openDisk(), engine]);
  host = new Leader(disk, keep, notes);
  return host;
}

class Leader implements Host {
  private playground: Playground | undefined;
  private attendant: Attendant | undefined;
  private readonly pages = new Map<number, (tell: Tell) => void>();
  private nextPage = 0;
  private alarm = 0;
  private saveAlarm = 0;
  private isReady = false;
  /** Why the disk refused something since the engine began, if it did. */
  private trouble: string | undefined;
  /** What pages are told of how the engine began, and where data is that could not be loaded. */
  private notice: string | undefined;
  private aside: string | undefined;

  constructor(
    private disk: Disk,
    private readonly keep: Keep | undefined,
    private notes: unknown,
  ) {
    this.begin();
  }

  enter(tell: (message: unknown) => void): Guest {
    const page = this.nextPage++;
    this.pages.set(page, tell);
    this.welcome(page);
    return {
      receive: (message) => this.receive(page, message as Ask),
      leave: () => {
        this.pages.delete(page);
        this.run((it) => {
          it.leave(Date.now(), performance.now(), page);
          return [];
        });
      },
    };
  }

  async saveNotes(): Promise<void> {
    clearTimeout(this.saveAlarm);
    this.saveAlarm = 0;
    const it = this.playground;
    if (!it?.notes_unsaved || !this.keep) return;
    this.notes = it.notes();
    try {
      await this.keep.save(this.notes);
    } catch (error) {
      // Another engine may have begun meanwhile.
      if (it === this.playground) it.write_failed();
      console.warn(`history and progress could not be written: ${text(error)}`);
    }
  }

  /** An engine that has nothing yet begins to load. */
  private begin(): void {
    const { disk } = this;
    const seed = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
    const it = new Playground(seed, Date.now(), performance.now(), this.notes, disk.absent === undefined);
    const store = {
      takeStoreOps: () => it.takeStoreOps() as StoreOp[],
      stored: (ticket: number, answer: StoreAnswer) => {
        this.trouble ||= answer.error ?? undefined;
        it.stored(Date.now(), performance.now(), ticket, answer);
      },
    };
    [this.isReady, this.trouble] = [false, undefined];
    this.attendant = new Attendant(store, disk, () => this.run((it) => it.settle(Date.now(), performance.now())));
    this.playground = it;
    this.run(() => []);
  }

  private welcome(page: number): void {
    this.run((it) => it.enter(Date.now(), performance.now(), page));
    const { absent } = this.disk;
    if (absent !== undefined) this.notice ??= `This browser keeps no data for the page (${absent}). Everything works, until you close it.`;
    if (this.notice) this.pages.get(page)?.({ kind: 'notice', message: this.notice, rescue: this.aside !== undefined });
  }

  private receive(page: number, ask: Ask): void {
    if (ask.kind === 'rescue') void this.rescue(page);
    else this.run((it) => it.ask(Date.now(), performance.now(), page, ask));
  }

  /** One turn of the engine, and what follows from it. */
  private run(turn: (it: Playground) => unknown): void {
    if (!this.playground) return;
    try {
      for (const [page, tell] of turn(this.playground) as [number, Tell][]) {
        this.isReady ||= tell.kind === 'ready';
        this.pages.get(page)?.(tell);
      }
      this.attendant?.attend();
      const failure = this.playground.failure();
      if (failure !== undefined) void this.startAgain(failure).catch((error) => this.stop(error));
      else this.wake();
    } catch (error) {
      this.stop(error);
    }
  }

  /** Sets the alarms for the engine's next turn and for its notes. */
  private wake(): void {
    clearTimeout(this.alarm);
    const it = this.playground;
    if (!it) return;
    const wait = it.wait_ms(Date.now(), performance.now());
    this.alarm = setTimeout(() => this.run((it) => it.tick(Date.now(), performance.now())), wait);
    if (this.keep && !this.saveAlarm && it.notes_unsaved) this.saveAlarm = setTimeout(() => this.saveNotes(), pause);
  }

  /** The engine ended, as a server would: another one starts. Data that this one could not load is not in its way. */
  private async startAgain(reason: string): Promise<void> {
    const { playground, attendant, trouble } = this;
    clearTimeout(this.alarm);
    this.playground = undefined;
    await attendant?.idle();
    playground?.free();
    if (this.isReady) {
      this.notice = `The store ended, and is started again with what is kept. ${reason}`;
    } else if (trouble !== undefined) {
      this.disk = noDisk(trouble);
      this.notice = `What is kept in this browser can't be used now, and stays as it is (${trouble}). Nothing new is kept.`;
    } else {
      this.aside = await setAside(this.disk);
      this.notice = `The data of your last visit can't be read, and is set aside in this browser. The store starts empty. ${reason}`;
    }
    this.begin();
    for (const page of this.pages.keys()) this.welcome(page);
    // Who comes later need not know that the store ended once.
    if (this.aside === undefined && this.disk.absent === undefined) this.notice = undefined;
  }

  private async rescue(page: number): Promise<void> {
    if (this.aside) {
      const file = await readAside(this.disk, this.aside);
      this.pages.get(page)?.({ kind: 'exported', file, name: 'damaged.aof' });
    }
  }

  async close(): Promise<void> {
    this.playground = undefined;
    clearTimeout(this.alarm);
    clearTimeout(this.saveAlarm);
    await this.attendant?.idle();
  }

  /** The engine can't go on: whatever is written is written, and another tab may try. */
  private stop(error: unknown): void {
    failed(error);
    void tabs?.close?.();
    void this.close();
  }
}

function failed(error: unknown): void {
  console.error(error);
  postMessage(failure(error));
}

function failure(error: unknown): Tell {
  const message =
    typeof WebAssembly === 'undefined'
      ? 'The engine needs WebAssembly, which this browser does not have or does not allow.'
      : `The engine stopped (${text(error)}). Reload the page to go on from what is kept.`;
  return { kind: 'failed', message };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
