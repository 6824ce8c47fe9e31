/**
 * What a command is given, and how it becomes words.
 *
 * Arguments stand in the order of the command line. An array stands for its items; an object for options, each a word
 * and what follows it, or, where a command ends with pairs (HSET, MSET, XADD), for those:
 *
 *     set('k', 'v', { EX: 10, NX: true })      SET k v EX 10 NX
 *     hset('h', { name: 'Ada', born: 1815 })   HSET h name Ada born 1815
 *     zadd('z', { GT: true }, [1, 'a'], [2, 'b'])
 */

/** What one word is made of. */
export type Argument = string | number | bigint | Uint8Array;

/** One, or a list of them. */
export type Many<T> = T | readonly T[];

/** What may follow an option that takes more than one word. */
export type Words = Argument | readonly Many<Argument>[] | Readonly<Record<string, Argument>>;

/** Words of any kind, where the command table says no more. */
export type Loose = Many<Argument> | Readonly<Record<string, Argument | boolean | readonly Argument[]>>;

/** Names with values: an object, a map, or one after the other. */
export type Pairs =
  | readonly [Readonly<Record<string, Argument>> | ReadonlyMap<Argument, Argument>]
  | readonly Many<Argument>[];

/** A number; a bigint where a number would not be exact. */
export type Integer = number | bigint;

/** What a command that may wait takes besides. */
export interface Blocking {
  /** Ends the waiting: the call is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** A request: its words, and what ends its waiting. */
export interface Request {
  words: Argument[];
  signal: AbortSignal | undefined;
}

/** Makes words of arguments. `pairs`: the last object is pairs, not options; `many`: the last one may not be left out. */
export function flatten(name: string, start: readonly string[], args: readonly unknown[], pairs: boolean, many: boolean): Request {
  const request: Request = { words: [...start], signal: undefined };
  const last = args.length - 1;
  for (let i = 0; i <= last; i++) {
    const arg = args[i];
    // What nearly every argument is, first.
    if (typeof arg === 'string' || typeof arg === 'number') request.words.push(arg);
    else if (i === last && arg === undefined && !many) break;
    else add(request, name, arg, pairs && i === last, `argument ${i + 1}`);
  }
  return request;
}

function add(request: Request, name: string, arg: unknown, pairs: boolean, where: string): void {
  if (isArgument(arg)) {
    request.words.push(arg);
  } else if (Array.isArray(arg)) {
    for (const item of arg) add(request, name, item, pairs, where);
  } else if (arg instanceof Set) {
    for (const item of arg) add(request, name, item, pairs, where);
  } else if (arg instanceof Map) {
    for (const [word, value] of arg) option(request, name, word, value, pairs);
  } else if (arg !== null && typeof arg === 'object' && isPlain(arg)) {
    for (const [word, value] of Object.entries(arg)) option(request, name, word, value, pairs);
  } else {
    throw noWord(name, where, arg);
  }
}

function option(request: Request, name: string, word: Argument, value: unknown, pairs: boolean): void {
  if (pairs) {
    // One word each: whatever became several would be taken for further pairs.
    request.words.push(single(name, 'a name', word), single(name, `the value of "${word}"`, value));
  } else if (word === 'signal' && (value === undefined || value instanceof AbortSignal)) {
    request.signal = value;
  } else if (word === 'signal') {
    throw noWord(name, word, value, 'an AbortSignal');
  } else if (value !== false && value !== undefined) {
    request.words.push(word);
    if (value !== true) add(request, name, value, false, `what follows ${word}`);
  }
}

/** A request as it is given, if all of it can be words. */
export function requested(command: string, args: readonly unknown[]): Argument[] {
  if (typeof command !== 'string') throw noWord('call', 'the command', command, 'a string');
  // Their answers come unasked, in the place of those of others.
  if (command.length > 6 && /^([ps]?(un)?subscribe|monitor)$/i.test(command)) throw new TypeError(`${command}: use db.subscribe(), psubscribe(), ssubscribe() or monitor()`);
  return [command, ...args.map((arg, i) => single(command, `argument ${i + 1}`, arg))];
}

function single(name: string, where: string, value: unknown): Argument {
  if (!isArgument(value)) throw noWord(name, where, value);
  return value;
}

/** What is said of what can't be used. */
export function noWord(name: string, where: string, value: unknown, must = 'a string, a number, a bigint or a Uint8Array'): TypeError {
  return new TypeError(`${name}: ${where} is ${describe(value)}; it must be ${must}`);
}

function isArgument(value: unknown): value is Argument {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array;
}

/** An object that was written down as one: not a Date, not a Promise, which nobody means as options. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = value.constructor?.name ?? 'Object';
  return /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`;
}
