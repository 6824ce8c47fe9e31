/**
 * `node --import redstart/register app.js`: what the program sends to a Redis goes to a store inside it. Those are the
 * connections to port 6379 of any host, or to the ports in `REDSTART_PORTS`.
 */
import { hook } from './node/hook.js';

const ports = (process.env.REDSTART_PORTS ?? '6379').split(',').map((port) => Number(port.trim()));
if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
  throw new TypeError(`REDSTART_PORTS is ${JSON.stringify(process.env.REDSTART_PORTS)}; it must be ports with commas between`);
}
hook(ports);
