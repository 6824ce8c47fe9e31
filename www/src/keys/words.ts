/** Bytes as text for people, as words of a command line, and back. */

/** Bytes as text; null if they are not UTF-8 that can be shown and edited. */
export function text(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Bytes as text to read. */
export function shown(bytes: Uint8Array): string {
  return text(bytes) ?? word(bytes).slice(1, -1);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A word as one types it in a console: quoted, if it needs to be. */
export function word(value: Uint8Array | string): string {
  const plain = typeof value === 'string' ? value : text(value);
  if (plain !== null && /^[^\s"'\\\0-\x1f]+$/.test(plain)) return plain;
  if (plain !== null) return `"${plain.replace(/[\\"]/g, '\\$&').replace(/[\0-\x1f]/g, control)}"`;
  return `"${Array.from(value as Uint8Array, escaped).join('')}"`;
}

/** A command as one types it. */
export function line(...words: (Uint8Array | string)[]): string {
  return words.map(word).join(' ');
}

/** The words of a command line, as redis-cli splits them; null if a quote is not closed, or a word goes on right after it. */
export function split(line: string): Uint8Array[] | null {
  const words: Uint8Array[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    const found = /^(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([^\s"']\S*))(?=\s|$)/.exec(rest);
    if (!found) return null;
    const [all, double, single, plain] = found;
    words.push(double !== undefined ? unescaped(double) : bytes(single?.replaceAll("\\'", "'") ?? plain!));
    rest = rest.slice(all.length).trimStart();
  }
  return words;
}

/** What stands between double quotes, with its escapes read. */
function unescaped(quoted: string): Uint8Array {
  const parts = quoted.match(/\\x[\da-f]{2}|\\[^]|[^\\]+/gi) ?? [];
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (part[0] !== '\\') return [...bytes(part)];
      return part.length === 4 ? [parseInt(part.slice(2), 16)] : [...bytes(known[part[1]!] ?? part.slice(1))];
    }),
  );
}

function control(letter: string): string {
  const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return known[letter] ?? hexed(letter.charCodeAt(0));
}

function escaped(byte: number): string {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hexed(byte);
}

function hexed(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
