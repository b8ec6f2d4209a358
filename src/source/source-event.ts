/** What an administrator may want to know of the sources. Each is told once per change of state. */
export type SourceEvent =
  /** Followed from `offset`; `resumed`: where the last run stopped. */
  | { readonly kind: 'opened'; readonly path: string; readonly offset: number; readonly resumed: boolean }
  /** Not there; it is taken up when it appears (unless `skipped`: `set tail_missing off`). */
  | { readonly kind: 'missing'; readonly path: string; readonly skipped: boolean }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  /** Renamed away; the new file is read from its beginning, the old one to its end. */
  | { readonly kind: 'rotated'; readonly path: string }
  /** Shorter than it was, or begun anew: read from its beginning. */
  | { readonly kind: 'truncated'; readonly path: string }
  /** The file that was being read is gone, and with it what had not been read: `bytes` is null when unknown. */
  | { readonly kind: 'lost'; readonly path: string; readonly bytes: number | null }
  | { readonly kind: 'line-cut'; readonly path: string; readonly bytes: number }
  /** The same file under a second path: read once. */
  | { readonly kind: 'same-file'; readonly path: string; readonly as: string }
  | { readonly kind: 'unwatchable'; readonly folder: string; readonly reason: string };
