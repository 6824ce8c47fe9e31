/** The worker in Node. */
import { parentPort } from 'node:worker_threads';
import { hear } from '../worker.js';

parentPort?.on('message', (message) => hear(message, (told) => parentPort?.postMessage(told)));
