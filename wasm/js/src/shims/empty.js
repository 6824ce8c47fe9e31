// What a page has not, and nobody calls there.
export class AsyncResource {
  runInAsyncScope(work, self, ...args) {
    return Reflect.apply(work, self, args);
  }
}
export class AsyncLocalStorage {
  run(_store, work, ...args) {
    return work(...args);
  }
  getStore() {}
}
export const hostname = () => 'page';
export const join = (...parts) => parts.join('/');
export default { AsyncResource, AsyncLocalStorage, hostname, join };
