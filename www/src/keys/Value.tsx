import { inspect, suggest } from '../store';
import type { ValueView } from '../protocol';
import { Lines } from '../console/Lines';
import { Icon } from '../shell/Icon';
import { Ttl } from './Ttl';

/** The command that shows a value of this type. */
const reads: Record<string, (key: string) => string> = {
  string: (key) => `GET ${key}`,
  list: (key) => `LRANGE ${key} 0 -1`,
  hash: (key) => `HGETALL ${key}`,
  set: (key) => `SMEMBERS ${key}`,
  zset: (key) => `ZRANGE ${key} 0 -1 WITHSCORES`,
  stream: (key) => `XRANGE ${key} - +`,
};

export function Value({ view }: { view: ValueView | null }) {
  if (!view) {
    return (
      <div class="value">
        <p class="empty">This key is gone.</p>
        <button type="button" class="icon value-close" aria-label="Close the value" onClick={() => inspect(null)}>
          <Icon name="close" />
        </button>
      </div>
    );
  }
  const { row } = view;
  const name = /\s/.test(row.label) || row.label === '' ? (row.label.startsWith('"') ? row.label : `"${row.label}"`) : row.label;
  const read = reads[row.type]?.(name);
  return (
    <div class="value" role="region" aria-label={`Value of ${row.label}`}>
      <header>
        <h3>{row.label || '""'}</h3>
        <p class="dim">
          {row.type}, {row.encoding}
          {row.expiresAt !== null && <>, <Ttl until={row.expiresAt} /> left</>}
        </p>
        <button type="button" class="icon value-close" aria-label="Close the value" onClick={() => inspect(null)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="value-lines" tabIndex={0} role="group" aria-label="Value">
        <Lines lines={view.lines} />
        {view.cut && <p class="dim">Only the beginning is shown.</p>}
      </div>
      {read && (
        <button type="button" class="read" title="Put into the prompt" onClick={() => suggest(read)}>
          <Icon name="prompt" />
          <code>{read}</code>
        </button>
      )}
    </div>
  );
}
