import type { FileStatus, PathStatus } from './open-log.js';

/** The log that is read under a path, as it was when it was last known to be the same. */
export interface FollowedLog {
  /** Device and inode, as `idOf` writes them. */
  readonly identity: string;
  /** `FileStatus.stamp` of that moment; null: something has changed since. */
  readonly stamp: string | null;
  /** Reading found another file in its place. */
  readonly isSuspect: boolean;
}

/** What has become of a path since the last poll. */
export type PathChange =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** The same file, with the same size and times. */
  | { readonly kind: 'unchanged'; readonly file: FileStatus }
  /** The same file with other size or times: it has grown, or was truncated or rewritten. Its content tells which. */
  | { readonly kind: 'changed'; readonly file: FileStatus }
  /** Another file, or the first one: what it is beside the log that was read must be found out. */
  | { readonly kind: 'other'; readonly file: FileStatus };

/**
 * Compares a path with the log that is read under it; null: none is read, or it is not known yet whether it is that.
 */
export function pathChange(seen: PathStatus, log: FollowedLog | null): PathChange {
  if (seen.kind !== 'file') return seen;
  if (!log || log.identity !== seen.identity) return { kind: 'other', file: seen };
  const isUnchanged = seen.stamp === log.stamp && !log.isSuspect;
  return { kind: isUnchanged ? 'unchanged' : 'changed', file: seen };
}
