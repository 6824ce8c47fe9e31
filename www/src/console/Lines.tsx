import type { Line } from '../protocol';

/** Reply text, exactly as redis-cli prints it; a long value wraps under its own beginning, not under its number. */
export function Lines({ lines }: { lines: Line[] }) {
  if (lines.length === 0) return null;
  return (
    <div class="reply">
      {lines.map((line, i) => {
        const lead = /^(?: *(?:\d+[)#~>=] )+|\(\w+\) | +)?"?/.exec(line.text)?.[0].length ?? 0;
        return (
          <div key={i} class={`line tone-${line.tone}`} style={lead > 0 ? { '--lead': `${Math.min(lead, 24)}ch` } : undefined}>
            {line.text === '' ? '\u200b' : line.text}
          </div>
        );
      })}
    </div>
  );
}
