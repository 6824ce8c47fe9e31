import './did.css';
import { stay } from '../console/controls';
import { bytes, left } from '../keys/format';
import { Icon } from '../shell/Icon';
import { fate, travel } from './state';
import type { DidView, Form, KeyDid } from './protocol';

/** What a command did: its keys, what it was propagated as, what listeners heard, what it cost. */
export default function Did({ did, step }: { did: DidView; step: number | null }) {
  const { memory: [before, after] } = did;
  return (
    <div class="did" role="region" aria-label={`What ${did.command} did`}>
      {did.keys.length > 0 && (
        <table>
          <caption class="hidden">Keys</caption>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Type, encoding</th>
              <th scope="col">Elements</th>
              <th scope="col">Memory</th>
              <th scope="col">Expires in</th>
            </tr>
          </thead>
          <tbody>
            {did.keys.map((key) => <Row key={`${key.db} ${key.label}`} of={key} at={did.at} />)}
          </tbody>
        </table>
      )}
      {did.more > 0 && <p class="dim">… and {did.more.toLocaleString('en')} more keys</p>}
      <dl>
        <div>
          <dt>Propagated</dt>
          <dd>
            {did.propagated.map((command, i) => <code key={i}>{command}</code>)}
            {did.note && <span class="dim">{did.note}</span>}
          </dd>
        </div>
        {did.events.length > 0 && (
          <div>
            <dt>Events</dt>
            <dd>
              {did.events.map((event, i) => (
                <span key={i} class="event" title={`Selected by ${event.class} in notify-keyspace-events`}>
                  <code>__keyevent@{event.db}__:{event.name}</code> {event.label} <span class="class">{event.class}</span>
                </span>
              ))}
            </dd>
          </div>
        )}
        <div>
          <dt>Time</dt>
          <dd>
            {did.complexity || 'not known'}
            {did.counts.map(({ what, count }) => <span key={what} class="dim">{what}: {count.toLocaleString('en')}</span>)}
          </dd>
        </div>
        <div>
          <dt>Used memory</dt>
          <dd>
            {before.toLocaleString('en')} B → {after.toLocaleString('en')} B
            <span class="dim">{after === before ? 'as before' : `${after > before ? '+' : '−'}${bytes(Math.abs(after - before))}`}</span>
          </dd>
        </div>
      </dl>
      {step !== null && <Undo step={step} />}
    </div>
  );
}

function Undo({ step }: { step: number }) {
  const now = fate(step);
  if (now === 'old') return <p class="dim">Too long ago to be undone.</p>;
  if (now === 'dropped') return <p class="dim">Undone, and dropped.</p>;
  return (
    <button type="button" class="quiet" onMouseDown={stay} onClick={() => travel(step)}>
      <Icon name={now === 'done' ? 'undo' : 'redo'} /> {now === 'done' ? 'Undo to before this' : 'Redo to before this'}
    </button>
  );
}

function Row({ of: { db, label, done, was, is }, at }: { of: KeyDid; at: number }) {
  const both = (tell: (form: Form) => string) => {
    const [one, other] = [was && tell(was), is && tell(is)];
    if (one === other) return one ?? '–';
    return <><span class="was">{one ?? '–'}</span> → <span class="is">{other ?? '–'}</span></>;
  };
  return (
    <tr>
      <th scope="row">
        <code>{label || '""'}</code> <span class={`done ${done.split(' ')[0]}`}>{done}</span>
        {db > 0 && <span class="dim"> in database {db}</span>}
      </th>
      <td data-of="Type, encoding">{both((form) => (form.type === form.encoding ? form.type : `${form.type}, ${form.encoding}`))}</td>
      <td data-of="Elements">{both((form) => (form.type === 'string' ? '–' : form.elements.toLocaleString('en')))}</td>
      <td data-of="Memory">{both((form) => bytes(form.memory))}</td>
      <td data-of="Expires in">{both((form) => (form.expiresAt === null ? 'never' : left(form.expiresAt - at)))}</td>
    </tr>
  );
}
