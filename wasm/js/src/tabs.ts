/**
 * Tabs of one site that share one store: one of them leads and has it, the others reach it through that one.
 *
 *   lock     name        whoever has it leads; the others stand in line for it
 *   lock     name/tab    each tab has its own for as long as it lives, so the leader learns when it is gone
 *   channel  name        `lead`, from the leader: who is there? `join`, from a tab: here I am
 *   channel  name/tab    between one tab and the leader: `welcome`, then messages, both ways, in order
 *
 * Nobody polls, and nobody has to say goodbye: however a tab ends, the browser lets go of its locks, and the next in line
 * leads. What was sent to the old leader may or may not have been done, and what it had to say is lost. So whoever uses this
 * remembers what was not answered, and when `led` is called says so to the new one.
 *
 * It needs no headers and no shared worker. A browser does not freeze a tab in the background that has a lock.
 */

/** What the leading tab has. */
export interface Host {
  /** A tab comes in, the leading one first; `tell` sends it something. */
  enter(tell: (message: unknown) => void): Guest;
  /** This tab leads no more: once it returns, the next one may touch what this host had. */
  close(): Promise<void>;
}

/** A tab, as its host sees it. */
export interface Guest {
  receive(message: unknown): void;
  leave(): void;
}

export interface TabsOptions {
  /** Tabs of the same name share a store. */
  name: string;
  /** This tab leads from now on. If it can't, the next in line does. */
  lead(): Promise<Host>;
  /** Somebody leads from now on, this tab or another. Messages reach it after this, and none that were sent before. */
  led(here: boolean): void;
  /** A message from the leader. */
  receive(message: unknown): void;
  /** This tab was to lead and could not. */
  failed(error: unknown): void;
}

type Notice = { kind: 'lead'; leader: string } | { kind: 'join'; tab: string };
type Letter = { to: 'leader' | 'tab'; leader: string; message?: unknown; welcome?: true };

/** Whether this browser can share a store between tabs: without locks, each would have one of its own. */
export function canShare(): boolean {
  return 'locks' in navigator && 'BroadcastChannel' in globalThis;
}

export class Tabs {
  readonly #id = name();
  readonly #square: BroadcastChannel;
  readonly #mail: BroadcastChannel;
  readonly #end = new AbortController();
  /** Whom this tab is a guest of: itself, or the tab of this name. */
  #self: Guest | undefined;
  #leader: string | undefined;
  #host: Host | undefined;
  readonly #guests = new Map<string, { guest: Guest; mail: BroadcastChannel }>();

  constructor(private readonly options: TabsOptions) {
    this.#square = new BroadcastChannel(options.name);
    this.#mail = new BroadcastChannel(`${options.name}/${this.#id}`);
    this.#square.onmessage = ({ data }: MessageEvent<Notice>) => this.#noticed(data);
    this.#mail.onmessage = ({ data }: MessageEvent<Letter>) => this.#lettered(data);
    void this.#hold(`${options.name}/${this.#id}`, () => {
      this.#join();
      void this.#hold(options.name, () => this.#lead());
    });
  }

  /** Sends a message to the leader. While there is none it is lost, as it would be on its way to one that is closed. */
  send(message: unknown): void {
    if (this.#self) this.#self.receive(message);
    else if (this.#leader) this.#mail.postMessage({ to: 'leader', leader: this.#leader, message } satisfies Letter);
  }

  /** Leaves the others: if this tab leads, the next one does. */
  async close(): Promise<void> {
    const host = this.#host;
    for (const tab of [...this.#guests.keys()]) this.#leave(tab);
    this.#self?.leave();
    this.#self = this.#leader = this.#host = undefined;
    this.#square.close();
    this.#mail.close();
    await host?.close();
    this.#end.abort();
  }

  /** Waits for a lock, and has it until the end of the tab. */
  #hold(lock: string, then: () => unknown): Promise<void> {
    const held = async () => {
      if (this.#end.signal.aborted) return;
      try {
        await then();
      } catch (error) {
        return this.options.failed(error);
      }
      await new Promise<void>((resolve) => this.#end.signal.addEventListener('abort', () => resolve()));
    };
    return navigator.locks.request(lock, { signal: this.#end.signal }, held).catch(() => {});
  }

  #join(): void {
    this.#square.postMessage({ kind: 'join', tab: this.#id } satisfies Notice);
  }

  async #lead(): Promise<void> {
    this.#leader = undefined;
    const host = await this.options.lead();
    this.#host = host;
    this.#leader = this.#id;
    this.options.led(true);
    this.#self = host.enter(this.options.receive);
    this.#square.postMessage({ kind: 'lead', leader: this.#id } satisfies Notice);
  }

  #noticed(notice: Notice): void {
    if (notice.kind === 'join') this.#admit(notice.tab);
    // Who is somebody's guest already is not, once another leads.
    else if (notice.leader !== this.#leader) this.#join();
  }

  /** A tab comes in, and is gone when its lock is free. */
  #admit(tab: string): void {
    const host = this.#host;
    if (!host || this.#guests.has(tab)) return;
    const mail = new BroadcastChannel(`${this.options.name}/${tab}`);
    const post = (letter: Omit<Letter, 'to' | 'leader'>) =>
      mail.postMessage({ to: 'tab', leader: this.#id, ...letter } satisfies Letter);
    post({ welcome: true });
    const guest = host.enter((message) => post({ message }));
    mail.onmessage = ({ data }: MessageEvent<Letter>) => {
      if (data.to === 'leader' && data.leader === this.#id) guest.receive(data.message);
    };
    this.#guests.set(tab, { guest, mail });
    const { signal } = this.#end;
    navigator.locks.request(`${this.options.name}/${tab}`, { signal }, () => this.#leave(tab)).catch(() => {});
  }

  #leave(tab: string): void {
    const known = this.#guests.get(tab);
    if (!known) return;
    this.#guests.delete(tab);
    known.mail.close();
    known.guest.leave();
  }

  #lettered(letter: Letter): void {
    if (letter.to !== 'tab') return;
    if (letter.welcome) {
      this.#leader = letter.leader;
      this.options.led(false);
    } else if (letter.leader === this.#leader) {
      this.options.receive(letter.message);
    }
  }
}

function name(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
