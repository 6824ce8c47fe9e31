import './globals.js';
export default globalThis.process;
export const { env, nextTick, versions, version, platform } = globalThis.process;
