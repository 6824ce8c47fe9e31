/** `const redis = useRedis()` in a file of jest: a store of its own for each test. */
import { type Hooks, type TestOptions, type TestRedis, useRedisWith } from './index.js';

export * from './index.js';

/** A store of its own for each test of this file. */
export function useRedis(options?: TestOptions): TestRedis {
  const { beforeEach, afterEach } = globalThis as unknown as Partial<Hooks>;
  if (!beforeEach || !afterEach) throw new Error('useRedis: this is no file of jest, or its globals are off');
  return useRedisWith({ beforeEach, afterEach }, options);
}
