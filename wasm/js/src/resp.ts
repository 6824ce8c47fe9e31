/**
 * The protocol: requests into bytes, bytes into values.
 *
 * | reply                         | value                                             |
 * |-------------------------------|---------------------------------------------------|
 * | status, text for people       | string                                            |
 * | string                        | string, or `Uint8Array` if bytes are asked for    |
 * | number                        | number; bigint where that would not be exact      |
 * | double, boolean, null         | number, boolean, null                             |
 * | big number                    | bigint                                            |
 * | array, set, map               | `Array`, `Set`, `Map`                             |
 * | error                         | `ReplyError`                                      |
 */
import type { Argument } from './arguments.js';
import { ReplyError } from './errors.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Up to this many characters a loop is faster than the encoder … */
const shortWord = 40;

/** … or the decoder. */
const shortText = 24;

/** Requests that are written one after the other. */
export class Writer {
  private bytes = new Uint8Array(4096);
  private end = 0;

  get isEmpty(): boolean {
    return this.end === 0;
  }

  /** What was written since the last time. It is valid until the next write. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.end);
    this.end = 0;
    if (this.bytes.length > 1 << 20) this.bytes = new Uint8Array(4096);
    return taken;
  }

  request(words: readonly Argument[]): void {
    this.room(16);
    this.head(0x2a, words.length);
    for (const word of words) this.word(typeof word === 'string' || word instanceof Uint8Array ? word : String(word));
  }

  private word(word: string | Uint8Array): void {
    const length = word.length;
    this.room(length + 32);
    if (typeof word !== 'string') return this.block(word);
    if (length > shortWord) return this.block(encoder.encode(word));
    const start = this.end;
    this.head(0x24, length);
    const { bytes } = this;
    let at = this.end;
    for (let i = 0; i < length; i++) {
      const code = word.charCodeAt(i);
      if (code > 127) {
        this.end = start;
        return this.block(encoder.encode(word));
      }
      bytes[at++] = code;
    }
    bytes[at] = 13;
    bytes[at + 1] = 10;
    this.end = at + 2;
  }

  private block(bytes: Uint8Array): void {
    this.room(bytes.length + 32);
    this.head(0x24, bytes.length);
    this.bytes.set(bytes, this.end);
    this.end += bytes.length;
    this.bytes[this.end++] = 13;
    this.bytes[this.end++] = 10;
  }

  /** A sign, a number and the end of the line. */
  private head(sign: number, count: number): void {
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = sign;
    let scale = 1;
    while (scale * 10 <= count) scale *= 10;
    for (; scale >= 1; scale /= 10) bytes[at++] = 48 + (Math.floor(count / scale) % 10);
    bytes[at++] = 13;
    bytes[at++] = 10;
    this.end = at;
  }

  private room(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.end + count));
    bytes.set(this.bytes.subarray(0, this.end));
    this.bytes = bytes;
  }
}

/** What the server says without being asked. */
export class Push {
  constructor(readonly items: unknown[]) {}
}

const none: Uint8Array = new Uint8Array(0);

/** Thrown inside, where the bytes end before the value. */
const unfinished = new Error('the bytes end before the value');

/**
 * Replies out of bytes that come in any pieces. What is fed is read where it lies: `keep` what is left of it before it
 * goes away.
 */
export class Reader {
  private bytes = none;
  private at = 0;

  feed(bytes: Uint8Array): void {
    if (this.at === this.bytes.length) {
      this.bytes = bytes;
    } else {
      const rest = this.bytes.subarray(this.at);
      this.bytes = new Uint8Array(rest.length + bytes.length);
      this.bytes.set(rest);
      this.bytes.set(bytes, rest.length);
    }
    this.at = 0;
  }

  /** Copies what is not read yet. */
  keep(): void {
    this.bytes = this.at === this.bytes.length ? none : this.bytes.slice(this.at);
    this.at = 0;
  }

  /** Forgets what is not read yet. */
  reset(): void {
    this.bytes = none;
    this.at = 0;
  }

  /** Whether a byte is there: if so, what the next value begins with. */
  get sign(): number | undefined {
    return this.bytes[this.at];
  }

