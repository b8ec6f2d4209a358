/** So many bytes of rotated files are read before the log itself: some seconds of reading. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** And for so long (ms). */
const MAX_TIME = 30_000;

/** How long rotated files with unread lines keep their log waiting. What is longer is read beside the log. */
export class BacklogLimit {
  /** null: nothing keeps the log waiting. */
  #waiting: { readonly since: number; bytes: number; isReported: boolean } | null = null;
  readonly #onReached: (at: string) => void;

  /** `onReached` is called once for each backlog, with the path of the file that is being read. */
  constructor(onReached: (at: string) => void) {
    this.#onReached = onReached;
  }

  /** All rotated files have been read. */
  clear(): void {
    this.#waiting = null;
  }

  /** So many bytes more were read of the file `at`, at `now` (ms); whether the log must wait for the rest. */
  mustWait(at: string, bytes: number, now: number): boolean {
    this.#waiting ??= { since: now, bytes: 0, isReported: false };
    const waiting = this.#waiting;
    waiting.bytes += bytes;
    if (waiting.bytes < MAX_BYTES && now - waiting.since < MAX_TIME) return true;
    if (!waiting.isReported) this.#onReached(at);
    waiting.isReported = true;
    return false;
  }
}
