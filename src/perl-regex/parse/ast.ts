import type { CharSet } from './char-set.js';

/** The syntax tree of a regex, without source positions: equal parts may share one node. */
export type Char = { readonly kind: 'char'; readonly code: number };
export type OneOf = { readonly kind: 'set'; readonly set: CharSet };
export type Sequence = { readonly kind: 'sequence'; readonly items: readonly Node[] };
export type Choice = { readonly kind: 'choice'; readonly branches: readonly Node[] };
export type Capture = {
  readonly kind: 'capture';
  /** Perl's group number, from 1. In `(?|...)` several captures share one. */
  readonly group: number;
  readonly name: string | null;
  readonly body: Node;
};
export type Repeat = {
  readonly kind: 'repeat';
  readonly min: number;
  /** Infinity if unbounded. Never below `min`: Perl's `a{3,1}` is parsed to `fail`. */
  readonly max: number;
  readonly lazy: boolean;
  readonly body: Node;
};
/** `(?>...)`, and the meaning of possessive quantifiers. */
export type Atomic = { readonly kind: 'atomic'; readonly body: Node };
export type Lookaround = {
  readonly kind: 'look';
  readonly toward: 'ahead' | 'behind';
  readonly negative: boolean;
  readonly body: Node;
  /** The width of a lookbehind, in characters. */
  readonly reach?: Width;
};
/**
 * A zero-width assertion. `text-start`: `^`, `\A`, `\G`. `text-end`: `\z`. `end`: `$`, `\Z`: the end or before a
 * newline that is the last character. `line-start`, `line-end`: `^` and `$` under `(?m)`.
 */
export type Assertion = {
  readonly kind: 'place';
  readonly place: 'text-start' | 'text-end' | 'end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary';
};
/** `\K`: the text matched so far is not part of the match. */
export type Keep = { readonly kind: 'keep' };
/** `\1`, `\k<name>`: the first of these groups that took part. */
export type Backreference = {
  readonly kind: 'backreference';
  readonly groups: readonly number[];
  readonly ignoreCase: boolean;
};
/** `(?1)`, `(?&name)`; group 0 is the whole regex. */
export type Recursion = { readonly kind: 'recursion'; readonly group: number };
export type Test =
  | { readonly kind: 'groups'; readonly groups: readonly number[] }
  /** Whether a recursion is active, into one of these groups, or into any (null). */
  | { readonly kind: 'recursing'; readonly groups: readonly number[] | null }
  | { readonly kind: 'look'; readonly look: Lookaround }
  /** `(?(DEFINE)...)`: never true; only reached by recursion. */
  | { readonly kind: 'define' };
export type Conditional = {
  readonly kind: 'conditional';
  readonly test: Test;
  readonly yes: Node;
  readonly no: Node;
};
/** `(*FAIL)`. */
export type Fail = { readonly kind: 'fail' };

export type Node =
  | Char
  | OneOf
  | Sequence
  | Choice
  | Capture
  | Repeat
  | Atomic
  | Lookaround
  | Assertion
  | Keep
  | Backreference
  | Recursion
  | Conditional
  | Fail;

/** A whole Perl regex. Modifiers are resolved in the nodes. */
export interface Regex {
  readonly root: Node;
  /** One item for each group: `enclosing[i]` is the index (from 0) of the group around group i + 1. */
  readonly enclosing: readonly (number | null)[];
}

/** The children of a node, in order. */
export function parts(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.branches;
    case 'capture':
    case 'repeat':
    case 'atomic':
    case 'look':
      return [node.body];
    case 'conditional':
      return node.test.kind === 'look' ? [node.test.look, node.yes, node.no] : [node.yes, node.no];
    default:
      return NO_PARTS;
  }
}

const NO_PARTS: readonly Node[] = [];

/** Whether `is` holds for a node or one inside it. */
export function some(node: Node, is: (node: Node) => boolean): boolean {
  return is(node) || parts(node).some((part) => some(part, is));
}

/** The kinds of a node and all nodes inside it. */
export function kindsIn(node: Node, kinds: Set<Node['kind']> = new Set()): ReadonlySet<Node['kind']> {
  kinds.add(node.kind);
  for (const part of parts(node)) kindsIn(part, kinds);
  return kinds;
}

export function hasCapture(node: Node): boolean {
  return some(node, ({ kind }) => kind === 'capture');
}

/** The minimal and maximal number of characters that a node can match. */
export interface Width {
  readonly min: number;
  readonly max: number;
}

const NO_WIDTH: Width = { min: 0, max: 0 };
const ONE: Width = { min: 1, max: 1 };
const ANY_WIDTH: Width = { min: 0, max: Number.POSITIVE_INFINITY };

/** `ofGroup`: the width of a recursion into a group; left out: any width. */
export function widthOf(node: Node, ofGroup: (group: number) => Width = () => ANY_WIDTH): Width {
  switch (node.kind) {
    case 'char':
    case 'set':
      return ONE;
    case 'sequence':
      return node.items.map((item) => widthOf(item, ofGroup)).reduce(add, NO_WIDTH);
    case 'choice':
      return node.branches.map((branch) => widthOf(branch, ofGroup)).reduce(either);
    case 'capture':
    case 'atomic':
      return widthOf(node.body, ofGroup);
    case 'repeat': {
      const { min, max } = widthOf(node.body, ofGroup);
      return { min: min * node.min, max: max === 0 ? 0 : max * node.max };
    }
    case 'conditional':
      if (node.test.kind === 'define') return NO_WIDTH;
      return either(widthOf(node.yes, ofGroup), widthOf(node.no, ofGroup));
    case 'recursion':
      return ofGroup(node.group);
    case 'backreference':
      return ANY_WIDTH;
    case 'look':
    case 'place':
    case 'keep':
    case 'fail':
      return NO_WIDTH;
  }
}

const add = (a: Width, b: Width): Width => ({ min: a.min + b.min, max: a.max + b.max });
const either = (a: Width, b: Width): Width => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/**
 * Whether a repeated group, such as `(a)?` or `(ab)*`, is unset if it has no iteration. In Perl this is so if the group is
 * all that is repeated, holds no other group and has a fixed width (CURLYM in its source); any other group keeps its value.
 */
export function forgets(node: Repeat): node is Repeat & { readonly body: Capture } {
  if (node.body.kind !== 'capture' || hasCapture(node.body.body)) return false;
  const { min, max } = widthOf(node.body.body);
  return min === max && min > 0;
}
