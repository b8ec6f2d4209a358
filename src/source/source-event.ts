/** Events of the sources for an administrator. Each is emitted once per change of state. */
export type SourceEvent =
  /** Followed from `offset`; `resumed`: where the last run stopped. */
  | { readonly kind: 'opened'; readonly path: string; readonly offset: number; readonly resumed: boolean }
  /** Does not exist; it is followed when it appears (unless `skipped`: `set tail_missing off`). */
  | { readonly kind: 'missing'; readonly path: string; readonly skipped: boolean }
  /** `log`: the log of which it is a rotated file; left out for a log itself. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string; readonly log?: string }
  /** Renamed; the old file is read to its end, the new one from its beginning. */
  | { readonly kind: 'rotated'; readonly path: string }
  /**
   * Truncated or replaced: read from its beginning. `copy`: the path at which the old lines were found; null:
   * nowhere.
   */
  | { readonly kind: 'truncated'; readonly path: string; readonly copy: string | null }
  /** Rewritten with the lines that it held: reading continues at `offset`. */
  | { readonly kind: 'rewritten'; readonly path: string; readonly offset: number }
  /** A rotated file (`at`) is so long that the log is read at the same time from now on. */
  | { readonly kind: 'long-backlog'; readonly path: string; readonly at: string }
  /** There are more logs than can be open: `max` are open at once, and they are opened in turns. */
  | { readonly kind: 'few-descriptors'; readonly max: number }
  /** Globs match more files than are followed. */
  | { readonly kind: 'too-many-files'; readonly max: number }
  /** A file that was rotated before it was fully read was found (`at`), and is read from `offset`. */
  | { readonly kind: 'backlog'; readonly path: string; readonly at: string; readonly offset: number }
  /** The file that was being read is gone, with its unread lines: `bytes` is null when unknown. */
  | { readonly kind: 'lost'; readonly path: string; readonly bytes: number | null }
  /**
   * Somebody has changed what was written, although all of it had been read. `deleted`: the path is empty, and the file
   * is nowhere. `replaced`: another file is there, and the former one is nowhere, or lines were taken out. `what`: in words.
   */
  | {
      readonly kind: 'tampered';
      readonly path: string;
      readonly how: 'deleted' | 'replaced';
      readonly what: string;
    }
  | { readonly kind: 'line-cut'; readonly path: string; readonly bytes: number }
  /** So many entries that are joined of lines were too long: what is beyond the bound became an entry of its own. */
  | { readonly kind: 'entry-cut'; readonly path: string; readonly entries: number }
  /** The same file under a second path: read once. */
  | { readonly kind: 'same-file'; readonly path: string; readonly as: string }
  | { readonly kind: 'unwatchable'; readonly folder: string; readonly reason: string }
  | ReceiverEvent;

/** Events of the sources that push lines. */
export type ReceiverEvent =
  /** A FIFO, a listener or a Redis server is open; `again`: after trouble that was reported. */
  | { readonly kind: 'receiver-open'; readonly name: string; readonly again: boolean }
  /** The path is not a FIFO; tried again at each poll. */
  | { readonly kind: 'no-fifo'; readonly path: string }
  /** The system reports an error of a listener, which continues. */
  | { readonly kind: 'receive-failed'; readonly name: string; readonly reason: string }
  /** A sender was refused, or its connection ended for a fault; `more`: how many like it since the last report. */
  | {
      readonly kind: 'connection-trouble';
      readonly name: string;
      readonly reason: string;
      readonly more: number;
    }
  /** A client named another host than that of its certificate; `more`: how many lines since the last report. */
  | {
      readonly kind: 'foreign-host';
      readonly name: string;
      readonly host: string;
      readonly named: string;
      readonly more: number;
    }
  /** Senders of RELP went away before the answers to these messages were sure to have reached them. `of`: who, in words. */
  | { readonly kind: 'repeatable'; readonly name: string; readonly messages: number; readonly of: string }
  /** The certificate of TLS listeners cannot be read again by this user; the one that was read before stays. */
  | { readonly kind: 'certificate-kept'; readonly reason: string }
  /** The kernel dropped datagrams because the receive buffer was full. */
  | { readonly kind: 'dropped'; readonly name: string; readonly datagrams: number }
  /** A Redis server cannot be reached, or one of its lists cannot be read; tried again until it works. */
  | { readonly kind: 'redis-failed'; readonly name: string; readonly reason: string }
  /** A journal cannot be read; tried again until it works, from where reading stopped. */
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
  /** A program has ended, or could not be started; started again. */
  | { readonly kind: 'command-ended'; readonly name: string; readonly reason: string };
