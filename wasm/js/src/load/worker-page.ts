/** The worker of a page. */
import { hear } from '../worker.js';

globalThis.onmessage = ({ data }: MessageEvent) => hear(data, (told) => globalThis.postMessage(told));
