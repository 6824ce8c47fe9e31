import { useEffect, useRef } from 'preact/hooks';
import { linkOfCommand } from '../lessons/link';
import { Spans } from '../lessons/Text';
import type { ArticleView, CommandView, ManualView, Shown, VersionView } from '../protocol';
import { Icon } from '../shell/Icon';
import { suggest } from '../store';
import { closeManual, groups, isStart, manual, openCommand, runExample } from './state';

/** A command's page, or the list of all. */
export function Manual() {
  const name = openCommand.value;
  const told = manual.value;
  return (
    <article class="manual">
      <nav class="lesson-bar" aria-label="Manual">
        <button type="button" class="quiet" onClick={closeManual}>
          <Icon name="back" /> Lessons
        </button>
        {name !== '' && <a class="quiet" href={linkOfCommand('')}>All commands</a>}
      </nav>
      {name === '' ? <All /> : told?.view ? <Page key={name} view={told.view} problem={told.problem} /> : told && <None name={told.name} />}
    </article>
  );
}

/** A heading that takes the focus when it comes. */
function Heading({ text }: { text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The page that a visit starts with leaves the focus in the prompt.
    if (!isStart) heading.current?.focus({ preventScroll: true });
    document.getElementById('lessons')?.scrollTo({ top: 0 });
  }, [text]);
  return <h2 tabIndex={-1} ref={heading}>{text}</h2>;
}

function None({ name }: { name: string }) {
  return (
    <div role="alert">
      <Heading text={name} />
      <p>There is no such command here.</p>
    </div>
  );
}

function All() {
  return (
    <>
      <Heading text="All commands" />
      {groups.value.map((group) => (
        <section key={group.name}>
          <h3>{group.name}</h3>
          <p class="names">
            {group.commands.map((command) => (
              <a key={command.name} href={linkOfCommand(command.name)} title={command.summary}>{command.name}</a>
            ))}
          </p>
        </section>
      ))}
    </>
  );
}

function Page({ view, problem }: { view: ManualView; problem: string | null }) {
  const { brief, article, deprecated, history, subcommands } = view;
  const others = article?.related.filter((command) => !subcommands.some(({ name }) => name === command.name)) ?? [];
  return (
    <>
      <p class="facts">{[view.group, `since ${view.since}`, brief.complexity].filter(Boolean).join(' · ')}</p>
      <Heading text={brief.name} />
      <p class="summary">{brief.summary}</p>
      {subcommands.length === 0 && <p class="syntax"><code><b>{brief.name}</b> {brief.syntax}</code></p>}
      {deprecated && <p class="note">Out of favour since {deprecated.version}: use {deprecated.what}.</p>}
      {article && <Article article={article} />}
      {problem && <p class="note" role="alert">{problem}</p>}
      <Commands title="Subcommands" commands={subcommands} />
      <Commands title="See also" commands={others} />
      <Versions history={history} />
    </>
  );
}

function Article({ article }: { article: ArticleView }) {
  return (
    <>
      {article.text.map((spans, i) => <p key={i}><Spans spans={spans} /></p>)}
      {article.args.length > 0 && (
        <dl class="args">
          {article.args.map((arg) => (
            <div key={arg.name}>
              <dt><code>{arg.name}</code></dt>
              <dd><Spans spans={arg.text} /></dd>
            </div>
          ))}
        </dl>
      )}
      <Example article={article} />
    </>
  );
}

/** What a person may type, and see. */
function Example({ article: { example, runs } }: { article: ArticleView }) {
  const terminals = new Set(example.map((line) => ('terminal' in line ? line.terminal : 0)));
  const letter = (line: Shown) => ('terminal' in line && terminals.size > 1 ? 'abcd'[line.terminal] : '');
  return (
    <section class="example" aria-label="Example">
      <header>
        <h3>Example</h3>
        {runs && <button type="button" class="quiet" onClick={() => runExample(example)}>Run in the console</button>}
      </header>
      <ol>
        {example.map((line, i) => (
          <li key={i} class={line.kind}>
            <span class="who">{line.kind === 'typed' || line.kind === 'late' ? letter(line) : ''}{line.kind === 'typed' ? '>' : line.kind === 'late' ? ':' : ''}</span>
            <code>{line.text === '' ? '\u200b' : line.text}</code>
            {line.kind === 'typed' && (
              <button type="button" class="icon" aria-label={`Put into the prompt: ${line.text}`} title="Put into the prompt" onClick={() => suggest(line.text, line.terminal)}>
                <Icon name="prompt" />
              </button>
            )}
          </li>
        ))}
      </ol>
      <p class="dim">{runs ? 'Its keys begin with example: and are removed when an example is run.' : 'It touches more than keys of its own, so it is only shown.'}</p>
    </section>
  );
}

function Commands({ title, commands }: { title: string; commands: CommandView[] }) {
  if (commands.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="related">
        {commands.map((command) => (
          <li key={command.name}>
            <a href={linkOfCommand(command.name)}>{command.name}</a> <span class="dim">{command.summary}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Versions({ history }: { history: VersionView[] }) {
  if (history.length === 0) return null;
  return (
    <section>
      <h3>History</h3>
      <dl class="args">
        {history.map(({ version, what }) => (
          <div key={version + what}>
            <dt>{version}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
