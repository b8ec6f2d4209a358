/**
 * Lines of a log that may never have been read. `emptied`: it was emptied or written anew in its place, and no copy was
 * found. `replaced`: another file lies there, and what lay there before was not found. `deleted`: it was not there, and
 * nothing of it was found. `unreadable`: what was rotated away cannot be read. `vacuumed`: a
 * journal threw entries away before they were read.
 */
export interface Loss {
  readonly kind: 'emptied' | 'replaced' | 'deleted' | 'unreadable' | 'vacuumed';
  /** The path of the log. */
  readonly path: string;
}
