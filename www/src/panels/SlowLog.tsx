import { useEffect } from 'preact/hooks';
import { slowLog, watch } from './state';
import { run } from '../keys/hand';
import { Ran } from '../keys/value/Ran';
import { duration, time } from './format';
import './panels.css';

const thresholds = [
  [-1, 'no calls'],
  [0, 'every call'],
  [100, 'calls of 0.1 ms and more'],
  [1000, 'calls of 1 ms and more'],
  [10_000, 'calls of 10 ms and more'],
] as const;

/** The calls that took long, as they happen. */
export function SlowLog() {
  useEffect(() => {
    watch('slow-log');
    return () => watch(null);
  }, []);
  const view = slowLog.value;
  if (!view) return null;
  const known = thresholds.some(([threshold]) => threshold === view.threshold);
  return (
    <div class="panel">
      <div class="panel-bar">
        <label>
          Keep{' '}
          <select value={String(view.threshold)} onChange={(event) => run('CONFIG', 'SET', 'slowlog-log-slower-than', event.currentTarget.value)}>
            {!known && <option value={String(view.threshold)}>calls of {duration(view.threshold)} and more</option>}
            {thresholds.map(([threshold, label]) => <option key={threshold} value={String(threshold)}>{label}</option>)}
          </select>
        </label>
        <button type="button" class="quiet" disabled={view.calls.length === 0} onClick={() => run('SLOWLOG', 'RESET')}>Clear</button>
      </div>
      <div class="panel-body" tabIndex={0} role="region" aria-label="Slow calls">
        {view.calls.length === 0 ? (
          <p class="empty">No call has been that slow. To see some, keep every call, and type into the console.</p>
        ) : (
          <table class="told calls-told">
            <thead>
              <tr><th scope="col">When</th><th scope="col" class="number">Took</th><th scope="col">Call</th><th scope="col">Client</th></tr>
            </thead>
            <tbody>
              {view.calls.map((call) => (
                <tr key={call.id}>
                  <td class="dim">{time(call.at)}</td>
                  <td class="number">{duration(call.micros)}</td>
                  <td><code>{call.command}</code></td>
                  <td class="dim">{call.client}</td>
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
