/**
 * `<redstart-console>`: a console of the store for any page.
 *
 *     <script type="module">import 'redstart/console';</script>
 *     <redstart-console>SET greeting hello</redstart-console>
 *
 * The element's text is run when it appears, line by line. It has a store of its own unless it is given one:
 * `element.db = await open('idb://shop')`. What it looks like is said by the custom properties `--redstart-background`,
 * `--redstart-text`, `--redstart-accent`, `--redstart-error` and `--redstart-font`.
 */
import type { Connection } from './connection.js';
import { noWord } from './arguments.js';
import type { Database } from './database.js';
import { open } from './open.js';

const style = `
:host { display: block; background: var(--redstart-background, #14181f); color: var(--redstart-text, #e6e9ef); padding: .75rem; border-radius: .5rem; font: 1rem/1.5 var(--redstart-font, ui-monospace, monospace); max-height: 24rem; overflow: auto }
ol { list-style: none; margin: 0; padding: 0 }
li { white-space: pre-wrap; overflow-wrap: anywhere }
li.asked, label { color: var(--redstart-accent, #7cc4ff) }
li.error { color: var(--redstart-error, #ff9d94) }
form { display: flex; gap: .5rem }
input { flex: 1; min-width: 0; font: inherit; font-size: 16px; color: inherit; background: none; border: 0; padding: 0 }
:host(:focus-within) { outline: 2px solid var(--redstart-accent, #7cc4ff) }
input:focus { outline: 0 }`;

declare global {
  interface HTMLElementTagNameMap {
    'redstart-console': RedstartConsole;
  }
}

const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The element. */
export class RedstartConsole extends Base {
  private given: Database | undefined;
  private connection: Promise<Connection> | undefined;
  private live: Connection | undefined;
  private readonly history: string[] = [];
  private at = 0;
  private list!: HTMLOListElement;
  private input!: HTMLInputElement;
  private rest: Uint8Array = new Uint8Array(0);
  private waiting: (() => void)[] = [];

  /** The store that it talks to; its own one is there once it has run something. */
  get db(): Database | undefined {
    return this.given;
  }

  set db(db: Database) {
    if (typeof db?.connect !== 'function') throw noWord('<redstart-console>', 'db', db, 'a database, as open() gives one');
    this.given = db;
    this.hangUp();
  }

  connectedCallback(): void {
    this.draw();
    const lines = (this.textContent ?? '').split('\n').map((line) => line.trim()).filter(Boolean);
    this.textContent = '';
    void (async () => {
      for (const line of lines) await this.run(line);
    })();
  }

  disconnectedCallback(): void {
    this.hangUp();
  }

  /** Runs a line as if it was typed; returns once there is an answer. */
  async run(line: string): Promise<void> {
    this.say(`> ${line}`, 'asked');
    const words = split(line);
    if (!words) return this.say('(error) unbalanced quotes', 'error');
    if (words.length === 0) return;
    try {
      const connection = await (this.connection ??= this.dial());
      const answered = new Promise<void>((resolve) => this.waiting.push(resolve));
      connection.write(request(words));
      await answered;
    } catch (error) {
      this.connection = undefined;
      this.say(`(error) ${(error as Error).message}`, 'error');
    }
  }

  private async dial(): Promise<Connection> {
    const db = this.given ?? (this.given = await open('memory:'));
    const connection = db.connect();
    this.live = connection;
    // One that was hung up may still have something to say.
    connection.onData = (bytes) => this.live === connection && this.hear(bytes);
    connection.onClose = () => this.live === connection && this.ended();
    return connection;
  }

  private hangUp(): void {
    void this.connection?.then((connection) => connection.close(), () => {});
    this.ended();
  }

