/** Small line drawings, 16 units wide. */
const paths = {
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  clear: 'M3 13h10M5.5 10.5 3.2 8.2a1 1 0 0 1 0-1.4l4-4a1 1 0 0 1 1.4 0l3.2 3.2a1 1 0 0 1 0 1.4L8.7 10.5z',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  check: 'M3.5 8.5l3 3 6-7',
  search: 'M7 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM10 10l3.2 3.2',
  prompt: 'M3 4l4 4-4 4M8.5 12H13',
  back: 'M10 3L5 8l5 5',
  restart: 'M3.5 8a4.5 4.5 0 1 0 1.6-3.4M3.2 2.6v2.6h2.6',
  hint: 'M6 12h4M6.5 14h3M5.8 10c-2-1.3-2.3-3.5-1.4-5.2C5 3.6 6.4 3 8 3s3 .6 3.6 1.8c.9 1.7.6 3.9-1.4 5.2z',
  light: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  dark: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
  system: 'M2.5 3.5h11v7h-11zM6 13h4M8 10.5V13',
  erase: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  data: 'M3 4.2c0-1.1 2.2-1.9 5-1.9s5 .8 5 1.9-2.2 1.9-5 1.9-5-.8-5-1.9zM3 4.2v7.6c0 1.1 2.2 1.9 5 1.9s5-.8 5-1.9V4.2M3 8c0 1.1 2.2 1.9 5 1.9s5-.8 5-1.9',
  lab: 'M6 2.5h4M6.8 2.5v4L3.4 12a1 1 0 0 0 .9 1.5h7.4a1 1 0 0 0 .9-1.5L9.2 6.5v-4M5 10h6',
  clock: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  undo: 'M3 6.5h6.5a3.2 3.2 0 0 1 0 6.5H7M5.8 3.5l-3 3 3 3',
  redo: 'M13 6.5H6.5a3.2 3.2 0 0 0 0 6.5H9M10.2 3.5l3 3-3 3',
  share: 'M8 10V2.5M5.5 5 8 2.5 10.5 5M4 8.5v5h8v-5',
  tree: 'M3 3h3M4.5 3v9.5H8M4.5 7.5H8M10 7.5h3M10 12.5h3',
  reverse: 'M5 13V3.5M2.5 6 5 3.5 7.5 6M11 3v9.5M8.5 10l2.5 2.5 2.5-2.5',
  keyboard: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.5 7h.01M5.5 9.5h5',
} as const;

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="drawn" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
