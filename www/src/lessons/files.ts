/** The lessons' files. Each is fetched when it is opened; the service worker keeps them for when there is no network. */
const urls = import.meta.glob<string>('../../../playground/lessons/*.md', { query: '?url', import: 'default', eager: true });
const addresses = new Map(Object.entries(urls).map(([path, url]) => [Number(/(\d+)-[^/]*$/.exec(path)?.[1]), url]));

const texts = new Map<number, Promise<string>>();

/** The numbers of all lessons. */
export const numbers = [...addresses.keys()];

/** A lesson's text; none for a number that is none. */
export function fetchLesson(number: number): Promise<string> {
  const address = addresses.get(number);
  if (address === undefined) return Promise.resolve('');
  let text = texts.get(number);
  if (!text) {
    text = fetchText(address);
    texts.set(number, text);
    // What failed may be tried again.
    text.catch(() => texts.delete(number));
  }
  return text;
}

/** Has a lesson fetched anew the next time. */
export function forgetLesson(number: number): void {
  texts.delete(number);
}

async function fetchText(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} for ${address}`);
  return response.text();
}