  private ended(): void {
    this.connection = undefined;
    this.live = undefined;
    this.rest = new Uint8Array(0);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private hear(bytes: Uint8Array): void {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    let from = 0;
    for (;;) {
      const shown = show(all, from, '');
      if (!shown) break;
      from = shown.end;
      this.say(shown.text, shown.text.startsWith('(error)') ? 'error' : '');
      this.waiting.shift()?.();
    }
    this.rest = all.slice(from);
  }

  private say(text: string, kind: string): void {
    this.draw();
    const line = document.createElement('li');
    line.className = kind;
    line.textContent = text;
    this.list.append(line);
    while (this.list.children.length > 1000) this.list.firstChild?.remove();
    this.scrollTop = this.scrollHeight;
  }

  private draw(): void {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const element = <T extends HTMLElement>(made: T, more: object): T => Object.assign(made, more);
    this.list = element(document.createElement('ol'), { role: 'log', ariaLive: 'polite', ariaLabel: 'Answers' });
    this.input = element(document.createElement('input'), { id: 'line', autocomplete: 'off', autocapitalize: 'off', spellcheck: false, enterKeyHint: 'send' });
    const label = element(document.createElement('label'), { htmlFor: 'line', textContent: '>', ariaLabel: 'Command' });
    const form = document.createElement('form');
    form.append(label, this.input);
    this.input.ariaLabel = 'Command';
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const line = this.input.value;
      this.input.value = '';
      if (line.trim()) this.at = this.history.push(line);
      void this.run(line);
    });
    this.input.addEventListener('keydown', (event) => this.recall(event));
    root.append(this.list, form);
  }

  /** Up and down go through what was typed before. */
  private recall(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.at = Math.min(Math.max(this.at + step, 0), this.history.length);
    this.input.value = this.history[this.at] ?? '';
  }
}

/** Words of a line, with quotes as redis-cli knows them; nothing if a quote is open. */
function split(line: string): string[] | undefined {
  const words: string[] = [];
  const word = /\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\'|[^'])*)'|([^\s"']+))(?=\s|$)/y;
  const rest = line.trimEnd();
  while (word.lastIndex < rest.length) {
    const found = word.exec(rest);
    if (!found) return undefined;
    const [, double, single, plain] = found;
    words.push(plain ?? single?.replace(/\\'/g, "'") ?? unescape(double ?? ''));
  }
  return words;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };
const unescape = (text: string) => text.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);

function request(words: string[]): string {
  const encoder = new TextEncoder();
  return `*${words.length}\r\n${words.map((word) => `$${encoder.encode(word).length}\r\n${word}\r\n`).join('')}`;
}

const decoder = new TextDecoder();

/** An answer as redis-cli prints it, and where it ends; nothing if it is not there as a whole. */
function show(bytes: Uint8Array, from: number, indent: string): { text: string; end: number } | undefined {
  const line = bytes.indexOf(13, from);
  if (line < 0) return undefined;
  const head = decoder.decode(bytes.subarray(from + 1, line));
  const end = line + 2;
  const sign = String.fromCharCode(bytes[from] as number);
  if (sign === '+') return { text: head, end };
  if (sign === '-') return { text: `(error) ${head}`, end };
  if (sign === ':' || sign === '(') return { text: `(integer) ${head}`, end };
  if (sign === ',') return { text: `(double) ${head}`, end };
  if (sign === '#') return { text: head === 't' ? '(true)' : '(false)', end };
  const length = Number(head);
  if (length < 0 || sign === '_') return { text: '(nil)', end };
  if ('$=!'.includes(sign)) {
    if (end + length + 2 > bytes.length) return undefined;
    const text = decoder.decode(bytes.subarray(end, end + length));
    return { text: { '=': text.slice(4), '!': `(error) ${text}` }[sign] ?? JSON.stringify(text), end: end + length + 2 };
  }
  return showItems(bytes, end, indent, sign, length);
}

/** How redis-cli marks items, and says that there are none. */
const kinds: Record<string, [string, string]> = { '%': ['#', 'hash'], '~': ['~', 'set'] };

function showItems(bytes: Uint8Array, end: number, indent: string, sign: string, length: number): { text: string; end: number } | undefined {
  const [mark, kind] = kinds[sign] ?? [')', 'array'];
  if (length === 0) return { text: `(empty ${kind})`, end };
  const width = String(length).length;
  const items: string[] = [];
  let at = end;
  for (let i = 1; i <= length; i++) {
    const deeper = `${indent}${' '.repeat(width + 2)}`;
    const item = show(bytes, at, deeper);
    const value = item && sign === '%' ? show(bytes, item.end, deeper) : undefined;
    if (!item || (sign === '%' && !value)) return undefined;
    items.push(`${i === 1 ? '' : indent}${String(i).padStart(width)}${mark} ${item.text}${value ? ` => ${value.text}` : ''}`);
    at = (value ?? item).end;
  }
  return { text: items.join('\n'), end: at };
}

globalThis.customElements?.get('redstart-console') ?? globalThis.customElements?.define('redstart-console', RedstartConsole);
