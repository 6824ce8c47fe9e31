import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { connect, disconnect, press } from '../store';
import { time } from './format';
import './panels.css';

/** A line of MONITOR: seconds since 1970, database and address, the call. */
const form = /^(\d+\.\d+) \[(\d+) ([^\]]+)\] (.*)$/;

/** The commands of all clients, as they run. It is a client of its own. */
export function Monitor() {
  const client = useMemo(() => connect(11), []);
  useEffect(() => {
    press(client, 'MONITOR');
    return () => disconnect(client);
  }, []);
  const filter = useSignal('');
  const paused = useSignal<readonly object[] | null>(null);
  const cleared = useSignal(-1);
  const listening = useComputed(() => client.log.value.some((entry) => entry.lines.length > 0));
  const calls = useComputed(() => {
    const wanted = filter.value.toLowerCase();
    const entries = (paused.value as typeof client.log.value | null) ?? client.log.value;
    return entries
      .filter((entry) => entry.id > cleared.value && entry.text === '')
      .flatMap((entry) => entry.lines.map((line, i) => ({ id: `${entry.id} ${i}`, found: form.exec(line.text) })))
      .filter(({ found }) => found?.[4]!.toLowerCase().includes(wanted))
      .reverse();
  });
  return (
    <div class="panel">
      <div class="panel-bar">
        <label class="filter">
          <input type="search" aria-label="Filter calls" placeholder="words of a call" value={filter} onInput={(event) => (filter.value = event.currentTarget.value)} />
        </label>
        <button type="button" class="switch" role="switch" aria-checked={paused.value !== null} onClick={() => (paused.value = paused.value ? null : client.log.value)}>Pause</button>
        <button type="button" class="quiet" onClick={() => (cleared.value = client.log.value.at(-1)?.id ?? -1)}>Clear</button>
        <span class="total">{calls.value.length.toLocaleString('en')} {calls.value.length === 1 ? 'call' : 'calls'}</span>
      </div>
      <div class="panel-body" tabIndex={0} role="region" aria-label="Calls" aria-busy={!listening.value}>
        {calls.value.length === 0 ? (
          <p class="empty">Every call of every client appears here, the latest first. <code>MONITOR</code> in a terminal does the same.</p>
        ) : (
          <table class="told calls-told">
            <thead>
              <tr><th scope="col">When</th><th scope="col">Db</th><th scope="col">Client</th><th scope="col">Call</th></tr>
            </thead>
            <tbody>
              {calls.value.map(({ id, found }) => (
                <tr key={id}>
                  <td class="dim">{time(Number(found![1]) * 1000)}</td>
                  <td class="dim">{found![2]}</td>
                  <td class="dim">{found![3]}</td>
                  <td><code>{found![4]}</code></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}
