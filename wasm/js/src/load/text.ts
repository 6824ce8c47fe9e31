/** The engine out of the package's code itself, where its file can't be fetched. */
export async function fromText(): Promise<WebAssembly.Module> {
  // @ts-ignore: written when the package is made
  const { default: text } = (await import('../inline.js')) as { default: string };
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

/** Whether these bytes are a module: many servers answer with a page where there is no file. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}
