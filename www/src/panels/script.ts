/** What the panel for scripts holds, as long as the page is open, whatever panel is shown. */
import { computed, signal } from '@preact/signals';
import { ran, runAll } from '../keys/hand';
import { line, split } from '../keys/words';

interface Example {
  title: string;
  /** A command that makes the script worth running. */
  before?: string;
  keys: string;
  args: string;
  script: string;
}

export const examples: Example[] = [
  {
    title: 'Release a lock of one’s own',
    before: 'SET lock:report ada-7f3a NX EX 60',
    keys: 'lock:report',
    args: 'ada-7f3a',
    script: `-- Releases a lock, but only with the token it was taken with:
-- it may have run out, and be somebody else's by now.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0`,
  },
  {
    title: 'Count calls up to a limit',
    keys: 'calls:ada',
    args: '3 60',
    script: `-- So many calls in so many seconds, counted from the first.
-- Answers how many are left, or -1 if this one is too many.
local limit = tonumber(ARGV[1])
local calls = redis.call('INCR', KEYS[1])
if calls == 1 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
if calls > limit then
  return -1
end
return limit - calls`,
  },
  {
    title: 'Take from stock',
    before: 'SET stock:tea 5',
    keys: 'stock:tea',
    args: '2',
    script: `-- Takes so many, or none at all if there are not enough.
-- Answers what is left, or -1.
local left = tonumber(redis.call('GET', KEYS[1]) or '0')
local wanted = tonumber(ARGV[1])
if wanted > left then
  return -1
end
return redis.call('DECRBY', KEYS[1], wanted)`,
  },
];

const [first] = examples;
export const script = signal(first!.script);
export const keys = signal(first!.keys);
export const args = signal(first!.args);

/** The example that is shown, as long as its script is unchanged. */
export const example = computed(() => examples.find((one) => one.script === script.value));

export function choose(one: Example): void {
  script.value = one.script;
  keys.value = one.keys;
  args.value = one.args;
}

/** The number of keys, the keys and the arguments; null while a quote is open. */
export const words = computed(() => {
  const [named, others] = [split(keys.value), split(args.value)];
  return named && others && [String(named.length), ...named, ...others];
});

const asked = signal('');

/** What came of the last script that was run or loaded. */
export const answer = computed(() => ran.value.findLast((entry) => entry.text === asked.value));

/** Whether the script is still the one that was answered. */
export const isAnswered = () => asked.peek().startsWith(line('EVAL', script.peek()));

/** The line of the script that the answer complains about. */
export const wrongLine = computed(() => {
  const [said] = answer.value?.lines ?? [];
  return said?.tone === 'error' ? Number(/user_script:(\d+)/.exec(said.text)?.[1] ?? 0) : 0;
});

/** The call by name of the script that was just loaded. */
export const byName = computed(() => {
  const name = asked.value.startsWith('SCRIPT ') && /^"([\da-f]{40})"$/.exec(answer.value?.lines[0]?.text ?? '')?.[1];
  return name && words.value ? line('EVALSHA', name, ...words.value) : null;
});

function send(text: string): void {
  asked.value = text;
  runAll(text);
}

export function run(): void {
  if (words.value) send(line('EVAL', script.value, ...words.value));
}

export function load(): void {
  send(line('SCRIPT', 'LOAD', script.value));
}
