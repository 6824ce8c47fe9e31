export class AssertionError extends Error {}
const assert = (value, message) => {
  if (!value) throw message instanceof Error ? message : new AssertionError(message ?? 'it is not so');
};
export const ok = assert;
export const equal = (a, b, message) => assert(a == b, message);
export const strictEqual = (a, b, message) => assert(Object.is(a, b), message);
export default Object.assign(assert, { ok, equal, strictEqual, AssertionError });
