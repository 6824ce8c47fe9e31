// Digests of scripts are wanted at once, which the page's own crypto does not give.
import { Buffer } from 'buffer/';

function sha1(bytes) {
  const words = new Uint32Array(((bytes.length + 8) >> 6) * 16 + 16);
  for (let i = 0; i < bytes.length; i++) words[i >> 2] |= bytes[i] << (24 - (i & 3) * 8);
  words[bytes.length >> 2] |= 0x80 << (24 - (bytes.length & 3) * 8);
  words[words.length - 1] = bytes.length * 8;
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const w = new Uint32Array(80);
  const rotate = (x, n) => (x << n) | (x >>> (32 - n));
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d, e] = state;
    for (let t = 0; t < 80; t++) {
      w[t] = t < 16 ? words[block + t] : rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
      const [f, k] =
        t < 20 ? [(b & c) | (~b & d), 0x5a827999] : t < 40 ? [b ^ c ^ d, 0x6ed9eba1] : t < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6];
      [a, b, c, d, e] = [(rotate(a, 5) + f + e + k + w[t]) >>> 0, a, rotate(b, 30) >>> 0, c, d];
    }
    [a, b, c, d, e].forEach((value, i) => (state[i] += value));
  }
  const out = Buffer.alloc(20);
  state.forEach((value, i) => out.writeUInt32BE(value, i * 4));
  return out;
}

export function createHash(name) {
  if (name !== 'sha1') throw new Error(`no digest ${name} in a page`);
  const parts = [];
  return {
    update(data, encoding) {
      parts.push(typeof data === 'string' ? Buffer.from(data, encoding) : data);
      return this;
    },
    digest(encoding) {
      const out = sha1(Buffer.concat(parts));
      return encoding ? out.toString(encoding) : out;
    },
  };
}
export const randomBytes = (length) => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(length)));
export const randomUUID = () => globalThis.crypto.randomUUID();
export default { createHash, randomBytes, randomUUID };
