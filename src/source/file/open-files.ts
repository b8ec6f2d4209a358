import { codeOf } from '../../base/errors.js';

/** An owner of open files that can close one for a while. */
export interface FileHolder {
  /** Closes a file that can be opened again; false: there is none. */
  park(): boolean;
}

/**
 * Limits how many logs are open at once. If there are more, those that were read longest ago are closed until their
 * next turn: descriptors must be left for the state, for mail, and for programs that unpack.
 */
export class OpenFiles {
  readonly #onFew: (max: number) => void;
  readonly #holders = new Set<FileHolder>();
  #max: number;
  #open = 0;
  #isReported = false;

  /** `onFew` is called once when files are opened in turns, with how many are open at once. */
  constructor(max: number, onFew: (max: number) => void) {
    this.#max = max;
    this.#onFew = onFew;
  }

  get max(): number {
    return this.#max;
  }

  /** Whether there are more logs than that. */
  get isShort(): boolean {
    return this.#isReported;
  }

  /** A file was opened. */
  add(): void {
    this.#open += 1;
  }

  /** A file was closed. */
  remove(): void {
    this.#open -= 1;
  }

  /** A holder reads a file: files of other holders are closed first. */
  use(holder: FileHolder): void {
    this.#holders.delete(holder);
    this.#holders.add(holder);
  }

  forget(holder: FileHolder): void {
    this.#holders.delete(holder);
  }

  /** Opens one more file. If the system has no descriptor left, closes others and tries once more. */
  open<T>(how: () => T): T {
    this.#makeRoom();
    try {
      return how();
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
      this.#shrink();
      return how();
    }
  }

  /** Closes files until one more may be opened, as far as holders have files to close. */
  #makeRoom(): void {
    for (const holder of this.#holders) {
      while (this.#open >= this.#max && holder.park()) this.#report();
      if (this.#open < this.#max) return;
    }
  }

  /** The system has no more descriptors: other parts of this process, or of this machine, use them. */
  #shrink(): void {
    this.#max = Math.max(MIN_OPEN, this.#open - ROOM);
    this.#makeRoom();
  }

  #report(): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#onFew(this.#max);
  }
}

/** With so few open files, one log after the other can still be read. */
export const MIN_OPEN = 2;

/** So many are given back when the system has no more. */
const ROOM = 8;

/** EMFILE: this process has as many as it may have; ENFILE: so have all together. */
export function isOutOfDescriptors(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes(String(codeOf(error)));
}
