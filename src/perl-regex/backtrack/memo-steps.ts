import { Choice } from './choice-stack.js';
import type { Machine } from './machine.js';
import type { MemoTable } from './memo-table.js';
import { RUN } from './program.js';

/** Goes on at `next` unless it is known what comes of it. */
export function passMemo(machine: Machine, memo: number, next: number): boolean {
  const memory = machine.learned();
  if (!memory) return machine.goOn(next);
  const point = pointOf(machine, memory, memo);
  if (memory.hasFailed(point)) return false;
  if (leaveAsBefore(machine, memory, memo, point)) return true;
  machine.choices.push(Choice.failed, point, memo, 0);
  return machine.goOn(next);
}

/** What it takes to look something up in a large table. */
const STEPS_A_LOOKUP = 3;

/** Where the match is, and how the turns around the memo stand, as one number to be looked up. */
export function pointOf(machine: Machine, memory: MemoTable, memo: number): number {
  if (memory.isLarge) machine.spend(STEPS_A_LOOKUP);
  const { turns } = machine.memoAt(memo);
  let number = memo;
  for (let i = 0; i < turns.length; i++) if (machine.reg(turns[i] as number) === machine.at) number += 1 << i;
  return memory.point(number, machine.at);
}

/** Leaves the lookaround or atomic group around the memo where it was left before from the same point, if it was. */
export function leaveAsBefore(machine: Machine, memory: MemoTable, memo: number, point: number): boolean {
  const end = memory.endOf(point);
  if (end < 0) return false;
  machine.at = end;
  return machine.goOn(machine.memoAt(memo).exit);
}

/** An entry of a group that ends here: what began there has come to this end. */
export function noteEnd(machine: Machine, kind: number, point: number, where: number): void {
  if (kind !== Choice.failed && kind !== Choice.runFailed) return;
  const memo = machine.memoAt(kind === Choice.failed ? where : machine.operand(where + RUN.memo));
  if (memo.exit >= 0) machine.memory?.succeed(point, machine.at);
}
