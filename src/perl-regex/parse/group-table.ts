import type { Node } from './ast.js';
import type { Cursor } from './cursor.js';

/** The capture groups of a regex in the order of parsing, and checks that need all of them. */
export class GroupTable {
  /** By index of a group: the index of the group around it, or null. */
  readonly enclosing: (number | null)[] = [];
  readonly #names = new Map<string, number[]>();
  /** If several groups share a number, the first: a recursion enters that one. */
  readonly #bodies = new Map<number, Node>();
  readonly #checks: (() => void)[] = [];
  readonly #cursor: Cursor;
  #opened = 0;
  #inside: number | null = null;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** How many groups were opened so far; in `(?|...)` each branch begins with the same number. */
  get opened(): number {
    return this.#opened;
  }

  /** Opens a group, reads its body and closes it; returns its number. */
  capture(name: string | null, readBody: () => Node): { readonly group: number; readonly body: Node } {
    const group = ++this.#opened;
    if (group > this.enclosing.length) this.enclosing.push(this.#inside);
    if (name !== null) this.#names.set(name, [...(this.#names.get(name) ?? []), group]);
    const outer = this.#inside;
    this.#inside = group - 1;
    const body = readBody();
    this.#inside = outer;
    if (!this.#bodies.has(group)) this.#bodies.set(group, body);
    return { group, body };
  }

  /** The body of a group; undefined for group 0 (the whole regex) and for groups that do not exist. */
  bodyOf(group: number): Node | undefined {
    return this.#bodies.get(group);
  }

  /** Reads the branches of `(?|...)`, which all number their groups from the same start. */
  resetEachBranch<T>(readBranches: (beforeBranch: () => void) => T): T {
    const first = this.#opened;
    let last = first;
    const branches = readBranches(() => {
      last = Math.max(last, this.#opened);
      this.#opened = first;
    });
    this.#opened = Math.max(last, this.#opened);
    return branches;
  }

  /** Adds a check to run after the whole regex is parsed; in the order of the regex. */
  afterwards(check: () => void): void {
    this.#checks.push(check);
  }

  checkAll(): void {
    for (const check of this.#checks) check();
  }

  /** Rejects a number that no group has, after all groups are known. */
  mustExist(number: number, offset: number): void {
    this.afterwards(() => this.#check(number, offset));
  }

  /** The groups of a name, filled in after all groups are known. */
  named(name: string, offset: number): readonly number[] {
    const groups: number[] = [];
    this.afterwards(() => groups.push(...this.groupsNamed(name, offset)));
    return groups;
  }

  groupsNamed(name: string, offset: number): readonly number[] {
    const groups = this.#names.get(name);
    if (groups) return groups;
    const known = [...this.#names.keys()];
    return this.#cursor.refuse(
      offset,
      `a reference to the unknown group "${name}"`,
      known.length === 0 ? `name a group: (?<${name}>...)` : `write one of ${known.join(', ')}`,
    );
  }

  #check(number: number, offset: number): void {
    const count = this.enclosing.length;
    if (number >= 1 && number <= count) return;
    const there =
      count === 0 ? 'there is no group here' : `there ${count === 1 ? 'is 1 group' : `are ${count} groups`}`;
    this.#cursor.refuse(
      offset,
      'a reference to a group that does not exist',
      `${there}; write a number in brackets, [1], if the character is meant`,
    );
  }
}
