import { anchorOf, beginning } from '../analyse/beginning.js';
import {
  type Assertion,
  type Conditional,
  forgets,
  type Node,
  type Regex,
  type Repeat,
} from '../parse/ast.js';
import { isUnit } from '../parse/char-set.js';
import { fastSet } from './assembler.js';
import { Compilation, type Groups } from './compilation.js';
import { compileAtomic, compileBranches, compileLookaround, compileLookConditional } from './compile-look.js';
import { compileLoop } from './compile-loop.js';
import { compileRun, runOf } from './compile-run.js';
import { AssertionCode, type FastSet, Op, type Program } from './program.js';

/** Turns a regex into instructions for the backtracking matcher. */
export function compileProgram(regex: Regex, groups: Groups): Program {
  const compilation = new Compilation(regex, groups, writeNode);
  compilation.write(regex.root, null);
  compilation.out.emit(Op.match);
  return {
    ...compilation.out.finish(),
    groupCount: regex.enclosing.length,
    anchor: anchorOf(regex.root),
    first: firstOf(regex.root),
  };
}

const ASSERTIONS: Readonly<Record<Assertion['place'], number>> = {
  'text-start': AssertionCode.textStart,
  'text-end': AssertionCode.textEnd,
  end: AssertionCode.end,
  'line-start': AssertionCode.lineStart,
  'line-end': AssertionCode.lineEnd,
  boundary: AssertionCode.boundary,
  'no-boundary': AssertionCode.noBoundary,
};

function writeNode(compilation: Compilation, node: Node, next: Node | null): void {
  const { out } = compilation;
  switch (node.kind) {
    case 'char':
      if (isUnit(node.code)) out.emit(Op.unit, node.code);
      else out.emit(Op.set, out.set([[node.code, node.code]]));
      return;
    case 'set':
      out.emit(Op.set, out.set(node.set));
      return;
    case 'sequence':
      writeSequence(compilation, node.items, next);
      return;
    case 'choice':
      writeChoice(compilation, node.branches, next);
      return;
    case 'capture':
      writeCapture(compilation, node.group, node.body, next);
      return;
    case 'repeat':
      writeRepeat(compilation, node, next);
      return;
    case 'atomic':
      compileAtomic(compilation, node);
      return;
    case 'look':
      compileLookaround(compilation, node);
      return;
    case 'place':
      out.emit(Op.assert, ASSERTIONS[node.place]);
      return;
    case 'keep':
      out.emit(Op.save, 0);
      return;
    case 'backreference':
      out.emit(Op.backreference, out.reference(node.groups, node.ignoreCase));
      return;
    case 'recursion':
      out.call(out.emit(Op.call, 0, node.group), node.group);
      return;
    case 'conditional':
      writeConditional(compilation, node, next);
      return;
    case 'fail':
      out.emit(Op.fail);
  }
}

/** Items before a reference to a group are not memoised: their result also depends on the group. */
function writeSequence(compilation: Compilation, items: readonly Node[], next: Node | null): void {
  const outer = compilation.isMemoisable;
  const lastReference = items.findLastIndex((item) => compilation.refersIn(item));
  for (const [i, item] of items.entries()) {
    compilation.isMemoisable = outer && i >= lastReference;
    compilation.write(item, items[i + 1] ?? next);
  }
  compilation.isMemoisable = outer;
}

function writeChoice(compilation: Compilation, branches: readonly Node[], next: Node | null): void {
  const { out } = compilation;
  if (branches.length >= MANY_BRANCHES) {
    writeManyBranches(compilation, branches, next);
    return;
  }
  const exits: number[] = [];
  for (const [i, branch] of branches.entries()) {
    const other = i < branches.length - 1 ? out.emit(Op.split, 0) : null;
    compilation.write(branch, next);
    if (other === null) continue;
    exits.push(out.emit(Op.jump, 0));
    out.patch(other);
  }
  for (const exit of exits) out.patch(exit);
  compilation.memoise();
}

/** With this many branches, the next character selects those to try. */
const MANY_BRANCHES = 4;

function writeManyBranches(compilation: Compilation, branches: readonly Node[], next: Node | null): void {
  const { out } = compilation;
  const entries: number[] = [];
  out.emit(Op.choose, out.choice({ firsts: branches.map(firstOf), entries }));
  const exits = branches.map((branch) => {
    entries.push(out.here);
    compilation.write(branch, next);
    return out.emit(Op.jump, 0);
  });
  for (const exit of exits) out.patch(exit);
  compilation.memoise();
}

/** The first characters of a node, if it cannot be empty. */
function firstOf(node: Node): FastSet | null {
  const { set, empty } = beginning(node);
  return empty ? null : fastSet(set);
}

function writeCapture(compilation: Compilation, group: number, body: Node, next: Node | null): void {
  const { out, recurses } = compilation;
  if (!compilation.isKept(group)) {
    compilation.write(body, next);
    return;
  }
  out.enter(group);
  // The start is saved separately until the group is closed: until then a backreference sees the value before.
  const start = out.registers(1);
  out.emit(Op.save, start);
  // After a recursion into the group something else follows, and a backreference may refer to this very group.
  compilation.write(body, recurses || next?.kind === 'backreference' ? null : next);
  out.emit(Op.groupEnd, group, start);
}

function writeRepeat(compilation: Compilation, node: Repeat, next: Node | null): void {
  if (node.max === 0) {
    compilation.writeDefinition(node.body);
    return;
  }
  if (forgets(node) && compilation.isKept(node.body.group))
    compilation.out.emit(Op.unsetGroup, 2 * node.body.group);
  const run = runOf(node.body);
  if (run) compileRun(compilation, node, run, node.lazy ? 'lazy' : 'greedy', next);
  else if (node.max === 1) writeOptional(compilation, node, next);
  else compileLoop(compilation, node);
}

function writeOptional(compilation: Compilation, { body, lazy }: Repeat, next: Node | null): void {
  const around = compilation.splitAround(lazy);
  compilation.write(body, next);
  compilation.out.patch(around);
  compilation.memoise();
}

function writeConditional(compilation: Compilation, node: Conditional, next: Node | null): void {
  const { out } = compilation;
  const { test, yes, no } = node;
  switch (test.kind) {
    case 'define':
      compilation.writeDefinition(yes);
      return;
    case 'look':
      compileLookConditional(compilation, test.look, node, next);
      return;
    case 'groups':
      compileBranches(compilation, out.emit(Op.ifGroup, out.reference(test.groups), 0) + 1, [yes, no], next);
      return;
    case 'recursing': {
      const groups = test.groups === null ? -1 : out.reference(test.groups);
      compileBranches(compilation, out.emit(Op.ifRecursing, groups, 0) + 1, [yes, no], next);
    }
  }
}
