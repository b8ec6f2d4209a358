import type { Pattern } from '../pattern.js';

/** One pattern of a set, or a group of them; members are numbered from 0 in the order in which they are tried. */
export interface SetMember {
  /** A winner is what is looked for. A group is never found itself: it says whether its members are tried. */
  readonly kind: 'winner' | 'group';
  /** Null when it does not match the text of the view but something else; it is always asked then. */
  readonly pattern: Pattern | null;
  /** The number of the group around it, which comes before it and has to match as well; -1 without one. */
  readonly parent: number;
}

/** No group is around a member. */
export const NO_PARENT = -1;
