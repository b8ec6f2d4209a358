import Tail from 'tail-file';

export interface ByteTailOptions {
  /** The open file; it is closed with the tail. */
  readonly fd: number;
  /** The byte to begin at. */
  readonly position: number;
  /** Bytes in order; false: nothing more is wanted for now. They are only lent: the buffer is used again. */
  onBytes(chunk: Buffer): boolean;
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
  #end = 0;
  #keepsBuffer = false;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(options: ByteTailOptions) {
    super('', { _bufsize: READ_BYTES, watcher: NO_WATCHER });
    this.#options = options;
    this.started = 'an open file';
    this.fd = options.fd;
    this.pos = options.position;
    this.onEndOfFile = this.onEndOfFileForTail;
    this.onLine = this.onLineForTail;
    this.on('error', (error: Error) => this.#endWaiting((waiting) => waiting.reject(error)));
  }

  /**
   * Reads up to a place in the file, and not what is written meanwhile: one busy log must not keep others from their
   * turn. Resolves there, or where the file ends; rejects (and closes) when it cannot be read. `goesOn`: it will be read
   * on soon, so that the buffer is worth keeping.
   */
  async readTo(place: number, goesOn: boolean): Promise<void> {
    if (this.started === null) return;
    this.#end = place;
    this.#keepsBuffer = goesOn;
    if (this.#waiting.length === 0 && Number(this.pos) >= this.#end) return; // no read, and no buffer for one
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.readStuff();
    });
  }

  get isOpen(): boolean {
    return this.started !== null;
  }

  /** Closes the file. Reads under way end without a word. */
  end(): void {
    this._stop();
    this.buf = null;
    this.#endWaiting((waiting) => waiting.resolve());
  }

  /** tail-file would look for lines in its text buffer; ours are cut elsewhere. */
  override getLine(): void {
    this.readStuff();
  }

  override decode(chunk: Buffer | null): void {
    if (this.started === null) return; // closed while this read was under way
    const goesOn = chunk !== null && this.#options.onBytes(chunk);
    if (!goesOn || Number(this.pos) >= this.#end) this.onEndOfFile();
    else this.readStuff();
  }

  override onEndOfFileForTail(): void {
    if (!this.#keepsBuffer) this.buf = null;
    this.#endWaiting((waiting) => waiting.resolve());
  }

  #endWaiting(how: (waiting: { resolve: () => void; reject: (error: Error) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) how(one);
  }
}
