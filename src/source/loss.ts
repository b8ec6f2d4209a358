/**
 * Lines of a log that may never have been read. `emptied`: the log was truncated or rewritten in place, and no copy was
 * found. `replaced`: another file has its path, and the former file was not found. `deleted`: the log is gone, and not
 * found under another name. `unreadable`: a rotated file cannot be read.
 * `vacuumed`: a journal deleted entries before they were read.
 */
export interface Loss {
  readonly kind: 'emptied' | 'replaced' | 'deleted' | 'unreadable' | 'vacuumed';
  /** The path of the log. */
  readonly path: string;
  /** How far it had been read (bytes), where that is known. */
  readonly read?: number;
}
