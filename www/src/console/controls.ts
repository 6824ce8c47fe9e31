/** What the key bar can do to a prompt. Each prompt offers its own under its client's number. */
export interface Controls {
  insert(text: string): void;
  press(key: 'ArrowUp' | 'ArrowDown' | 'Tab'): void;
}

export const controls = new Map<number, Controls>();
