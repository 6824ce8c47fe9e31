/** `npx redstart`: a server of its own, until it is told to end. */
import { parseArgs } from 'node:util';
import { open } from './open.js';

const help = `redstart [options]

  --port N        the port to listen at (6379; 0: any that is free)
  --host ADDRESS  the address to listen at (127.0.0.1)
  --path FILE     listen at a socket file instead
  --help          this text

Any Redis client connects: redis-cli -p 6379`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      path: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(help);
  const port = Number(values.port ?? 6379);
  if (values.port?.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`${JSON.stringify(values.port)} is no port`);
  const db = await open('memory:');
  const listener = await db.listen(values.path ? { path: values.path } : { port, ...(values.host && { host: values.host }) });
  console.log(`redstart listens at ${listener.url}`);
  const end = () => void db.close().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
}

main().catch((error: Error) => {
  console.error(`redstart: ${error.message}`);
  process.exit(1);
});
