/** The lessons' files. Each is fetched when it is opened; the service worker keeps them for when there is no network. */
const urls = import.meta.glob<string>('../../../playground/lessons/*.md', { query: '?url', import: 'default', eager: true });
const addresses = new Map(Object.entries(urls).map(([path, url]) => [Number(/(\d+)-[^/]*$/.exec(path)?.[1]), url]));

const texts = new Map<string, Promise<string>>();

/** The numbers of all lessons. */
export const numbers = [...addresses.keys()];

/** A lesson's text; none for a number that is none. */
export function fetchLesson(number: number): Promise<string> {
  const address = addresses.get(number);
  return address === undefined ? Promise.resolve('') : fetchText(address);
}

/** Has a lesson fetched anew the next time. */
export function forgetLesson(number: number): void {
  forgetText(addresses.get(number) ?? '');
}

export function forgetText(address: string): void {
  texts.delete(address);
}

/** A text, fetched once. */
export function fetchText(address: string): Promise<string> {
  let text = texts.get(address);
  if (!text) {
    text = load(address);
    texts.set(address, text);
    // What failed may be tried again.
    text.catch(() => texts.delete(address));
  }
  return text;
}

async function load(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} for ${address}`);
  return response.text();
}
