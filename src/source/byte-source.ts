import { closeSync } from 'node:fs';
import { ByteTail } from './byte-tail.js';
import { identify } from './identity.js';
import { isTruncated, type Packing, unpack } from './unpack.js';

/** Where the bytes of a segment come from: an open log, or a packed one. */
export interface ByteSource {
  /** `done`: nothing can follow; `broken`: a packed file ended too early, so far. */
  readonly end: 'open' | 'done' | 'broken';
  /** When the file was last written to (ms). */
  changed(): number;
  /** Reads what the file holds now; rejects when it cannot be read. */
  readToEnd(): Promise<void>;
  close(): void;
}

/** An open log, read from a byte position on; `onBytes` says whether more is wanted for now. */
export function plainSource(fd: number, position: number, onBytes: (chunk: Buffer) => boolean): ByteSource {
  const tail = new ByteTail({ fd, position, onBytes });
  return {
    end: 'open',
    changed: () => (tail.isOpen ? identify(fd).changed : 0),
    readToEnd: () => tail.readToEnd(),
    close: () => tail.end(),
  };
}

/**
 * Reads a packed file through once; one that ends too early is read again at the next call, from where `restart`
 * says. Resolves also then; rejects when it cannot be unpacked.
 */
export function packedSource(
  fd: number,
  packing: Packing,
  restart: () => number,
  onBytes: (chunk: Buffer) => void,
): ByteSource {
  let end: ByteSource['end'] = 'open';
  let closed = false;
  let running: ReturnType<typeof unpack> | null = null;

  async function readThrough(unpacking: ReturnType<typeof unpack>): Promise<void> {
    let skip = restart();
    try {
      for await (const bytes of unpacking.stream) {
        if (closed) return;
        const chunk: Buffer = bytes;
        const wanted = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - wanted.length;
        if (wanted.length > 0) onBytes(wanted);
      }
      if (skip > 0) throw new Error(`it ends ${skip} bytes before the place where reading stopped`);
      end = 'done';
    } catch (error) {
      if (closed) return;
      if (!isTruncated(error)) throw error;
      end = 'broken';
    } finally {
      unpacking.stream.destroy();
      await unpacking.over;
    }
  }

  return {
    get end() {
      return end;
    },
    changed: () => identify(fd).changed,
    async readToEnd() {
      if (end === 'done' || closed) return;
      running = unpack(fd, packing);
      await readThrough(running).finally(() => {
        running = null;
        if (closed) closeSync(fd);
      });
    },
    close() {
      if (closed) return;
      closed = true;
      if (running) running.stream.destroy();
      else closeSync(fd);
    },
  };
}
