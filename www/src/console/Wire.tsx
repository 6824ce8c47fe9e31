import { Fragment } from 'preact';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { hex, pieces } from './resp';

/** Bytes on the wire, piece by piece. The line under them tells of the piece under the pointer, or of the one chosen with the arrow keys. */
export function Wire({ way, bytes }: { way: 'request' | 'reply'; bytes: Uint8Array }) {
  const all = useMemo(() => pieces(bytes), [bytes]);
  const at = useSignal(-1);
  const shown = all[at.value];
  const step = (by: number) => (at.value = Math.max(0, Math.min(all.length - 1, at.value + by)));
  return (
    <div class={`wire ${way}`}>
      <div
        class="pieces"
        tabIndex={0}
        role="group"
        aria-label={`${way === 'request' ? 'Request' : 'Reply'}: ${bytes.length} bytes. Arrow keys go through them.`}
        onFocus={() => at.value < 0 && (at.value = 0)}
        onBlur={() => (at.value = -1)}
        onPointerLeave={(event) => { if (event.currentTarget !== document.activeElement) at.value = -1; }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') step(1);
          else if (event.key === 'ArrowLeft') step(-1);
          else return;
          event.preventDefault();
        }}
      >
        <span class="way" aria-hidden="true">{way === 'request' ? '→' : '←'}</span>
        {all.map((piece, i) => (
          <Fragment key={i}>
            <span class={`piece${i % 2 ? '' : ' odd'}${i === at.value ? ' on' : ''}`} onPointerEnter={() => (at.value = i)} onClick={() => (at.value = i)}>
              {piece.text}
            </span>
            <wbr />
          </Fragment>
        ))}
        {bytes.length > 2048 && <span class="dim"> … {(bytes.length - 2048).toLocaleString('en')} more bytes</span>}
      </div>
      <div class="hex" aria-live={shown ? 'polite' : 'off'}>
        {shown ? (
          <>
            <span class="means">{shown.meaning}</span> <span class="digits">{hex(shown.bytes.subarray(0, 256))}</span>
          </>
        ) : (
          `${bytes.length.toLocaleString('en')} bytes`
        )}
      </div>
    </div>
  );
}
