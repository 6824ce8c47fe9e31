/** CodeMirror, which is fetched when something is to be edited; src/shell/Editor.tsx is what the page uses. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { Compartment, EditorState, RangeSet, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, gutterLineClass, GutterMarker, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Place, Shape } from './Editor';

/** An editor that stands in the page. */
export interface Handle {
  update(shape: Shape): void;
  /** Takes the focus, with this selected. */
  take(from: number, to: number): void;
  destroy(): void;
}

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', fontSize: '1rem' },
  '&.cm-focused': { outline: 'none' },
  // Over what marks a line.
  '&.cm-focused::after': { content: '""', position: 'absolute', inset: '0', zIndex: '300', outline: '2px solid var(--rust)', outlineOffset: '-2px', pointerEvents: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overscrollBehavior: 'contain', scrollbarWidth: 'thin', scrollbarColor: 'var(--line) transparent' },
  '.cm-content': { padding: '0.2rem 0', caretColor: 'var(--rust)' },
  '.cm-line': { padding: '0 0.9rem' },
  '.cm-gutters': { border: '0', background: 'none', color: 'var(--soft)', fontSize: '0.875rem' },
  // As wide as the room that style.css leaves beside the textarea.
  '.cm-gutters + .cm-content .cm-line': { paddingLeft: '0.5rem' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.2rem', padding: '0 0.2rem 0 0', lineHeight: '1.5rem' },
  '.cm-line.cm-wrong': { background: 'var(--tint)', boxShadow: 'inset 3px 0 var(--error)' },
  '.cm-lineNumbers .cm-gutterElement.cm-wrong': { color: 'var(--error)', fontWeight: '600' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { background: 'var(--tint)', outline: '1px solid var(--edge)' },
  '&.cm-focused .cm-nonmatchingBracket, .cm-nonmatchingBracket': { background: 'none', color: 'var(--error)' },
  '.cm-specialChar': { color: 'var(--error)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: 'var(--rust)', fontWeight: '600' },
  { tag: [tags.propertyName, tags.standard(tags.variableName)], color: 'var(--rust)' },
  { tag: tags.string, color: 'var(--string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--number)' },
  { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
]);

const languages: Record<Shape['language'], Extension> = {
  json: json(),
  lua: [StreamLanguage.define(lua), lineNumbers()],
  text: [],
};

/** The line that is marked as wrong, until something is typed. */
const wrong = StateEffect.define<number | null>();
const wrongLine = Decoration.line({ class: 'cm-wrong' });
const wrongNumber = new (class extends GutterMarker {
  override elementClass = 'cm-wrong';
})();
const wrongAt = StateField.define<number | null>({
  create: () => null,
  update(at, change) {
    for (const effect of change.effects) if (effect.is(wrong)) return effect.value;
    return change.docChanged ? null : at;
  },
  provide: (field) => [
    EditorView.decorations.compute([field], (state) => {
      const at = state.field(field);
      return at === null ? Decoration.none : Decoration.set(wrongLine.range(at));
    }),
    gutterLineClass.compute([field], (state) => {
      const at = state.field(field);
      return at === null ? RangeSet.empty : RangeSet.of(wrongNumber.range(at));
    }),
  ],
});

/**
 * What is typed over a selection. Left to itself, Chromium keeps the look of what was selected by an inline style, which the
 * page's policy refuses with an error in the log.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    // Only Chromium has a selection of the tree, and what an event would replace is not told there.
    const chosen = (view.root as Partial<Pick<Document, 'getSelection'>>).getSelection?.();
    if (event.inputType !== 'insertText' || event.data === null || view.composing || view.state.readOnly) return false;
    if (!chosen?.anchorNode || !chosen.focusNode || chosen.isCollapsed) return false;
    const ends = [view.posAtDOM(chosen.anchorNode, chosen.anchorOffset), view.posAtDOM(chosen.focusNode, chosen.focusOffset)];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    view.dispatch({ changes: { from, to, insert: event.data }, selection: { anchor: from + event.data.length }, userEvent: 'input.type', scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

function settings({ label, readOnly, language }: Shape): Extension {
  return [
    EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false', tabindex: '0' }),
    EditorState.readOnly.of(readOnly ?? false),
    languages[language],
  ];
}

/**
 * Puts an editor into an element. It stands in a shadow tree, because there CodeMirror's styles are sheets that it adopts: a
 * style element in the page would be refused by the page's policy.
 */
export function edit(host: HTMLElement, first: Shape, onInput: (value: string) => void): Handle {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const set = new Compartment();
  let shape = first;
  let told = first.value;
  let place: Place | null = null;
  const view = new EditorView({
    parent: root,
    root,
    doc: first.value,
    extensions: [
      // What is a line's end elsewhere is a byte of the value like others, and stays what it is.
      EditorState.lineSeparator.of('\n'),
      history(),
      indentOnInput(),
      bracketMatching(),
      highlightSpecialChars(),
      EditorView.lineWrapping,
      // Tab is left to the browser: the keyboard has to find its way out.
      keymap.of([...defaultKeymap, ...historyKeymap]),
      syntaxHighlighting(colours),
      typedOver,
      wrongAt,
      look,
      set.of(settings(first)),
      EditorView.updateListener.of((update) => {
        const now = update.docChanged ? update.state.doc.toString() : told;
        if (now === told) return;
        told = now;
        onInput(now);
      }),
    ],
  });

  const go = (to: Place | null) => {
    place = to;
    if (!to) return view.dispatch({ effects: wrong.of(null) });
    const { from } = view.state.doc.line(Math.min(Math.max(to.line, 1), view.state.doc.lines));
    view.dispatch({ effects: [wrong.of(from), EditorView.scrollIntoView(from, { y: 'nearest', yMargin: 24 })], ...(to.go && { selection: { anchor: from } }) });
    if (to.go) view.focus();
  };

  return {
    update(next) {
      const isSet = next.label === shape.label && next.readOnly === shape.readOnly && next.language === shape.language;
      shape = next;
      told = next.value;
      if (!isSet) view.dispatch({ effects: set.reconfigure(settings(next)) });
      if (next.value !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next.value } });
      if ((next.place ?? null) !== place) go(next.place ?? null);
    },
    take(from, to) {
      const { length } = view.state.doc;
      view.dispatch({ selection: { anchor: Math.min(from, length), head: Math.min(to, length) }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
