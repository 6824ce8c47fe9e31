import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announcement, edit, history, letter, note, reconnect, state, submit, type Terminal } from '../store';
import type { Completion } from '../protocol';
import { linkOfCommand } from '../lessons/link';
import { openManual } from '../manual/state';
import { controls } from './controls';
import { Completions } from './Completions';

/** A completion being chosen: what stood there before, so that Escape brings it back. */
interface Menu {
  before: string;
  after: string;
  word: string;
  items: Completion[];
  at: number;
}

/** A search back through history, as Ctrl-R starts it. */
interface Search {
  query: string;
  /** Where in history the match is, or -1. */
  at: number;
}

export function Prompt({ one }: { one: Terminal }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const menu = useSignal<Menu | null>(null);
  const search = useSignal<Search | null>(null);
  const atEnd = useSignal(true);
  /** How far back in history, counted from the newest; 0 is the line being written. */
  const back = useRef(0);
  const written = useRef('');
  const wantsMenu = useRef(false);
  const askedAt = useRef(0);
  /** After Escape, Tab leaves the prompt. */
  const leaves = useRef(false);

  const put = (text: string, cursor = text.length) => {
    const box = field.current!;
    one.draft.value = text;
    box.value = text;
    box.setSelectionRange(cursor, cursor);
    moved();
    tellEdit();
  };
  const tellEdit = () => {
    askedAt.current = field.current!.selectionStart;
    edit(one, askedAt.current);
  };
  const moved = () => {
    const box = field.current!;
    atEnd.value = box.selectionStart === box.value.length && box.selectionEnd === box.selectionStart;
  };

  const go = (text: string) => {
    menu.value = null;
    search.value = null;
    back.current = 0;
    wantsMenu.current = false;
    submit(one, text);
    const box = field.current!;
    box.value = '';
    atEnd.value = true;
  };

  const recall = (by: number) => {
    const all = history.value;
    if (back.current === 0) written.current = one.draft.value;
    const next = Math.max(0, Math.min(all.length, back.current + by));
    if (next === back.current) return;
    back.current = next;
    put(next === 0 ? written.current : all[all.length - next]!);
  };

  const complete = (by: number) => {
    const open = menu.value;
    if (open) {
      choose(open, (open.at + by + open.items.length) % open.items.length);
      return;
    }
    const box = field.current!;
    const text = box.value;
    const known = one.assist.value;
    if (known?.text !== text || askedAt.current !== box.selectionStart) {
      wantsMenu.current = true;
      tellEdit();
      return;
    }
    const { start, completions } = known.assist;
    if (completions.length === 0) return;
    const cursor = box.selectionStart;
    const fresh: Menu = { before: text.slice(0, start), word: text.slice(start, cursor), after: text.slice(cursor), items: completions, at: 0 };
    announcement.value = completions.length === 1 ? '' : `${completions.length} completions.`;
    choose(fresh, by > 0 ? 0 : completions.length - 1);
    if (completions.length === 1) menu.value = null;
  };
  const choose = (from: Menu, at: number) => {
    const head = from.before + from.items[at]!.text;
    put(head + from.after, head.length);
    menu.value = { ...from, at };
  };

  const find = (query: string, from: number, by: -1 | 1): number => {
    const all = history.value;
    const low = query.toLowerCase();
    for (let i = from; i >= 0 && i < all.length; i += by) if (all[i]!.toLowerCase().includes(low)) return i;
    return -1;
  };
  const found = (query: string, at: number) => {
    search.value = { query, at };
    announcement.value = at < 0 ? 'No match.' : history.value[at]!;
  };
  const again = (by: -1 | 1) => {
    const now = search.value!;
    if (now.query === '') return;
    const at = find(now.query, (now.at < 0 ? history.value.length : now.at) + by, by);
    if (at >= 0) found(now.query, at);
  };
  const endSearch = (text: string) => {
    search.value = null;
    put(text);
  };

  const abandon = () => {
    if (one.waiting.value) {
      note(one, { prompt: one.prompt.value, text: '^C' });
      reconnect(one);
    } else {
      note(one, { prompt: one.prompt.value, text: `${one.draft.value}^C` });
    }
    menu.value = null;
    back.current = 0;
    put('');
  };

  const onSearchKey = (event: KeyboardEvent, now: Search): boolean => {
    const match = now.at < 0 ? now.query : history.value[now.at]!;
    if (event.ctrlKey && event.key === 'r') again(-1);
    else if (event.ctrlKey && event.key === 's') again(1);
    else if (event.key === 'ArrowUp') again(-1);
    else if (event.key === 'ArrowDown') again(1);
    else if (event.key === 'Enter') go(match);
    else if (event.key === 'Escape' || (event.ctrlKey && (event.key === 'g' || event.key === 'c'))) endSearch(written.current);
    else if (event.key === 'Tab' || event.key === 'ArrowRight' || event.key === 'End' || event.key === 'ArrowLeft') endSearch(match);
    else return false;
    return true;
  };

  const onKey = (event: KeyboardEvent): boolean => {
    const box = field.current!;
    const { selectionStart: from, selectionEnd: to, value: text } = box;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey) {
      switch (event.key) {
        case 'r':
          written.current = one.draft.value;
          menu.value = null;
          search.value = { query: '', at: -1 };
          announcement.value = 'Search in history. Type a part of a command.';
          return true;
        case 'l':
          one.log.value = [];
          return true;
        case 'c':
          if (from !== to) return false;
          abandon();
          return true;
        case 'a':
          box.setSelectionRange(0, 0);
          return true;
        case 'e':
          box.setSelectionRange(text.length, text.length);
          return true;
        case 'k':
          put(text.slice(0, from));
          return true;
        case 'u':
          put(text.slice(to), 0);
          return true;
        case 'w': {
          const kept = text.slice(0, from).replace(/\S+\s*$/, '');
          put(kept + text.slice(to), kept.length);
          return true;
        }
        case 'p':
          recall(1);
          return true;
        case 'n':
          recall(-1);
          return true;
      }
      return false;
    }
    if (!plain) return false;
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey) return false;
        go(text);
        return true;
      case 'Tab': {
        if (text === '' || leaves.current || search.value) return false;
        const known = one.assist.value;
        if (!menu.value && known?.text === text && askedAt.current === from && known.assist.completions.length === 0) return false;
        if (event.shiftKey && !menu.value) return false;
        complete(event.shiftKey ? -1 : 1);
        return true;
      }
      case 'Escape': {
        const open = menu.value;
        leaves.current = true;
        if (!open) return false;
        put(open.before + open.word + open.after, open.before.length + open.word.length);
        menu.value = null;
        return true;
      }
      case 'ArrowUp':
        if (event.shiftKey || text.slice(0, from).includes('\n')) return false;
        if (menu.value) complete(-1);
        else recall(1);
        return true;
      case 'ArrowDown':
        if (event.shiftKey || text.slice(to).includes('\n')) return false;
        if (menu.value) complete(1);
        else recall(-1);
        return true;
      case 'F1':
        openManual(text === '' ? '' : (one.assist.value?.assist.command ?? ''));
        return true;
      case 'ArrowRight':
      case 'ArrowLeft':
      case 'Home':
      case 'End':
        menu.value = null;
        return false;
    }
    return false;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key !== 'Escape' && event.key !== 'Tab' && event.key !== 'Shift') leaves.current = false;
    const handled = search.value ? onSearchKey(event, search.value) : onKey(event);
    if (handled) event.preventDefault();
    if (handled && event.key === 'Escape') event.stopPropagation();
  };

  const onInput = () => {
    const box = field.current!;
    const now = search.value;
    if (now) {
      const query = box.value;
      const all = history.value;
      found(query, query === '' ? -1 : find(query, now.at >= 0 ? now.at : all.length - 1, -1));
      return;
    }
    menu.value = null;
    back.current = 0;
    one.draft.value = box.value;
    moved();
    tellEdit();
  };

  /** Several lines pasted run one after another, with what stood around them. */
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!/[\r\n]/.test(text.trim()) || search.value) return;
    event.preventDefault();
    const box = field.current!;
    go(box.value.slice(0, box.selectionStart) + text.replace(/\r\n?/g, '\n').replace(/\n+$/, '') + box.value.slice(box.selectionEnd));
  };

  useSignalEffect(() => {
    const known = one.assist.value;
    if (!wantsMenu.current || known?.text !== one.draft.value) return;
    wantsMenu.current = false;
    // Not while the answer is being stored: completing asks anew.
    queueMicrotask(() => complete(1));
  });
  useSignalEffect(() => {
    if (one.focus.value === 0) return;
    requestAnimationFrame(() => {
      const box = field.current;
      box?.focus();
      box?.setSelectionRange(box.value.length, box.value.length);
    });
  });
  useEffect(() => {
    // As an attribute: Preact would set the property, which is a boolean.
    field.current!.setAttribute('autocorrect', 'off');
    controls.set(one.id, {
      insert: (text) => {
        const box = field.current!;
        box.focus();
        box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
        onInput();
      },
      press: (key) => {
        if (key === 'Tab') complete(1);
        else if (search.value) again(key === 'ArrowUp' ? -1 : 1);
        else recall(key === 'ArrowUp' ? 1 : -1);
      },
    });
    return () => void controls.delete(one.id);
  }, []);

  const draft = one.draft.value;
  const searching = search.value;
  const match = searching && searching.at >= 0 ? history.value[searching.at]! : '';
  const known = one.assist.value;
  const hint = !searching && draft !== '' && atEnd.value && known?.text === draft ? known.assist.hint : '';
  const about = draft !== '' && known ? known.assist : null;
  const open = menu.value;
  const id = `prompt-${one.id}`;
  return (
    <div class="prompt-area">
      <div class="prompt">
        <label class="prompt-text" for={id}>
          {searching ? '(reverse-i-search): ' : one.prompt.value}
        </label>
        <div class="field">
          {searching ? (
            <div class="ghost" aria-hidden="true">
              <span class="under">{searching.query}</span>
              <Match text={match} query={searching.query} />
              {'\u200b'}
            </div>
          ) : (
            <>
              <div class="ghost under" aria-hidden="true">{draft}{'\u200b'}</div>
              <div class="ghost over" aria-hidden="true">
                <span class="under">{draft}</span>
                <span class="hint">{hint}</span>
              </div>
            </>
          )}
          <textarea
            id={id}
            ref={field}
            rows={1}
            aria-label={searching ? 'Search in history' : `Command for terminal ${letter(one)}`}
            placeholder={searching ? '' : 'Type a command'}
            aria-describedby={`${id}-about`}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={open ? `${id}-list` : undefined}
            aria-activedescendant={open ? `${id}-list-${open.at}` : undefined}
            enterkeyhint="send"
            autocapitalize="off"
            autocomplete="off"
            spellcheck={false}
            value={searching ? searching.query : draft}
            onKeyDown={onKeyDown}
            onInput={onInput}
            onPaste={onPaste}
            onSelect={moved}
            onBlur={() => { menu.value = null; leaves.current = false; }}
          />
        </div>
      </div>
      {open && <Completions id={`${id}-list`} items={open.items} at={open.at} onChoose={(at) => { choose(open, at); menu.value = null; field.current!.focus(); }} />}
      <p class="about" id={`${id}-about`}>
        {one.waiting.value && state.value === 'ready' ? (
          <span class="waiting">
            Waiting for a reply.{' '}
            <button type="button" class="link" onClick={abandon}>
              Stop
            </button>{' '}
            (Ctrl-C)
          </span>
        ) : searching ? (
          'Ctrl-R older · Enter runs · Tab takes it · Esc leaves'
        ) : open ? (
          'Tab next · Enter runs · Esc takes it back · F1 explains'
        ) : (
          about?.command ? <><a href={linkOfCommand(about.command)} title="Its page (F1)">{about.command}</a> {about.summary}</> : draft === '' ? '↑ history · Ctrl-R search · Tab completes' : ''
        )}
      </p>
    </div>
  );
}

/** A line from history with what was searched for marked. */
function Match({ text, query }: { text: string; query: string }) {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  if (query === '' || at < 0) return null;
  return (
    <span class="match">
      {'  '}
      {text.slice(0, at)}
      <mark>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </span>
  );
}
