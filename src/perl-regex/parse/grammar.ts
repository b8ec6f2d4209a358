import type { Node } from './ast.js';
import type { Cursor } from './cursor.js';
import type { GroupTable } from './group-table.js';

/** No rule written by hand nests deeper; Perl itself stops at 1,000. Keeps the parser's own stack shallow. */
const MAX_GROUP_DEPTH = 200;

/** What the parts of the parser share: the regex being read, its groups, and how to read what a group holds. */
export class Grammar {
  /** How many lookarounds are open here. */
  looking = 0;
  #depth = 0;

  constructor(
    readonly cursor: Cursor,
    readonly groups: GroupTable,
    /** Reads branches up to a `)` or the end; `beforeBranch` is called before each. */
    readonly readChoice: (beforeBranch?: () => void) => Node,
    /** Reads one branch. */
    readonly readSequence: () => Node,
    /** Takes comments, and blanks under `(?x)`. */
    readonly skipIgnored: () => void,
  ) {}

  /** The rest of a group to its `)`. Modifiers that change inside are put back. */
  readBody(offset: number, beforeBranch?: () => void): Node {
    const outer = this.cursor.modifiers;
    const body = this.nested(offset, () => this.readChoice(beforeBranch));
    this.cursor.modifiers = outer;
    return body;
  }

  /** Reads what stands in a group that was opened at `offset`, and takes its `)`. */
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
