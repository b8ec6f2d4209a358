import { createRequire } from 'node:module';

/** Imported, a CommonJS module is read twice: `import` looks for its exports with a parser that it must load first. */
const Tail = createRequire(import.meta.url)('tail-file') as typeof import('tail-file').default;

export interface ByteTailOptions {
  /** The open file; it is closed with the tail. */
  readonly fd: number;
  /** The byte to begin at. */
  readonly position: number;
  /** Gets the bytes in order; returns false when no more are wanted for now. The buffer is used again afterwards. */
  onBytes(chunk: Buffer): boolean;
}

/** Large enough that a backlog is read in few steps, small enough for hundreds of files at once. */
const READ_BYTES = 256 * 1024;

/** Takes the place of tail-file's own directory watcher: one for each of 300 files in a folder is too many. */
const NO_WATCHER = { on() {}, off() {}, close() {} };

/**
 * One open file, read from a byte position to its end, again and again: tail-file's reading loop, with chunks instead
 * of lines. Its owner decides when to read and what a rotation means. The file stays open when it is renamed, so that
 * late lines are still read.
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
   * Reads up to an offset, and not what is written meanwhile: one busy log must not keep others from their turn.
   * Resolves at the offset or at the end of the file; rejects (and closes) when the file cannot be read. `goesOn`:
   * reading continues soon, so the buffer is kept.
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

  /** Closes the file. Reads under way resolve. */
  end(): void {
    this._stop();
    this.buf = null;
    this.#endWaiting((waiting) => waiting.resolve());
  }

  /** tail-file would search its text buffer for lines; tayori splits lines elsewhere. */
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
