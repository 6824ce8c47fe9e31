// Notes in a list that all tabs of the site share, and that is still there tomorrow.
import { open } from 'redstart';

const db = await open('idb://notes', { appendfsync: 'always' });
const [form] = document.forms;
const list = document.querySelector('ol');

const show = (notes) => list.replaceChildren(...(notes ?? []).map((note) => Object.assign(document.createElement('li'), { textContent: note })));
const { ready } = db.watchKeys('notes', (changes) => show(changes.at(-1).value));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  await db.rpush('notes', form.note.value);
  form.reset();
});

await ready;
show(await db.lrange('notes', 0, -1));
document.body.dataset.ready = 'yes';
