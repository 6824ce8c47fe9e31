/** What the key bar can do to a prompt. Each prompt offers its own under its client's number. */
export interface Controls {
  insert(text: string): void;
  press(key: 'ArrowUp' | 'ArrowDown' | 'Tab'): void;
}

export const controls = new Map<number, Controls>();

/** For what is pressed: the focus stays where it is, and with it a phone's keyboard and the bar of keys above that. */
export const stay = (event: Event) => event.preventDefault();
