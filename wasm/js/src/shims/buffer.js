import './globals.js';
import buffer from '#buffer';

// Where a bundler has loaded this file twice, all share the first one's.
export const { Buffer } = globalThis;
export const { SlowBuffer, INSPECT_MAX_BYTES, kMaxLength } = buffer;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 };
export default { ...buffer, Buffer, constants };
