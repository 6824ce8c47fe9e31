/** Links to lessons: `#/lesson/3` and `#/lesson/3/2` for its second step, `#/lessons` for the list. */

export function linkOf(number: number, step = 0): string {
  if (number === 0) return '#/lessons';
  return step > 0 ? `#/lesson/${number}/${step}` : `#/lesson/${number}`;
}

/** Where the page's address leads. */
export function linked(): { number: number; step: number } | null {
  if (location.hash === '#/lessons') return { number: 0, step: 0 };
  const [, number, step] = /^#\/lesson\/(\d{1,2})(?:\/(\d{1,2}))?$/.exec(location.hash) ?? [];
  return number === undefined ? null : { number: Number(number), step: Number(step ?? 0) };
}

/** Has the page's address lead here. */
export function linkTo(number: number, step: number): void {
  const link = linkOf(number, step);
  if (location.hash !== link) history.pushState(null, '', link);
}
