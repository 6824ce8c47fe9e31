/** Search in the lessons' files: titles, texts and goals, not what would give a solution away. */
import { fetchLesson, numbers } from './files';

export interface Hit {
  number: number;
  /** From 1; 0 is the lesson as a whole. */
  step: number;
  lesson: string;
  title: string;
  /** Some words around what was found. */
  excerpt: string;
}

interface Passage extends Hit {
  text: string;
}

let passages: Promise<Passage[]> | undefined;

export async function search(words: string): Promise<Hit[]> {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  passages ??= readAll();
  passages.catch(() => (passages = undefined));
  const rank = ({ title, text }: Passage) => {
    const [inTitle, inText] = [title.toLowerCase(), text.toLowerCase()];
    if (!wanted.every((word) => inTitle.includes(word) || inText.includes(word))) return 0;
    return 1 + wanted.filter((word) => inTitle.includes(word)).length;
  };
  return (await passages)
    .map((passage) => ({ passage, rank: rank(passage) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, 8)
    .map(({ passage }) => ({ ...passage, excerpt: around(passage.text, wanted[0]!) }));
}

async function readAll(): Promise<Passage[]> {
  return (await Promise.all(numbers.map(async (number) => read(number, await fetchLesson(number))))).flat();
}

const noSteps = ['In production', 'Quiz', 'Further'];

function read(number: number, file: string): Passage[] {
  const [head = '', ...sections] = file.split(/^## /m);
  const lesson = /^# (.*)$/m.exec(head)?.[1] ?? '';
  let step = 0;
  const passage = (title: string, text: string, step: number) => ({ number, step, lesson, title, text, excerpt: '' });
  return [
    passage(lesson, plain(head.split('\n').slice(1).filter((line) => !/^\w+: /.test(line)).join('\n')), 0),
    ...sections.flatMap((section) => {
      const [title = '', ...lines] = section.split('\n');
      const text = lines.join('\n');
      if (title === 'In production') return [passage(title, plain(text), 0)];
      if (noSteps.includes(title)) return [];
      step += 1;
      return [passage(title.replace(/^Build: (.)/, (_, letter: string) => letter.toUpperCase()), plain(text.split(/^### Check/m)[0]!), step)];
    }),
  ];
}

function plain(text: string): string {
  return text.replace(/^(```.*|###.*)$/gm, ' ').replace(/[`*]/g, '').replace(/\s+/g, ' ').trim();
}

function around(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word));
  const from = at < 50 ? 0 : text.indexOf(' ', at - 50) + 1;
  return `${from > 0 ? '… ' : ''}${text.slice(from, from + 140)}${from + 140 < text.length ? ' …' : ''}`;
}
