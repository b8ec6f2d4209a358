import { Choice } from './choice-stack.js';
import type { Machine } from './machine.js';
import type { MemoTable } from './memo-table.js';
import { RUN } from './program.js';

/** Continues at `next`, unless its result is memoised. */
export function passMemo(machine: Machine, memo: number, next: number): boolean {
  const memos = machine.memoTable();
  if (!memos) return machine.goOn(next);
  const point = pointOf(machine, memos, memo);
  if (memos.hasFailed(point)) return false;
  if (leaveAsMemoised(machine, memos, memo, point)) return true;
  machine.choices.push(Choice.memoFailed, point, memo, 0);
  return machine.goOn(next);
}

/** The cost of a look-up in a large table. */
const STEPS_A_LOOKUP = 3;

/** The key of a memo: its number, the state of the iterations around it, and the offset. */
export function pointOf(machine: Machine, memos: MemoTable, memo: number): number {
  if (memos.isLarge) machine.spend(STEPS_A_LOOKUP);
  const { turns } = machine.memoAt(memo);
  let number = memo;
  for (let i = 0; i < turns.length; i++) if (machine.reg(turns[i] as number) === machine.at) number += 1 << i;
  return memos.point(number, machine.at);
}

/** Leaves the lookaround or atomic group around the memo as before, if a success from this key is memoised. */
export function leaveAsMemoised(machine: Machine, memos: MemoTable, memo: number, point: number): boolean {
  const end = memos.endOf(point);
  if (end < 0) return false;
  machine.at = end;
  return machine.goOn(machine.memoAt(memo).exit);
}

/** Memoises the end of a lookaround or atomic group for a dropped memo entry. */
export function noteEnd(machine: Machine, kind: number, point: number, where: number): void {
  if (kind !== Choice.memoFailed && kind !== Choice.runFailed) return;
  const memo = machine.memoAt(kind === Choice.memoFailed ? where : machine.operand(where + RUN.memo));
  if (memo.exit >= 0) machine.memos?.succeed(point, machine.at);
}
