/**
 * JSON as people read it and as it is stored. What stands in it stays as it was written: read into objects and back, a
 * number of many digits would be another one, and members would change places.
 */

/** JSON over several lines; null if the text holds no object and no array. */
export function laid(text: string | null): string | null {
  const parts = tokens(text);
  if (!parts || !/^[[{]/.test(parts[0]!)) return null;
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(depth)}`;
  return parts
    .map((part, i) => {
      const opens = /^[[{]$/.test(parts[i - 1] ?? '');
      if (part === '}' || part === ']') {
        depth -= 1;
        return opens ? part : newLine() + part;
      }
      const before = opens || parts[i - 1] === ',' ? newLine() : '';
      if (part === '{' || part === '[') depth += 1;
      return before + (part === ':' ? ': ' : part);
    })
    .join('');
}

/** The same on one line; null if it is no JSON. */
export function packed(text: string): string | null {
  return tokens(text)?.join('') ?? null;
}

/** Brackets, commas, colons, and the words between them. */
function tokens(text: string | null): string[] | null {
  try {
    JSON.parse(text ?? '');
  } catch {
    return null;
  }
  return text!.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g);
}
