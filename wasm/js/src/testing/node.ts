/** `const redis = useRedis()` in a file of node:test: a store of its own for each test. */
import { afterEach, beforeEach } from 'node:test';
import { type TestOptions, type TestRedis, useRedisWith } from './index.js';

export * from './index.js';

/** A store of its own for each test of this file. */
export function useRedis(options?: TestOptions): TestRedis {
  return useRedisWith({ beforeEach, afterEach }, options);
}
