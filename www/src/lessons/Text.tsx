import { useSignal } from '@preact/signals';
import { announcement, run, suggest } from '../store';
import type { Block, Span } from '../protocol';
import { LabEntry } from '../labs/Labs';
import { Icon } from '../shell/Icon';
import { linkOfCommand } from './link';

/** Paragraphs, commands, programs and labs. A command can be run, or put into the prompt to be changed first. */
export function Blocks({ blocks, live }: { blocks: Block[]; live: boolean }) {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === 'text' ? (
          <p key={i}><Spans spans={block.spans} /></p>
        ) : block.kind === 'code' ? (
          <Program key={i} language={block.language} text={block.text} />
        ) : block.kind === 'lab' ? (
          <LabEntry key={i} lab={block} />
        ) : (
          <Command key={i} block={block} live={live} />
        ),
      )}
    </>
  );
}

function Command({ block: { text, terminal, page }, live }: { block: Extract<Block, { kind: 'command' }>; live: boolean }) {
  const name = page === null ? '' : text.slice(0, page.length);
  const letter = 'abcd'[terminal];
  const where = terminal > 0 ? ` in terminal ${letter}` : '';
  return (
    <div class="command-block" data-terminal={terminal}>
      {terminal > 0 && <span class="where" aria-hidden="true" title={`For terminal ${letter}`}>{letter}</span>}
      <code>{page !== null && <a href={linkOfCommand(page)}>{name}</a>}{text.slice(name.length)}</code>
      {live && (
        <span class="command-actions">
          <button type="button" aria-label={`Put into the prompt${where}: ${text}`} title="Put into the prompt" onClick={() => suggest(text, terminal)}>
            <Icon name="prompt" />
          </button>
          <button type="button" class="run" aria-label={`Run${where}: ${text}`} onClick={() => run(text, terminal)}>
            Run
          </button>
        </span>
      )}
    </div>
  );
}

/** A program to read, and to take along. */
export function Program({ language, text }: { language: string; text: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    announcement.value = 'Copied.';
    setTimeout(() => (copied.value = false), 1500);
  };
  return (
    <figure class="program">
      <figcaption>
        {language}
        <button type="button" class="icon" aria-label={`Copy this ${language} program`} title="Copy" onClick={copy}>
          <Icon name={copied.value ? 'check' : 'copy'} />
        </button>
      </figcaption>
      <pre tabIndex={0} role="group" aria-label={`Program in ${language}`}><code>{text}</code></pre>
    </figure>
  );
}

/** A text's pieces; `plain` where no link may stand, such as on a button. */
export function Spans({ spans, plain = false }: { spans: Span[]; plain?: boolean }) {
  const words = ({ text, page }: Span) => (page === null || plain ? text : <a href={linkOfCommand(page)}>{text}</a>);
  return <>{spans.map((span, i) => (span.code ? <code key={i}>{words(span)}</code> : span.strong ? <strong key={i}>{span.text}</strong> : words(span)))}</>;
}
