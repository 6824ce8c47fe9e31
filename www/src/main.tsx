import { render } from 'preact';
import './store';
import './theme';
import './style.css';
import { App } from './shell/App';
import { begin, current, edit } from './store';

// What was typed into the page before this script ran is kept.
const first = document.querySelector<HTMLTextAreaElement>('#prompt-0');
const typed = first?.value ?? '';
const page = document.querySelector('#app')!;
const one = current.value!;
one.draft.value = typed;
page.replaceChildren();
render(<App />, page);
if (typed !== '') edit(one, typed.length);
begin();

// A phone would raise its keyboard over the lesson.
if (matchMedia('(pointer: fine)').matches) document.querySelector<HTMLTextAreaElement>('#prompt-0')?.focus();

// The page ends where the phone's keyboard begins. That it is open shows in the height it takes away.
const view = window.visualViewport;
if (view) {
  let [width, tallest] = [0, 0];
  const fit = () => {
    const page = document.documentElement;
    if (view.scale !== 1) return;
    if (view.width !== width) [width, tallest] = [view.width, 0];
    tallest = Math.max(tallest, view.height);
    page.classList.toggle('keyboard', view.height < tallest - 120 && matchMedia('(pointer: coarse)').matches);
    page.style.setProperty('--height', `${view.height}px`);
  };
  fit();
  view.addEventListener('resize', fit);
}

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('./offline.js').catch(() => {}));
}
