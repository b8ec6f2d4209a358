import type { SourceEvent } from '../source-event.js';
import type { FilePosition } from './line-batch.js';

/** The status of a log, for people. */
export interface FileState {
  readonly path: string;
  readonly position: FilePosition | null;
  /** Bytes; null: not known. */
  readonly size: number | null;
  /** Why nothing is read, or null. */
  readonly waiting: string | null;
}

/** The size of a log, or why nothing is read under its path; each reason is emitted once, when it begins. */
export class LogStatus {
  readonly #path: string;
  readonly #onEvent: (event: SourceEvent) => void;
  #size: number | null = null;
  #waiting: string | null = null;

  constructor(path: string, onEvent: (event: SourceEvent) => void) {
    this.#path = path;
    this.#onEvent = onEvent;
  }

  /** Bytes at the last poll; null: not known. */
  get size(): number | null {
    return this.#size;
  }

  get isMissing(): boolean {
    return this.#waiting === 'missing';
  }

  seen(size: number): void {
    this.#size = size;
  }

  /** The log can be read. */
  ready(): void {
    this.#waiting = null;
  }

  /** Nothing is read for this reason. */
  wait(reason: string, event: SourceEvent): void {
    this.#size = null;
    if (this.#waiting === reason) return;
    this.#waiting = reason;
    this.#onEvent(event);
  }

  waitUnreadable(reason: string): void {
    this.wait(reason, { kind: 'unreadable', path: this.#path, reason });
  }

  state(position: FilePosition | null): FileState {
    return { path: this.#path, position, size: this.#size, waiting: this.#waiting };
  }
}