  /** The next value, or `undefined` if it has not come as a whole. Strings are read as bytes if `binary`. */
  next(binary: boolean): unknown {
    if (this.at >= this.bytes.length) return undefined;
    const start = this.at;
    try {
      return this.value(binary);
    } catch (error) {
      if (error !== unfinished) throw error;
      this.at = start;
      return undefined;
    }
  }

  private value(binary: boolean): unknown {
    const sign = this.bytes[this.at++];
    switch (sign) {
      case 0x24: // $
        return this.string(binary);
      case 0x2b: // +
        return this.text(this.lineEnd());
      case 0x3a: // :
        return this.integer();
      case 0x5f: // _
        this.lineEnd();
        this.at += 2;
        return null;
      case 0x2a: // *
        return this.items(1, binary);
      case 0x25: // %
        return this.map(binary);
      case 0x7e: {
        // ~
        const items = this.items(1, binary);
        return items && new Set(items);
      }
      case 0x3e: // >
        return new Push(this.items(1, binary) ?? []);
      case 0x2d: // -
        return new ReplyError(this.text(this.lineEnd()));
      case 0x21: // !
        return new ReplyError(this.string(false) as string);
      case 0x2c: // ,
        return double(this.text(this.lineEnd()));
      case 0x23: // #
        return this.text(this.lineEnd()) === 't';
      case 0x28: // (
        return BigInt(this.text(this.lineEnd()));
      case 0x3d: // =
        return (this.string(false) as string).slice(4);
      case 0x7c: // |
        this.map(binary);
        return this.value(binary);
      case undefined:
        throw unfinished;
      default:
        throw new Error(`byte ${sign} begins no reply`);
    }
  }

  private string(binary: boolean): string | Uint8Array | null {
    const length = this.length();
    if (length < 0) return null;
    const end = this.at + length;
    if (end + 2 > this.bytes.length) throw unfinished;
    if (!binary) return this.text(end);
    const bytes = this.bytes.slice(this.at, end);
    this.at = end + 2;
    return bytes;
  }

  private items(each: number, binary: boolean): unknown[] | null {
    const length = this.length();
    if (length < 0) return null;
    const items: unknown[] = [];
    for (let i = 0; i < length * each; i++) items.push(this.value(binary));
    return items;
  }

  private map(binary: boolean): Map<unknown, unknown> {
    const items = this.items(2, binary) ?? [];
    const map = new Map();
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
    return map;
  }

  private integer(): number | bigint {
    const start = this.at;
    const value = this.length();
    if (Number.isSafeInteger(value)) return value;
    return BigInt(decoder.decode(this.bytes.subarray(start, this.at - 2)));
  }

  /** The number on this line. */
  private length(): number {
    const { bytes } = this;
    let at = this.at;
    const negative = bytes[at] === 0x2d;
    if (negative) at++;
    let value = 0;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === 13) {
        if (at + 1 >= bytes.length) break;
        this.at = at + 2;
        return negative ? -value : value;
      }
      value = value * 10 + byte - 48;
    }
    throw unfinished;
  }

  /** The text from here to `end`; what comes next is behind the end of its line. */
  private text(end: number): string {
    const { bytes, at } = this;
    this.at = end + 2;
    if (end - at > shortText) return decoder.decode(bytes.subarray(at, end));
    let [text, i, all] = ['', at, 0];
    // Four at a time: each step makes a string.
    for (; i + 4 <= end; i += 4) {
      const [a, b, c, d] = [bytes[i] as number, bytes[i + 1] as number, bytes[i + 2] as number, bytes[i + 3] as number];
      all |= a | b | c | d;
      text += String.fromCharCode(a, b, c, d);
    }
    for (; i < end; i++) {
      all |= bytes[i] as number;
      text += String.fromCharCode(bytes[i] as number);
    }
    return all > 127 ? decoder.decode(bytes.subarray(at, end)) : text;
  }

  private lineEnd(): number {
    const { bytes } = this;
    // Most are short: a loop finds their ends sooner than a search does.
    let end = this.at;
    while (end < bytes.length && bytes[end] !== 13) end++;
    if (end + 1 >= bytes.length) throw unfinished;
    return end;
  }
}

function double(text: string): number {
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  return Number(text);
}
