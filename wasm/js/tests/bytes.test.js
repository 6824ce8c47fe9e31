// Connections of plain bytes: as calls, as streams, as a port.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { open, ReplyError } from 'redstart';

const here = fileURLToPath(new URL('..', import.meta.url));
let db;
before(async () => {
  db = await open();
});
after(() => db.close());

const text = (bytes) => new TextDecoder().decode(bytes);

/** What a connection answers, all that has come once `length` characters have. */
function collect(connection, length) {
  return new Promise((resolve) => {
    let all = '';
    connection.onData = (bytes) => {
      all += text(bytes);
      if (all.length >= length) resolve(all);
    };
  });
}

test('bytes go in, bytes come out, at any split', async () => {
  const connection = db.connect();
  const answers = collect(connection, 12);
  connection.write('*1\r\n$4\r\nPI');
  connection.write(new TextEncoder().encode('NG\r\nPING\r'));
  connection.write('\n');
  assert.equal(await answers, '+PONG\r\n+PONG\r\n'.slice(0, 14));
  connection.close();
});

test('what are no bytes is refused, and ends a port', async () => {
  const connection = db.connect();
  for (const wrong of [5, null, {}, [80]]) assert.throws(() => connection.write(wrong), /write: what is sent is .*; it must be a Uint8Array or a string/);
  connection.close();
  const port = db.port();
  const heard = [];
  const ended = new Promise((resolve) => port.addEventListener('message', ({ data }) => (heard.push(data && text(data)), data || resolve())));
  port.start();
  port.postMessage('PING\r\n');
  port.postMessage(5);
  await ended;
  assert.deepEqual(heard, ['+PONG\r\n', null]);
  port.close();
});

test('nothing is answered inside write', async () => {
  const connection = db.connect();
  let writing = true;
  const answer = new Promise((resolve) => {
    connection.onData = () => resolve(writing);
  });
  connection.write('PING\r\n');
  writing = false;
  assert.equal(await answer, false);
  connection.close();
});

test('the end is told once, after what was said last', async () => {
  const connection = db.connect();
  const said = [];
  const closed = new Promise((resolve) => {
    connection.onData = (bytes) => said.push(text(bytes));
    connection.onClose = () => resolve(said.push('closed'));
  });
  connection.write('QUIT\r\n');
  await closed;
  assert.deepEqual(said, ['+OK\r\n', 'closed']);
  assert.throws(() => connection.write('PING\r\n'), { name: 'ClosedError' });
});

test('a pair of streams', async () => {
  const { readable, writable } = db.connect();
  const writer = writable.getWriter();
  await writer.write('SET s 1\r\nGET s\r\n');
  const reader = readable.getReader();
  assert.equal(text((await reader.read()).value), '+OK\r\n$1\r\n1\r\n');
  await writer.close();
  assert.equal((await reader.read()).done, true);
});

test('a port', async () => {
  const port = db.port();
  const answer = new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(text(data));
  });
  port.postMessage(new TextEncoder().encode('ECHO hi\r\n'));
  assert.equal(await answer, '$2\r\nhi\r\n');
  const ended = new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });
  port.postMessage(null);
  assert.equal(await ended, null);
  port.close();
});

test('calls that answer at once', async () => {
  assert.equal(db.sync.call('SET', 'k', Buffer.from([0xff])), 'OK');
  assert.deepEqual(db.sync.callBytes('GET', 'k'), Uint8Array.of(0xff));
  assert.equal(db.sync.call('BLPOP', 'nobody', 0), null);
  assert.throws(() => db.sync.call('INCR', 'k'), ReplyError);
  assert.throws(() => db.sync.call('SET', 'k', {}), TypeError);
  const elsewhere = await open('memory:', { worker: true });
  assert.throws(() => elsewhere.sync, /in a worker/);
  await elsewhere.close();
});

test('bad addresses and options are told', async () => {
  await assert.rejects(open('redis://localhost'), /"redis:\/\/localhost" is no address of a database/);
  await assert.rejects(open('memory:', { apendfsync: 'no' }), /there is no option apendfsync/);
});

test('a seed makes it repeatable', async () => {
  const draw = async () => {
    const one = await open('memory:', { seed: 7 });
    await one.sadd('s', ...Array.from({ length: 100 }, (_, i) => i));
    const drawn = await one.srandmember('s', 10);
    await one.close();
    return drawn;
  };
  assert.deepEqual(await draw(), await draw());
});

test('an open database keeps no program running, one that is waited for does', () => {
  const run = (body) => {
    const program = `import { open } from 'redstart'; const db = await open(); ${body}`;
    return spawnSync('node', ['--input-type=module', '--eval', program], { cwd: here, encoding: 'utf8', timeout: 20_000 });
  };
  const idle = run("await db.set('k', 'v'); const s = db.subscribe('c'); await s.ready; console.log('done')");
  assert.deepEqual([idle.status, idle.stdout], [0, 'done\n']);
  const waits = run("db.blpop('q', 0.1).then(() => console.log('waited'))");
  assert.deepEqual([waits.status, waits.stdout], [0, 'waited\n']);
  const inWorker = run("const w = await open('memory:', { worker: true }); w.blpop('q', 0.1).then(() => console.log('waited'))");
  assert.deepEqual([inWorker.status, inWorker.stdout], [0, 'waited\n']);
});
