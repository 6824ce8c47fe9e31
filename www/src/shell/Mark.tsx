/** A redstart: slate back, dark throat, white brow, and the tail that gives the bird its name. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 2 31 28" width="31" height="28" aria-hidden="true">
      <path class="tail" d="M10.5 18.5 1.8 26.3c-.5.5-.2 1.5.6 1.6l2.2.2 9.4-6z" />
      <path class="breast" d="M14 24c-3.5-.4-5.3-3-4.5-6C11 12.5 16 9.5 23.5 10.5c1.3 6.8-2.8 14.3-9.5 13.5z" />
      <path class="back" d="M8.5 20.5C8.8 12.5 13.5 4.2 20.7 4c3.5-.1 5.7 2.1 5.7 5 0 1.6-.9 2.6-2.3 3-4.5 1-7.1 6.5-15.6 8.5z" />
      <path class="face" d="M20 8.2c2.2-1.2 4.8-1 6.4.6.2 3-1.7 5.7-4.3 5.7-2 0-3-1.2-3-2.7 0-1.5.3-3 .9-3.6z" />
      <path class="face" d="M26.2 7.7 30 9.1l-4 1z" />
      <path class="brow" d="M20.4 7.4c1.6-1.9 4.2-1.9 5.6.4-1.9-.7-3.6-.6-5.6-.4z" />
      <path class="legs" d="M16 23.6 15.5 29M19 22.6l.8 6.4" />
    </svg>
  );
}
