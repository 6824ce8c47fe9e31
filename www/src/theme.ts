import { effect } from '@preact/signals';
import { kept } from './kept';

export type Theme = 'system' | 'light' | 'dark';

/** The theme chosen; index.html applies it before the first paint. */
export const theme = kept<Theme>('theme', 'system');

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export function turn(): void {
  theme.value = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
}
