import { run, suggest } from '../store';
import type { Block } from '../protocol';
import { Icon } from '../shell/Icon';

/** Paragraphs and commands. A command can be run, or put into the prompt to be changed first. */
export function Blocks({ blocks, live }: { blocks: Block[]; live: boolean }) {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === 'text' ? (
          <p key={i}>{block.spans.map((span, j) => (span.code ? <code key={j}>{span.text}</code> : span.text))}</p>
        ) : (
          <Command key={i} text={block.text} live={live} />
        ),
      )}
    </>
  );
}

export function Command({ text, live }: { text: string; live: boolean }) {
  return (
    <div class="command-block">
      <code>{text}</code>
      {live && (
        <span class="command-actions">
          <button type="button" aria-label={`Put into the prompt: ${text}`} title="Put into the prompt" onClick={() => suggest(text)}>
            <Icon name="prompt" />
          </button>
          <button type="button" class="run" aria-label={`Run: ${text}`} onClick={() => run(text)}>
            Run
          </button>
        </span>
      )}
    </div>
  );
}

/** Plain text in which `code` stands between backticks. */
export function Inline({ text }: { text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
