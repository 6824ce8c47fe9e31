export const inherits = (constructor, parent) => {
  constructor.super_ = parent;
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
};
export const promisify = (work) => (...args) =>
  new Promise((resolve, reject) => work(...args, (error, value) => (error ? reject(error) : resolve(value))));
export const deprecate = (work) => work;
export const debuglog = () => Object.assign(() => {}, { enabled: false });
export const inspect = Object.assign((value) => String(value), { custom: Symbol.for('nodejs.util.inspect.custom') });
export const format = (...parts) => parts.join(' ');
export const types = { isPromise: (value) => value instanceof Promise, isUint8Array: (value) => value instanceof Uint8Array };
export const isDeepStrictEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const { TextEncoder, TextDecoder } = globalThis;
export { TextEncoder, TextDecoder };
export default { inherits, promisify, deprecate, debuglog, inspect, format, types, isDeepStrictEqual, TextEncoder, TextDecoder };
