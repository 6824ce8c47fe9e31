/** `const redis = useRedis()` in a file of vitest: a store of its own for each test. */
import { afterEach, beforeEach } from 'vitest';
import { type TestOptions, type TestRedis, useRedisWith } from './index.js';

export * from './index.js';

/** A store of its own for each test of this file. */
export function useRedis(options?: TestOptions): TestRedis {
  return useRedisWith({ beforeEach, afterEach }, options);
}
