import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { connect, disconnect, press, type Shown } from '../store';
import { Icon } from '../shell/Icon';
import { run } from '../keys/hand';
import { line } from '../keys/words';
import { Ran } from '../keys/value/Ran';
import './panels.css';

/** Messages to channels: a client of its own listens to patterns, and what comes is shown. */
export function PubSub() {
  const client = useMemo(() => connect(12), []);
  useEffect(() => () => disconnect(client), []);
  const patterns = useSignal<string[]>([]);
  const messages = useComputed(() => client.log.value.flatMap(message).reverse());
  return (
    <div class="panel">
      <div class="panel-bar">
        <Form
          label="Pattern of channels"
          fields={[['Pattern of channels', 'news:*']]}
          action="Subscribe"
          done={([pattern]) => {
            if (patterns.value.includes(pattern!)) return;
            patterns.value = [...patterns.value, pattern!];
            press(client, line('PSUBSCRIBE', pattern!));
          }}
        />
        <Form label="Publish" fields={[['Channel', 'news:1'], ['Message', 'hello']]} action="Publish" done={([channel, message]) => run('PUBLISH', channel!, message!)} />
      </div>
      {patterns.value.length > 0 && (
        <ul class="chips" aria-label="Patterns">
          {patterns.value.map((pattern) => (
            <li key={pattern}>
              <code>{pattern}</code>
              <button
                type="button"
                class="icon"
                aria-label={`Unsubscribe from ${pattern}`}
                onClick={() => {
                  patterns.value = patterns.value.filter((one) => one !== pattern);
                  press(client, line('PUNSUBSCRIBE', pattern));
                }}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="panel-body" tabIndex={0} role="region" aria-label="Messages">
        {messages.value.length === 0 ? (
          <p class="empty">{patterns.value.length === 0 ? 'Subscribe to channels by a pattern; * is all of them. Messages appear here, the latest first.' : 'No message yet. Publish one here, or in a terminal.'}</p>
        ) : (
          <table class="told">
            <thead>
              <tr><th scope="col">Channel</th><th scope="col">Message</th><th scope="col">Pattern</th></tr>
            </thead>
            <tbody>
              {messages.value.map(({ id, channel, text, pattern }) => (
                <tr key={id}>
                  <td><code>{channel}</code></td>
                  <td><code>{text}</code></td>
                  <td class="dim"><code>{pattern}</code></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <Ran />
    </div>
  );
}

/** A message as redis-cli prints it: `pmessage`, pattern, channel, text, each on a numbered line. */
function message({ id, lines }: Shown): { id: number; pattern: string; channel: string; text: string }[] {
  const [kind, pattern, channel, text] = lines.map((line) => /^\d+\) "(.*)"$/.exec(line.text)?.[1] ?? '');
  return kind === 'pmessage' ? [{ id, pattern: pattern!, channel: channel!, text: text! }] : [];
}

interface Fields {
  label: string;
  fields: [string, string][];
  action: string;
  done: (answers: string[]) => void;
}

function Form({ label, fields, action, done }: Fields) {
  const answers = useSignal(fields.map(() => ''));
  return (
    <form class="ask" aria-label={label} onSubmit={(event) => { event.preventDefault(); done(answers.value); }}>
      {fields.map(([name, example], i) => (
        <input
          key={name}
          required
          aria-label={name}
          placeholder={example}
          autocapitalize="off"
          autocomplete="off"
          value={answers.value[i]}
          onInput={(event) => (answers.value = answers.value.map((one, at) => (at === i ? event.currentTarget.value : one)))}
        />
      ))}
      <button class="quiet">{action}</button>
    </form>
  );
}
