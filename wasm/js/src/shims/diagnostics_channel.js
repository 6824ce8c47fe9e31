// Nobody listens.
const silent = { hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe() {}, runStores: (_context, work, self, ...args) => Reflect.apply(work, self, args) };
const run = (work, _context, self, ...args) => Reflect.apply(work, self, args);
export const channel = () => silent;
export const tracingChannel = () => ({
  hasSubscribers: false,
  start: silent,
  end: silent,
  asyncStart: silent,
  asyncEnd: silent,
  error: silent,
  subscribe() {},
  unsubscribe() {},
  traceSync: run,
  tracePromise: run,
  traceCallback: (work, _position, _context, self, ...args) => Reflect.apply(work, self, args),
});
export const hasSubscribers = () => false;
export default { channel, tracingChannel, hasSubscribers };
