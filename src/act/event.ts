/** An event of the programs of `set exec`. */
export type ActEvent =
  /** The program of the queue failed, which the one before it did not; all failures are lines of tayori. */
  | { readonly kind: 'run-failed'; readonly queue: string; readonly command: string; readonly reason: string }
  /** So many programs were under way when the last tayori ended. */
  | { readonly kind: 'runs-interrupted'; readonly runs: number; readonly again: boolean };
