/** Cuts wire bytes into the pieces a reader of RESP sees. For display only: it never fails, whatever the bytes are. */

export interface Piece {
  bytes: Uint8Array;
  /** The bytes as text, with what can't be shown escaped. */
  text: string;
  /** What it means. */
  meaning: string;
}

const names: Record<string, string> = {
  '+': 'simple string', '-': 'error', ':': 'integer', $: 'bulk string', '*': 'array', _: 'null', ',': 'double', '#': 'boolean',
  '!': 'bulk error', '=': 'verbatim string', '(': 'big number', '%': 'map', '~': 'set', '>': 'push', '|': 'attributes',
};

function escape(byte: number): string {
  if (byte === 0x0d) return '\\r';
  if (byte === 0x0a) return '\\n';
  if (byte === 0x5c) return '\\\\';
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function bytesOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'byte' : 'bytes'}`;
}

function meaning(kind: string, rest: string): string {
  const count = Number(rest);
  switch (kind) {
    case '$': case '=': case '!':
      return count < 0 ? 'no value (null)' : `${names[kind]}: ${bytesOf(count)} follow`;
    case '*': case '~': case '>':
      return count < 0 ? 'no array (null)' : `${names[kind]} of ${count}`;
    case '%': case '|':
      return `${names[kind]} of ${count} ${count === 1 ? 'pair' : 'pairs'}`;
    case '#':
      return rest === 't' ? 'true' : 'false';
    default:
      return names[kind] ?? 'inline text';
  }
}

/** The first `most` bytes as pieces. */
export function pieces(bytes: Uint8Array, most = 2048): Piece[] {
  const all: Piece[] = [];
  const end = Math.min(bytes.length, most);
  let at = 0;
  let payload = 0;
  while (at < end) {
    let to: number;
    let means: string;
    if (payload > 0) {
      to = at + payload;
      means = `the value, ${bytesOf(payload - 2)}, and the end mark`;
      payload = 0;
    } else {
      const newline = bytes.indexOf(0x0a, at);
      to = newline < 0 ? end : newline + 1;
      const kind = String.fromCharCode(bytes[at]!);
      const rest = String.fromCharCode(...bytes.subarray(at + 1, Math.min(to - 2, at + 40)));
      means = meaning(kind, rest);
      if ('$=!'.includes(kind) && Number(rest) >= 0) payload = Number(rest) + 2;
    }
    const piece = bytes.subarray(at, Math.min(to, end));
    all.push({ bytes: piece, text: Array.from(piece, escape).join(''), meaning: means });
    at = to;
  }
  return all;
}
