import { useSignal } from '@preact/signals';
import { announcement, run, suggest } from '../store';
import type { Block } from '../protocol';
import { Icon } from '../shell/Icon';

/** Paragraphs and commands. A command can be run, or put into the prompt to be changed first. */
export function Blocks({ blocks, live }: { blocks: Block[]; live: boolean }) {
  return (
    <>
      {blocks.map((block, i) =>
        block.kind === 'text' ? (
          <p key={i}>{block.spans.map((span, j) => (span.code ? <code key={j}>{span.text}</code> : span.text))}</p>
        ) : block.kind === 'code' ? (
          <Program key={i} language={block.language} text={block.text} />
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

/** A program to read, and to take along. */
function Program({ language, text }: { language: string; text: string }) {
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

/** Plain text in which `code` stands between backticks. */
export function Inline({ text }: { text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
