import './globals.js';
import buffer from 'buffer/';

export const { Buffer, SlowBuffer, INSPECT_MAX_BYTES, kMaxLength } = buffer;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 };
export default { ...buffer, constants };
