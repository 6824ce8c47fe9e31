import './globals.js';
import EventEmitter from 'events/';
import stream from 'readable-stream';

export const { Readable, Writable, Duplex, Transform, PassThrough, Stream, pipeline, finished, promises } = stream;
export { EventEmitter };
export default stream;
