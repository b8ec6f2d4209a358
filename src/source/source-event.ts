/** What an administrator may want to know of the sources. Each is told once per change of state. */
export type SourceEvent =
  /** Followed from `offset`; `resumed`: where the last run stopped. */
  | { readonly kind: 'opened'; readonly path: string; readonly offset: number; readonly resumed: boolean }
  /** Not there; it is taken up when it appears (unless `skipped`: `set tail_missing off`). */
  | { readonly kind: 'missing'; readonly path: string; readonly skipped: boolean }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  /** Renamed away; the new file is read from its beginning, the old one to its end. */
  | { readonly kind: 'rotated'; readonly path: string }
  /** Shorter than it was, or begun anew: read from its beginning. `copy`: where what it held before was found. */
  | { readonly kind: 'truncated'; readonly path: string; readonly copy: string | null }
  /** Written anew with the lines that it held: read on from `offset`. */
  | { readonly kind: 'rewritten'; readonly path: string; readonly offset: number }
  /** What lies behind the log (`at`) is so long that the log is read beside it from now on. */
  | { readonly kind: 'long-behind'; readonly path: string; readonly at: string }
  /** There are more logs than can be open: so many are open at once, and they are read by turns. */
  | { readonly kind: 'few-descriptors'; readonly most: number }
  /** A glob finds more files than are followed. */
  | { readonly kind: 'too-many-files'; readonly most: number }
  /** What was rotated away and not read to its end is found `at` another name, and read from `offset`. */
  | { readonly kind: 'behind'; readonly path: string; readonly at: string; readonly offset: number }
  /** The file that was being read is gone, and with it what had not been read: `bytes` is null when unknown. */
  | { readonly kind: 'lost'; readonly path: string; readonly bytes: number | null }
  | { readonly kind: 'line-cut'; readonly path: string; readonly bytes: number }
  /** The same file under a second path: read once. */
  | { readonly kind: 'same-file'; readonly path: string; readonly as: string }
  | { readonly kind: 'unwatchable'; readonly folder: string; readonly reason: string }
  | ReceiverEvent;

/** What an administrator may want to know of the sources that bring lines of themselves. */
export type ReceiverEvent =
  /** A FIFO, a listener or a Redis server is open; `again`: after trouble that was told. */
  | { readonly kind: 'inlet-open'; readonly name: string; readonly again: boolean }
  /** What stands there is no FIFO; looked at again and again. */
  | { readonly kind: 'no-fifo'; readonly path: string }
  /** The system reports an error of a listener, which goes on. */
  | { readonly kind: 'receive-failed'; readonly name: string; readonly reason: string }
  /** The kernel threw datagrams away because nobody took them in time. */
  | { readonly kind: 'dropped'; readonly name: string; readonly datagrams: number }
  /** A Redis server cannot be reached, or a list of it not be read; tried again and again. */
  | { readonly kind: 'redis-failed'; readonly name: string; readonly reason: string }
  /** A journal cannot be read; tried again and again, from where reading stopped. */
  | { readonly kind: 'journal-failed'; readonly name: string; readonly reason: string }
  /** The system shows this user no messages of others. */
  | { readonly kind: 'journal-partial'; readonly name: string }
  /** What journalctl complains of, although it goes on. */
  | { readonly kind: 'journal-said'; readonly name: string; readonly text: string }
  /**
   * The entry at which reading stopped is gone; read on from the oldest behind it that is left. `lost`: how many are
   * gone that were not read; null: that cannot be known.
   */
  | { readonly kind: 'journal-gap'; readonly name: string; readonly lost: number | null }
  /** An entry is damaged, so that journalctl ends at it: it is passed over, and so are others behind it. */
  | { readonly kind: 'journal-damaged'; readonly name: string }
  /** The journal is let go (or not taken up) because a log can be read: `journal_fallback`. */
  | { readonly kind: 'journal-idle'; readonly name: string }
  /** A program has ended, or could not be started; started again and again. */
  | { readonly kind: 'command-ended'; readonly name: string; readonly reason: string };
