/** A pretend store for drawing the page: a handful of commands, nothing kept. */
import type { Ask, Assist, Block, Entry, KeyRow, LessonCard, LessonView, Line, Tell } from '../src/protocol';

const tell = (message: Tell) => postMessage(message);
const utf8 = new TextEncoder();
const line = (text: string, tone: Line['tone'] = 'plain'): Line => ({ text, tone });
const data = new Map<string, { value: string | string[]; type: string; expires: number | null; changed: boolean }>();
const terminals = new Map<number, { db: number; resp3: boolean }>();
let browse = { db: 0, pattern: '*', limit: 100 };
let inspected: string | null = null;

const help: [string, string, string][] = [
  ['SET', 'key value [NX|XX|IFEQ ifeq-value] [GET] [EX seconds|PX milliseconds|KEEPTTL]', 'Sets the string value of a key, ignoring its type. The key is created if it doesn\'t exist.'],
  ['SETEX', 'key seconds value', 'Sets the string value and expiration time of a key.'],
  ['SETNX', 'key value', 'Set the string value of a key only when the key doesn\'t exist.'],
  ['SETRANGE', 'key offset value', 'Overwrites a part of a string value with another by an offset.'],
  ['SADD', 'key member [member ...]', 'Adds one or more members to a set.'],
  ['GET', 'key', 'Returns the string value of a key.'],
  ['DEL', 'key [key ...]', 'Deletes one or more keys.'],
  ['EXPIRE', 'key seconds [NX|XX|GT|LT]', 'Sets the expiration time of a key in seconds.'],
  ['TTL', 'key', 'Returns the expiration time in seconds of a key.'],
  ['INCR', 'key', 'Increments the integer value of a key by one.'],
  ['RPUSH', 'key element [element ...]', 'Appends one or more elements to a list.'],
  ['LRANGE', 'key start stop', 'Returns a range of elements from a list.'],
  ['HELLO', '[protover [AUTH username password] [SETNAME clientname]]', 'Handshakes with the server.'],
  ['QUIT', '', 'Closes the connection.'],
];

const titles = [
  'Strings and expiry', 'Lists and hashes', 'Sets and sorted sets', 'Keys: names, scans, types', 'Transactions', 'Pub/Sub', 'Streams',
  'Bitmaps, HyperLogLog, geo', 'Lua scripts', 'Memory and eviction', 'Persistence', 'Users and permissions', 'Watching a server',
  'Replication', 'Sentinel', 'Cluster',
];
const cards: LessonCard[] = titles.map((title, i) => ({
  number: i + 1, title, level: i < 5 ? 'beginner' : i < 11 ? 'intermediate' : 'advanced', hours: 1 + (i % 3), ready: i < 2, done: 0, steps: 4,
}));
const p = (text: string): Block => ({
  kind: 'text',
  spans: text.split('`').map((part, i) => ({ text: part, code: i % 2 === 1 })),
});
const c = (text: string): Block => ({ kind: 'command', text });
let lesson: LessonView | null = null;

function openLesson(number: number) {
  const card = cards[number - 1];
  if (!card) return void (lesson = null);
  lesson = {
    card,
    intro: [p('A string is the simplest value: a run of bytes under a name. It can hold text, a number or a picture, up to 512 MB.'), p('In this lesson you store one, read it back, count with it and let it vanish on time.')],
    steps: [
      { title: 'Say hello', text: [p('`SET` stores a value under a key. If the key exists, it is replaced.'), c('SET greeting hello')], goal: 'The key `greeting` holds `hello`.', done: false, hints: [], moreHints: true },
      { title: 'Read it back', text: [p('`GET` returns the value, or `(nil)` when there is no such key.'), c('GET greeting')], goal: 'Read `greeting`.', done: false, hints: [], moreHints: true },
      { title: 'Count', text: [p('`INCR` adds one to a number. A missing key counts as 0, so no setup is needed.'), c('INCR visits')], goal: '`visits` is 3.', done: false, hints: [], moreHints: true },
      { title: 'Let it go', text: [p('Give a key a time to live and the server deletes it when the time is up.'), c('EXPIRE greeting 100')], goal: '`greeting` expires.', done: false, hints: [], moreHints: true },
    ].map((step) => (card.ready ? step : { ...step, moreHints: false })),
    current: 0,
  };
}

