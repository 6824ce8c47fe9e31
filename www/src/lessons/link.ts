/**
 * Links into the page: `#/lessons` for their list, `#/lesson/3`, `#/lesson/3/2` for its second step, `#/commands` for all
 * commands, `#/command/GETEX`, `#/command/CONFIG/SET`.
 */

export type Place = { number: number; step: number } | { command: string };

export function linkOf(number: number, step = 0): string {
  if (number === 0) return '#/lessons';
  return step > 0 ? `#/lesson/${number}/${step}` : `#/lesson/${number}`;
}

/** A command's page; without a name, all commands. */
export function linkOfCommand(name: string): string {
  return name === '' ? '#/commands' : `#/command/${name.replace(' ', '/')}`;
}

/** Where the page's address leads. */
export function linked(): Place | null {
  if (location.hash === '#/lessons') return { number: 0, step: 0 };
  if (location.hash === '#/commands') return { command: '' };
  const [, command] = /^#\/?command\/([\w-]+(?:\/[\w-]+)?)$/.exec(location.hash) ?? [];
  if (command !== undefined) return { command: command.replace('/', ' ').toUpperCase() };
  const [, number, step] = /^#\/lesson\/(\d{1,2})(?:\/(\d{1,2}))?$/.exec(location.hash) ?? [];
  return number === undefined ? null : { number: Number(number), step: Number(step ?? 0) };
}

/** Has the page's address lead here. */
export function linkTo(link: string): void {
  if (location.hash !== link) history.pushState(null, '', link);
}
