import { type Atomic, type Conditional, type Lookaround, type Node, widthOf } from '../parse/ast.js';
import type { Compilation } from './compilation.js';
import { compileRun, runOf } from './compile-run.js';
import { Op } from './program.js';

export function compileAtomic(compilation: Compilation, { body }: Atomic): void {
  const run = body.kind === 'repeat' && !body.lazy && body.max > 0 ? runOf(body.body) : null;
  if (run && body.kind === 'repeat') {
    compileRun(compilation, body, run, 'possessive', null);
    return;
  }
  const { out } = compilation;
  const reg = out.registers(1);
  out.emit(Op.saveHeight, reg);
  compilation.body(
    body,
    () => compilation.write(body, null),
    () => out.emit(Op.commit, reg),
  );
}

export function compileLookaround(compilation: Compilation, look: Lookaround): void {
  const { out } = compilation;
  if (look.negative) {
    const reg = out.registers(1);
    out.emit(Op.saveHeight, reg);
    const other = out.emit(Op.split, 0);
    writeLook(compilation, look, Op.notLookEnd, reg);
    out.patch(other);
    return;
  }
  const reg = out.registers(2);
  out.emit(Op.saveHeight, reg);
  out.emit(Op.save, reg + 1);
  writeLook(compilation, look, Op.lookEnd, reg);
}

/** When the condition has matched, `lookEnd` also removes the choice point of the other branch. */
export function compileLookConditional(
  compilation: Compilation,
  look: Lookaround,
  { yes, no }: Conditional,
  next: Node | null,
): void {
  const { out } = compilation;
  const reg = out.registers(2);
  out.emit(Op.saveHeight, reg);
  out.emit(Op.save, reg + 1);
  const other = out.emit(Op.split, 0);
  writeLook(compilation, look, Op.lookEnd, reg);
  if (look.negative) compileBranches(compilation, other, [no, yes], next);
  else compileBranches(compilation, other, [yes, no], next);
}

/** `other`: the operand to patch with the address of the second branch. */
export function compileBranches(
  compilation: Compilation,
  other: number,
  [first, second]: readonly [Node, Node],
  next: Node | null,
): void {
  const { out } = compilation;
  compilation.write(first, next);
  const exit = out.emit(Op.jump, 0);
  out.patch(other);
  compilation.write(second, next);
  out.patch(exit);
  compilation.memoise();
}

function writeLook(compilation: Compilation, look: Lookaround, op: number, reg: number): void {
  const { toward, body } = look;
  const write = () => (toward === 'ahead' ? compilation.write(body, null) : writeBehind(compilation, look));
  compilation.body(body, write, () => compilation.out.emit(op, reg));
}

/** A lookbehind must end where it began, which depends on more than the offset: it is not memoised. */
function writeBehind(compilation: Compilation, { body, reach }: Lookaround): void {
  const { out } = compilation;
  const reg = out.registers(1);
  const { min, max } = reach ?? widthOf(body);
  out.emit(Op.save, reg);
  out.emit(Op.behind, reg, min, max);
  compilation.withoutMemo(() => compilation.write(body, null));
  out.emit(Op.behindEnd, reg);
}