function tellLesson() {
  if (lesson) {
    const got = [data.get('greeting')?.value === 'hello', lesson.steps[1]!.done, Number(data.get('visits')?.value ?? 0) >= 3, data.get('greeting')?.expires != null];
    lesson.steps.forEach((step, i) => { step.done ||= !!got[i] && lesson!.steps.slice(0, i).every((before) => before.done); });
    lesson.current = lesson.steps.findIndex((step) => !step.done);
    if (lesson.current < 0) lesson.current = lesson.steps.length;
    lesson.card.done = lesson.current;
  }
  tell({ kind: 'lesson', view: lesson, lessons: cards });
}

function row(key: string): KeyRow {
  const item = data.get(key)!;
  const size = String(item.value).length;
  return {
    key: utf8.encode(key), label: key, type: item.type, encoding: item.type === 'list' ? 'listpack' : /^\d+$/.test(String(item.value)) ? 'int' : 'embstr',
    expiresAt: item.expires, size, memory: 56 + key.length + size, changed: item.changed,
  };
}

function tellKeys() {
  for (const [key, item] of data) if (item.expires !== null && item.expires <= Date.now()) data.delete(key);
  const glob = new RegExp(`^${browse.pattern.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.') || '.*'}$`);
  const all = [...data.keys()].sort().filter((key) => glob.test(key));
  tell({ kind: 'keys', view: { db: browse.db, databases: [{ db: 0, keys: data.size }, { db: 3, keys: 12 }], total: all.length, rows: all.slice(0, browse.limit).map(row), more: Math.max(0, all.length - browse.limit) } });
  for (const item of data.values()) item.changed = false;
  if (inspected !== null) {
    const item = data.get(inspected);
    tell({ kind: 'value', view: item ? { row: row(inspected), cut: false, lines: ([] as string[]).concat(item.value).map((text, i, all) => line(all.length > 1 ? `${i + 1}) "${text}"` : `"${text}"`, 'string')) } : null });
  }
}

const prompt = (terminal: number) => {
  const db = terminals.get(terminal)?.db ?? 0;
  return `127.0.0.1:6379${db ? `[${db}]` : ''}> `;
};
const resp = (argv: string[]) => utf8.encode(`*${argv.length}\r\n${argv.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`);

function run(terminal: number, text: string) {
  const argv = (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
  if (!argv.length) return;
  const [name, key = '', ...rest] = [argv[0]!.toUpperCase(), ...argv.slice(1)];
  let lines: Line[] = [line(`(error) ERR unknown command '${argv[0]}', with args beginning with: `, 'error')];
  let reply = `-ERR unknown command '${argv[0]}'\r\n`;
  const item = data.get(key);
  const put = (value: string | string[], type: string) => data.set(key, { value, type, expires: null, changed: true });
  if (name === 'SET') { put(rest[0] ?? '', 'string'); lines = [line('OK', 'status')]; reply = '+OK\r\n'; if (rest[1]?.toUpperCase() === 'EX') data.get(key)!.expires = Date.now() + 1000 * Number(rest[2]); }
  if (name === 'GET') {
    lines = item ? [line(`"${item.value}"`, 'string')] : [line('(nil)', 'null')]; reply = item ? `$${item.value.length}\r\n${item.value}\r\n` : '$-1\r\n';
    if (lesson && key === 'greeting' && item) lesson.steps[1]!.done = true;
  }
  if (name === 'INCR') { const n = Number(item?.value ?? 0) + 1; put(String(n), 'string'); lines = [line(`(integer) ${n}`, 'number')]; reply = `:${n}\r\n`; }
  if (name === 'EXPIRE') { if (item) { item.expires = Date.now() + 1000 * Number(rest[0]); item.changed = true; } lines = [line(`(integer) ${item ? 1 : 0}`, 'number')]; reply = `:${item ? 1 : 0}\r\n`; }
  if (name === 'DEL') { const n = data.delete(key) ? 1 : 0; lines = [line(`(integer) ${n}`, 'number')]; reply = `:${n}\r\n`; }
  if (name === 'RPUSH') { put([...((item?.value as string[]) ?? []), ...rest], 'list'); const n = data.get(key)!.value.length; lines = [line(`(integer) ${n}`, 'number')]; reply = `:${n}\r\n`; }
  if (name === 'LRANGE') { const all = (item?.value as string[]) ?? []; lines = all.map((text, i) => line(`${`${i + 1})`.padStart(String(all.length).length + 1)} "${text}"`, 'string')); reply = `*${all.length}\r\n${all.map((s) => `$${s.length}\r\n${s}\r\n`).join('')}`; }
  if (name === 'SELECT') { terminals.get(terminal)!.db = Number(key); lines = [line('OK', 'status')]; reply = '+OK\r\n'; }
  if (name === 'HELLO') { terminals.get(terminal)!.resp3 = key === '3'; lines = [line(key === '3' ? '1# "server" => "redis"' : '1) "server"')]; reply = key === '3' ? '%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n' : '*2\r\n$6\r\nserver\r\n$5\r\nredis\r\n'; }
  const entry: Entry = { prompt: prompt(terminal), text, lines, request: resp(argv), reply: utf8.encode(reply), micros: 3 + Math.round(Math.random() * 20) };
  if (name === 'QUIT') { entry.lines = [line('OK', 'status')]; tell({ kind: 'entry', terminal, entry }); return tell({ kind: 'closed', terminal }); }
  tell({ kind: 'entry', terminal, entry });
}

