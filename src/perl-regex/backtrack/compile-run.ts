import { beginning } from '../analyse/beginning.js';
import type { Node, Repeat } from '../parse/ast.js';
import { type CharSet, disjoint, isUnit } from '../parse/char-set.js';
import type { Compilation } from './compilation.js';
import { NEXT_REFERENCE, NEXT_UNKNOWN, NO_END, Op } from './program.js';

/** Runs with this many lengths get a run table. */
const WIDE = 8;

type How = 'greedy' | 'lazy' | 'possessive';

const OPS: Readonly<Record<How, number>> = {
  greedy: Op.greedyRun,
  lazy: Op.lazyRun,
  possessive: Op.possessiveRun,
};

/** The set of a node that matches one character, so that a repeat of it is a run; else null. */
export function runOf(body: Node): CharSet | null {
  if (body.kind === 'set') return body.set;
  return body.kind === 'char' ? [[body.code, body.code]] : null;
}

/** Writes a run of one set; `next`: the node that must follow, if known. */
export function compileRun(
  compilation: Compilation,
  { min, max }: Repeat,
  set: CharSet,
  how: How,
  next: Node | null,
): void {
  const { out } = compilation;
  const alone = how === 'possessive' || min === max || endsItself(set, next);
  const memo = alone ? -1 : compilation.memo();
  const run = max - min < WIDE ? -1 : out.run();
  const op = OPS[alone ? 'possessive' : how];
  const most = max === Number.POSITIVE_INFINITY ? NO_END : max;
  out.emit(op, out.set(set), min, most, run, memo, operandOf(compilation, next));
}

/** Whether `next` cannot begin with the set: then giving characters back never helps. */
function endsItself(set: CharSet, next: Node | null): boolean {
  if (!next) return false;
  const follows = beginning(next);
  return !follows.empty && disjoint(set, follows.set);
}

/** The operand for what must follow a run. */
function operandOf({ out }: Compilation, next: Node | null): number {
  if (next?.kind === 'backreference' && !next.ignoreCase) return NEXT_REFERENCE - out.reference(next.groups);
  return firstUnit(next);
}

/** The UTF-16 unit that a node must begin with, or `NEXT_UNKNOWN`. */
function firstUnit(node: Node | null): number {
  switch (node?.kind) {
    case 'char':
      return isUnit(node.code) ? node.code : NEXT_UNKNOWN;
    case 'sequence':
      return firstUnit(node.items[0] ?? null);
    case 'capture':
    case 'atomic':
      return firstUnit(node.body);
    case 'repeat':
      return node.min > 0 ? firstUnit(node.body) : NEXT_UNKNOWN;
    default:
      return NEXT_UNKNOWN;
  }
}
