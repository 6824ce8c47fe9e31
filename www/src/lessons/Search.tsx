import { useSignal } from '@preact/signals';
import { find, found, openLesson } from '../store';
import { Icon } from '../shell/Icon';
import { linkOfCommand } from './link';
import { search, type Hit } from './search';

/** Search over all lessons and all commands. */
export function Search() {
  const words = useSignal('');
  const hits = useSignal<Hit[]>([]);
  const failed = useSignal(false);
  const look = async (text: string) => {
    words.value = text;
    find(text);
    try {
      const all = await search(text);
      if (words.value === text) [hits.value, failed.value] = [all, false];
    } catch {
      failed.value = true;
    }
  };
  const commands = found.value.text === words.value ? found.value.commands : [];
  const isEmpty = hits.value.length === 0 && commands.length === 0;
  return (
    <search class="search">
      <label>
        <Icon name="search" />
        <input type="search" aria-label="Search lessons and commands" placeholder="Search lessons and commands" value={words.value} onInput={(event) => void look(event.currentTarget.value)} />
      </label>
      {words.value.trim() !== '' && (
        <div class="hits">
          <p class="dim" role="status">
            {failed.value ? 'The lessons could not be fetched. Is there a network?' : isEmpty ? 'Nothing found.' : `${hits.value.length} in lessons, ${commands.length} commands`}
          </p>
          {hits.value.length > 0 && (
            <ul aria-label="Lessons">
              {hits.value.map((hit) => (
                <li key={`${hit.number}.${hit.step}.${hit.title}`}>
                  <button type="button" onClick={() => openLesson(hit.number, hit.step)}>
                    <b>{hit.title}</b> <span class="facts">{hit.number} · {hit.lesson}</span>
                    <span class="excerpt">{hit.excerpt}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          {commands.length > 0 && (
            <ul aria-label="Commands">
              {commands.map((command) => (
                <li key={command.name}>
                  <a href={linkOfCommand(command.name)}>
                    <code>{command.name} <span>{command.syntax}</span></code>
                    <span class="excerpt">{command.summary} {command.complexity}</span>
                  </a>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </search>
  );
}
