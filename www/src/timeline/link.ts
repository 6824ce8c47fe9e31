/** Links that replay a session: `#/session/` and its text, deflated, in the letters that may stand in an address. */

const prefix = '#/session/';

/** More than any session that is offered has. */
const mostBytes = 80_000;

export async function linkOf(script: string): Promise<string> {
  const deflated = new Blob([script]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const letters = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return `${location.origin}${location.pathname}${prefix}${letters}`;
}

/** The session that the page's address holds, still deflated. */
export function linkedSession(): string | null {
  return location.hash.startsWith(prefix) ? location.hash.slice(prefix.length) : null;
}

/** The text of a session; fails if it is none, or more than any. */
export async function readSession(letters: string): Promise<string> {
  const binary = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const text = new TextDecoder();
  let [script, length] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return script + text.decode();
    length += value.length;
    if (length > mostBytes) throw new Error('it is too long');
    script += text.decode(value, { stream: true });
  }
}