function assist(text: string, cursor: number): Assist {
  const head = text.slice(0, cursor);
  const words = head.split(' ');
  const known = help.find(([name]) => name === words[0]!.toUpperCase());
  if (words.length === 1) {
    return { hint: known ? ` ${known[1]}` : '', start: 0, summary: known?.[2] ?? '', completions: head ? help.filter(([name]) => name.startsWith(head.toUpperCase())).map(([name, , summary]) => ({ text: name, summary })) : [] };
  }
  const rest = (known?.[1] ?? '').split(' ').slice(words.length - 1 - (head.endsWith(' ') ? 1 : 0)).join(' ');
  return { hint: rest && (head.endsWith(' ') ? rest : ` ${rest}`), start: head.length, summary: known?.[2] ?? '', completions: [] };
}

addEventListener('message', ({ data: ask }: MessageEvent<Ask>) => {
  switch (ask.kind) {
    case 'open': terminals.set(ask.terminal, { db: 0, resp3: false }); break;
    case 'close': terminals.delete(ask.terminal); return;
    case 'submit': for (const text of ask.text.split('\n')) run(ask.terminal, text); tellLesson(); break;
    case 'edit': return tell({ kind: 'assist', terminal: ask.terminal, text: ask.text, assist: assist(ask.text, ask.cursor) });
    case 'resp3': run(ask.terminal, `HELLO ${ask.on ? 3 : 2}`); break;
    case 'browse': browse = ask; return tellKeys();
    case 'inspect': inspected = ask.key && new TextDecoder().decode(ask.key); return inspected === null ? tell({ kind: 'value', view: null }) : tellKeys();
    case 'lesson': openLesson(ask.number); return tellLesson();
    case 'restart-lesson': data.clear(); openLesson(lesson!.card.number); tellLesson(); return tellKeys();
    case 'hint': { const step = lesson!.steps[lesson!.current]; step?.hints.push(['Think of the command\'s name.', 'It takes a key first.', 'SET greeting hello'][step.hints.length]!); if (step) step.moreHints = step.hints.length < 3; return tellLesson(); }
    case 'save': return;
    case 'erase': data.clear(); tellLesson(); return tellKeys();
  }
  tell({ kind: 'prompt', terminal: ask.terminal, prompt: prompt(ask.terminal), resp3: terminals.get(ask.terminal)!.resp3 });
  tellKeys();
  setTimeout(() => tell({ kind: 'saved', at: Date.now(), bytes: 3210, error: null }), 300);
});
setInterval(() => { if ([...data.values()].some((item) => item.expires !== null && item.expires <= Date.now())) tellKeys(); }, 250);
setTimeout(() => tell({ kind: 'ready', version: '0.1.0', commands: 240, restoredKeys: 0, lessons: cards, history: [] }), 100);
