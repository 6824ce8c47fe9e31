/** The list of commands, read once. */
import { list } from './generated/commands.js';

export interface Listed {
  /** Its words: `['CONFIG', 'GET']`. */
  words: string[];
  /** `configGet` */
  method: string;
  /** Its last argument is pairs. */
  pairs: boolean;
  /** It ends with pairs or words, as many as one likes: none of them is an option that may be left out. */
  many: boolean;
  /** It may wait. */
  waits: boolean;
}

/** What only reads, and so may be asked twice; what may wait. In lower case. */
export const reads = new Set<string>();
export const waiting = new Set<string>();

export const commands: Listed[] = list.split(' ').map((entry) => {
  const [name = ''] = /^[^=+!?]+/.exec(entry) ?? [];
  const marks = entry.slice(name.length);
  const waits = marks.includes('!');
  if (waits) waiting.add(name);
  if (marks.includes('?')) reads.add(name);
  const method = name.replace(/[|-]([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { words: name.toUpperCase().split('|'), method, pairs: marks.includes('='), many: /[=+]/.test(marks), waits };
});
