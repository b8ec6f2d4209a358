/** The parts of the tail-file package (1.4, untyped) that `byte-tail.ts` builds on. */
declare module 'tail-file' {
  import { EventEmitter } from 'node:events';

  export default class Tail extends EventEmitter {
    constructor(filename: string, options?: Record<string, unknown>);
    filename: string;
    /** The file being read, null when stopped. */
    started: string | null;
    /** 'init' while opening. */
    fd: number | 'init' | null | undefined;
    ino: unknown;
    /** Byte position of the next read. */
    pos: number | 'init';
    reading: boolean;
    readable: boolean;
    buf: Buffer | null;
    watcher: unknown;
    stopping: unknown;
    onEndOfFile: () => void;
    startTail(filename: string): void;
    onCreateReader(fd: number): void;
    readStuff(): void;
    decode(chunk: Buffer | null): void;
    getLine(): void;
    onEndOfFileForTail(): void;
    onError(error: Error): void;
    onLine: (error: Error | null) => void;
    onLineForTail(error: Error | null): void;
    setBytePos(position: number): void;
    _stop(): void;
  }
}
