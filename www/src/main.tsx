import { render } from 'preact';
import './store';
import './theme';
import './style.css';
import { App } from './shell/App';
import { current, edit } from './store';

// What was typed into the page before this script ran is kept.
const first = document.querySelector<HTMLTextAreaElement>('#prompt-0');
const typed = first?.value ?? '';
const page = document.querySelector('#app')!;
const one = current.value!;
one.draft.value = typed;
page.replaceChildren();
render(<App />, page);
if (typed !== '') edit(one, typed.length);

// A phone would raise its keyboard over the lesson.
if (matchMedia('(pointer: fine)').matches) document.querySelector<HTMLTextAreaElement>('#prompt-0')?.focus();

// The page ends where the phone's keyboard begins.
const view = window.visualViewport;
if (view) {
  const fit = () => {
    const page = document.documentElement;
    const covered = innerHeight - view.height * view.scale > 120;
    page.classList.toggle('keyboard', covered || (matchMedia('(pointer: coarse)').matches && document.activeElement instanceof HTMLTextAreaElement));
    if (view.scale === 1) page.style.setProperty('--height', `${view.height}px`);
  };
  view.addEventListener('resize', fit);
  addEventListener('focusin', fit);
  addEventListener('focusout', fit);
}

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('./offline.js').catch(() => {}));
}
