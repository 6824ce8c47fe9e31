const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000]] as const;

/** A span of time by its two greatest units, seconds only while they count: `40 s`, `1 h`, `1 h 5 min`. */
export function span(milliseconds: number): string {
  const step = Math.abs(milliseconds) < 600_000 ? 1000 : 60_000;
  let left = Math.round(Math.abs(milliseconds) / step) * step;
  const words: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0 && words.length < 2) words.push(`${count} ${unit}`);
    left -= count * size;
  }
  return words.join(' ') || '0 s';
}

/** What is to be known of a clock that is not the page's: `+1 h`, `+40 s, ×10`, `stopped`; nothing of one that is. */
export function differs(ahead: number, pace: number): string {
  if (pace === 0) return 'stopped';
  const offset = Math.abs(ahead) < 1000 ? '' : `${ahead > 0 ? '+' : '−'}${span(ahead)}`;
  return [offset, pace === 1 ? '' : `×${pace}`].filter(Boolean).join(', ');
}
