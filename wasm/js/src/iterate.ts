/** Loops over what is too much, or not there yet, for one answer. */
import type { Argument } from './arguments.js';
import type { Commands } from './generated/commands.js';

/** What a scan goes through. */
export interface ScanOptions {
  /** Only what looks like this pattern. */
  MATCH?: Argument;
  /** About how much to look at in one step. */
  COUNT?: number;
}

/** How a stream is read. */
export interface StreamOptions {
  /** The entry after which to begin: `0` for all there are, `$` (the default) for those to come. */
  from?: string;
  /** How many to take in one step. */
  count?: number;
  /** Reads as a consumer of a group: each entry goes to one of them. `XACK` is yours to send. */
  group?: { name: string; consumer: string };
  /** Leaves the loop. */
  signal?: AbortSignal;
}

/** An entry of a stream. */
export interface Entry<S = string> {
  /** `1526919030474-0`. */
  id: string;
  /** Its fields with their values. */
  fields: Map<S, S>;
}

type Step<S> = (cursor: string) => Promise<[S, S[]]>;

async function* scan<S>(step: Step<S>): AsyncIterableIterator<S[]> {
  let cursor = '0';
  do {
    const [next, items] = await step(cursor);
    cursor = text(next);
    if (items.length > 0) yield items;
  } while (cursor !== '0');
}

export async function* keys<S>(client: Commands<S>, options: ScanOptions & { TYPE?: string } = {}): AsyncIterableIterator<S> {
  for await (const items of scan<S>((cursor) => client.scan(cursor, options))) yield* items;
}

export async function* members<S>(client: Commands<S>, key: Argument, options: ScanOptions = {}): AsyncIterableIterator<S> {
  for await (const items of scan<S>((cursor) => client.sscan(key, cursor, options))) yield* items;
}

export async function* hashPairs<S>(client: Commands<S>, key: Argument, options: ScanOptions = {}): AsyncIterableIterator<[S, S]> {
  for await (const items of scan<S>((cursor) => client.hscan(key, cursor, options))) yield* pairs(items);
}

export async function* scoredMembers<S>(client: Commands<S>, key: Argument, options: ScanOptions = {}): AsyncIterableIterator<[S, number]> {
  for await (const items of scan<S>((cursor) => client.zscan(key, cursor, options))) {
    for (const [member, score] of pairs(items)) yield [member, number(text(score))];
  }
}

export async function* readStream<S>(client: Commands<S>, key: Argument, options: StreamOptions = {}): AsyncIterableIterator<Entry<S>> {
  const { count = 100, group, signal } = options;
  const more = signal ? { signal } : {};
  let from = options.from ?? '$';
  if (!group && from === '$') from = await lastId(client, key);
  while (!signal?.aborted) {
    const read = group
      ? client.xreadgroup({ GROUP: [group.name, group.consumer], COUNT: count, BLOCK: 0, STREAMS: [key, '>'], ...more })
      : client.xread({ COUNT: count, BLOCK: 0, STREAMS: [key, from], ...more });
    const streams = await read.catch((error: unknown) => {
      if (signal?.aborted) return null;
      throw error;
    });
    for (const [id, fields] of [...(streams?.values() ?? [])].flat()) {
      from = text(id);
      yield { id: from, fields: new Map(pairs(fields ?? [])) };
    }
  }
}

/** What `$` means now: it must not come to mean something else between two steps. */
async function lastId<S>(client: Commands<S>, key: Argument): Promise<string> {
  const [last] = await client.xrevrange(key, '+', '-', { COUNT: 1 });
  return last ? text(last[0]) : '0';
}

export function* pairs<S>(items: S[]): Generator<[S, S]> {
  for (let i = 0; i + 1 < items.length; i += 2) yield [items[i] as S, items[i + 1] as S];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : new TextDecoder().decode(value as Uint8Array);
}

function number(score: string): number {
  return score === 'inf' ? Infinity : score === '-inf' ? -Infinity : Number(score);
}
