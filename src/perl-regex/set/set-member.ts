import type { Pattern } from '../pattern.js';

/** A pattern of a set, or a group of them; members are numbered from 0, in the order of trying. */
export interface SetMember {
  /** `find` returns winners. A group is never returned: it decides whether its members are tried. */
  readonly kind: 'winner' | 'group';
  /** Null if it does not match the text of the view but something else; then it is always asked. */
  readonly pattern: Pattern | null;
  /** The number of the group around it, which comes before it and has to match as well; -1 without one. */
  readonly parent: number;
}

/** No group is around a member. */
export const NO_PARENT = -1;
