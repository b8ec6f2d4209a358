import Tail from 'tail-file';

export interface ByteTailOptions {
  /** Called with the open file before anything is read: says at which byte to begin. Owns nothing of it. */
  onOpen(fd: number): number;
  /** Bytes in order. They are only lent: the buffer is used again for the next read. */
  onBytes(chunk: Buffer): void;
}

/** Large enough that a backlog is read in few steps, small enough for hundreds of files at once. */
const READ_BYTES = 256 * 1024;

/** Takes the place of tail-file's own directory watcher: one for each of 300 files in a folder is too many. */
const NO_WATCHER = { on() {}, off() {}, close() {} };

/**
 * One open file, read from a byte position to its end, again and again: tail-file's reading loop, handing on whole
 * chunks instead of lines. When to look, and what a rotation means, is decided by whoever owns it: it holds on to its
 * file even when that is renamed, so that stragglers are still read.
 */
export class ByteTail extends Tail {
  readonly #options: ByteTailOptions;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(path: string, options: ByteTailOptions) {
    super(path, { _bufsize: READ_BYTES, watcher: NO_WATCHER });
    this.#options = options;
    this.on('error', (error: Error) => this.#settle((waiting) => waiting.reject(error)));
  }

  /** Reads what the file holds now; resolves at its end, rejects when it cannot be opened or read. */
  readToEnd(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.started === null) this.#open();
      else this.readStuff();
    });
  }

  /** The open file, or null. */
  get handle(): number | null {
    return typeof this.fd === 'number' ? this.fd : null;
  }

  /** Goes on at another byte; only between reads. */
  seek(position: number): void {
    this.pos = position;
  }

  /** Closes the file. Reads under way end without a word. */
  end(): void {
    this._stop();
    this.buf = null;
    this.#settle((waiting) => waiting.resolve());
  }

  #open(): void {
    this.setBytePos(0);
    this.ino = 'known by the owner';
    this.startTail(this.filename);
  }

  override onCreateReader(fd: number): void {
    try {
      this.pos = this.#options.onOpen(fd);
    } catch (cause) {
      this.fd = fd;
      this.onError(new Error(`cannot read ${this.filename}`, { cause }));
      return;
    }
    super.onCreateReader(fd);
  }

  /** tail-file would look for lines in its text buffer; ours are cut elsewhere. */
  override getLine(): void {
    this.readStuff();
  }

  override decode(chunk: Buffer | null): void {
    if (chunk === null) {
      this.onEndOfFile();
    } else {
      this.#options.onBytes(chunk);
      this.readStuff();
    }
  }

  override onEndOfFileForTail(): void {
    this.buf = null;
    this.#settle((waiting) => waiting.resolve());
  }

  #settle(how: (waiting: { resolve: () => void; reject: (error: Error) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) how(one);
  }
}
