import type { Node } from './ast.js';
import type { Cursor } from './cursor.js';
import type { GroupTable } from './group-table.js';

/** Limits the recursion of the parser. No rule written by hand nests deeper; Perl itself stops at 1,000. */
const MAX_GROUP_DEPTH = 200;

/** The shared state of the parser: cursor, groups, and functions to read the body of a group. */
export class Grammar {
  /** How many lookarounds are open. */
  looking = 0;
  #depth = 0;

  constructor(
    readonly cursor: Cursor,
    readonly groups: GroupTable,
    /** Reads branches up to a `)` or the end; calls `beforeBranch` before each. */
    readonly readChoice: (beforeBranch?: () => void) => Node,
    /** Reads one branch. */
    readonly readSequence: () => Node,
    /** Skips comments, and blanks under `(?x)`. */
    readonly skipIgnored: () => void,
  ) {}

  /** Reads the rest of a group to its `)`. Restores modifiers that change inside. */
  readBody(offset: number, beforeBranch?: () => void): Node {
    const outer = this.cursor.modifiers;
    const body = this.nested(offset, () => this.readChoice(beforeBranch));
    this.cursor.modifiers = outer;
    return body;
  }

  /** Reads the content of a group that was opened at `offset`, and its `)`. */
  nested<T>(offset: number, read: () => T): T {
    if (++this.#depth > MAX_GROUP_DEPTH)
      this.cursor.refuse(offset, `groups nested more than ${MAX_GROUP_DEPTH} deep`, 'nest fewer groups');
    const value = read();
    this.#depth--;
    if (!this.cursor.skip(')'))
      this.cursor.refuse(
        offset,
        'a "(" that is never closed',
        'close it with ), or write \\( for a parenthesis',
      );
    return value;
  }
}
