import { instructionsOf } from '../analyse/steady-size.js';
import { type Node, type Repeat, widthOf } from '../parse/ast.js';
import type { Compilation } from './compilation.js';
import { NO_END, Op } from './program.js';

/**
 * Writes a repeat of more than single characters. An iteration that consumed nothing is the last (perlre, "Repeated
 * Patterns Matching a Zero-length Substring").
 */
export function compileLoop(compilation: Compilation, node: Repeat): void {
  if (compilation.refersIn(node.body)) compilation.withoutMemo(() => writeLoop(compilation, node));
  else writeLoop(compilation, node);
}

function writeLoop(compilation: Compilation, node: Repeat): void {
  const { min, max } = node;
  if (max === Number.POSITIVE_INFINITY && min === 0)
    writeStar(compilation, node, startRegister(compilation, node), null);
  else if (max === Number.POSITIVE_INFINITY && min === 1) writePlus(compilation, node);
  else if (!compilation.unroll(instructionsOf(node), () => writeTurns(compilation, node)))
    writeCounted(compilation, node);
}

/** Any number of iterations; `before`: the operand of a jump that leaves the loop before it begins. */
function writeStar(
  compilation: Compilation,
  node: Repeat,
  start: number | null,
  before: number | null,
): void {
  const { out } = compilation;
  const head = out.here;
  compilation.memoise();
  const on = compilation.splitAround(node.lazy);
  const exit = writeTurn(compilation, node.body, start);
  out.emit(Op.jump, head);
  for (const operand of [on, exit, before]) if (operand !== null) out.patch(operand);
}

function writePlus(compilation: Compilation, node: Repeat): void {
  const { out } = compilation;
  const top = out.here;
  const exit = writeTurn(compilation, node.body, startRegister(compilation, node));
  compilation.memoise();
  if (node.lazy) out.emit(Op.split, top);
  else {
    const on = out.emit(Op.split, 0);
    out.emit(Op.jump, top);
    out.patch(on);
  }
  if (exit !== null) out.patch(exit);
}

/** `{n,m}`, unrolled: each iteration has memo points of its own. */
function writeTurns(compilation: Compilation, node: Repeat): void {
  const { out } = compilation;
  const { body, min, max, lazy } = node;
  const start = startRegister(compilation, node);
  for (let turn = 1; turn <= min; turn++) {
    if (turn > 1) compilation.memoise();
    writeBody(compilation, body, turn === min && max > min ? start : null);
  }
  const exits: number[] = [];
  if (min > 0 && max > min && start !== null) exits.push(out.emit(Op.ifEmpty, start, 0) + 1);
  if (max === Number.POSITIVE_INFINITY) {
    writeStar(compilation, node, start, exits[0] ?? null);
    return;
  }
  for (let turn = min + 1; turn <= max; turn++) {
    if (turn > min + 1 && start !== null) exits.push(out.emit(Op.ifEmpty, start, 0) + 1);
    compilation.memoise();
    exits.push(compilation.splitAround(lazy));
    writeBody(compilation, body, start);
  }
  for (const exit of exits) out.patch(exit);
  compilation.memoise();
}

/** A loop that counts its iterations in a register. */
function writeCounted(compilation: Compilation, { body, min, max, lazy }: Repeat): void {
  const { out } = compilation;
  const reg = out.registers(2);
  const most = max === Number.POSITIVE_INFINITY ? NO_END : max;
  out.emit(Op.loopStart, reg);
  const top = out.here;
  const exit = out.emit(Op.loop, reg, min, most, lazy ? 1 : 0, 0) + 4;
  out.emit(Op.turn, reg);
  compilation.withoutMemo(() => compilation.write(body, null));
  out.emit(Op.jump, top);
  out.patch(exit);
}

/** The register for the start of an iteration, if one may consume nothing. */
function startRegister({ out }: Compilation, { body }: Repeat): number | null {
  return widthOf(body).min === 0 ? out.registers(1) : null;
}

/** One iteration; returns the operand of the jump that leaves the loop if it consumed nothing. */
function writeTurn(compilation: Compilation, body: Node, start: number | null): number | null {
  writeBody(compilation, body, start);
  return start === null ? null : compilation.out.emit(Op.ifEmpty, start, 0) + 1;
}

function writeBody(compilation: Compilation, body: Node, start: number | null): void {
  if (start === null) compilation.write(body, null);
  else compilation.withTurnStart(start, () => compilation.write(body, null));
}
