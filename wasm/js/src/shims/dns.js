export function lookup(host, options, heard = options) {
  queueMicrotask(() => heard(null, host, 4));
}
export const resolveSrv = (_host, heard) => queueMicrotask(() => heard(new Error('a page has no DNS')));
export const promises = { lookup: async (host) => ({ address: host, family: 4 }) };
export default { lookup, resolveSrv, promises };
