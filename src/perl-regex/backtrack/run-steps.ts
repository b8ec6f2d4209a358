import { endOfRun, placeAfter, placeBefore, takeOne } from './characters.js';
import { Choice } from './choice-stack.js';
import { firstSet } from './group-steps.js';
import { CHARACTERS_A_STEP, type Machine } from './machine.js';
import { leaveAsMemoised, pointOf } from './memo-steps.js';
import type { MemoTable } from './memo-table.js';
import { NEXT_REFERENCE, NO_END, RUN } from './program.js';
import type { RunTable } from './run-table.js';

/** `indexOf` of V8 searches the newline. */
const DOTS_A_STEP = 64;

/** Takes as many characters as it can; on backtracking one less, and so on. */
export function greedyRun(machine: Machine, pc: number): boolean {
  const least = takeRun(machine, pc);
  return least >= 0 && cutShort(machine, pc, least, machine.at);
}

/** Takes as few characters as it can; on backtracking one more, and so on. */
export function lazyRun(machine: Machine, pc: number): boolean {
  return takeLeast(machine, pc) && stretch(machine, pc, optionalPart(machine, pc));
}

/** Takes as many characters as it can, with no choice point. */
export function possessiveRun(machine: Machine, pc: number): boolean {
  return takeRun(machine, pc) >= 0 && machine.goOn(pc + RUN.length);
}

/** How many characters a run may take beyond its minimum. */
function optionalPart(machine: Machine, pc: number): number {
  const max = machine.operand(pc + RUN.max);
  return max === NO_END ? NO_END : max - machine.operand(pc + RUN.min);
}

/** Takes the minimum of a run. */
function takeLeast(machine: Machine, pc: number): boolean {
  const min = machine.operand(pc + RUN.min);
  if (min === 0) return true;
  const set = machine.setAt(pc + RUN.set);
  if (min > 1) machine.spend(min / CHARACTERS_A_STEP);
  for (let count = 0; count < min; count++) {
    const after = takeOne(machine.text, set, machine.at);
    if (after < 0) return false;
    machine.at = after;
  }
  return true;
}

/** Takes as many characters as the run can; returns the earliest offset at which it may end, or -1. */
function takeRun(machine: Machine, pc: number): number {
  if (!takeLeast(machine, pc)) return -1;
  const least = machine.at;
  const most = optionalPart(machine, pc);
  const runs = machine.operand(pc + RUN.run) < 0 ? null : machine.runTable();
  if (runs && (most === NO_END || !machine.hasPairs)) takeKnown(machine, pc, runs, most);
  else machine.at = scan(machine, pc, least, most, machine.text.length);
  return least;
}

function scan(machine: Machine, pc: number, from: number, most: number, stop: number): number {
  const set = machine.setAt(pc + RUN.set);
  if (most === NO_END && set.isDot) {
    const newline = machine.text.indexOf('\n', from);
    const end = newline < 0 || newline > stop ? stop : newline;
    machine.spend((end - from) / DOTS_A_STEP);
    return end;
  }
  const end = endOfRun(machine.text, set, from, most, stop);
  machine.spend((end - from) / CHARACTERS_A_STEP);
  return end;
}

/** Scans, but skips the range that is known to belong to the run. */
function takeKnown(machine: Machine, pc: number, runs: RunTable, most: number): void {
  const run = machine.operand(pc + RUN.run);
  const from = runs.spanFrom[run] as number;
  const start = machine.at;
  let at = start < from ? scan(machine, pc, start, most, from) : start;
  if (runs.isInSpan(run, at)) at = Math.min(runs.spanTo[run] as number, start + most);
  const left = most === NO_END ? most : most - (at - start);
  if (at >= from) at = scan(machine, pc, at, left, machine.text.length);
  runs.stretch(run, start, at);
  machine.at = at;
}

/** Ends a run at the last offset up to `at` where what follows can begin and has not failed before. */
export function cutShort(machine: Machine, pc: number, least: number, at: number): boolean {
  const memos = machine.operand(pc + RUN.memo) < 0 ? null : machine.memoTable();
  if (memos) return cutShortKnowing(machine, pc, memos, least, at);
  const end = lastFit(machine, pc, least, at);
  if (end < 0) return false;
  if (end > least) machine.choices.push(Choice.runShorter, pc, least, end);
  machine.at = end;
  return machine.goOn(pc + RUN.length);
}

function cutShortKnowing(machine: Machine, pc: number, memos: MemoTable, least: number, at: number): boolean {
  const memo = machine.operand(pc + RUN.memo);
  for (let end = at; ; end = placeBefore(machine.text, end)) {
    end = beforeDead(machine, pc, least, end);
    if (end < least) return false;
    const lowest = Math.max(least, deadBefore(machine, pc, end) + 1);
    const last = lastFit(machine, pc, lowest, end);
    if (last < end) bury(machine, pc, last < 0 ? lowest : placeAfter(machine.text, last), end);
    if (last < 0) {
      end = lowest;
      continue;
    }
    end = last;
    machine.at = end;
    const point = pointOf(machine, memos, memo);
    if (!memos.hasFailed(point)) {
      if (end > least) machine.choices.push(Choice.runShorter, pc, least, end);
      return goOnBehind(machine, pc, memos, point);
    }
    buryFailed(machine, pc, end);
    machine.spend(1 / CHARACTERS_A_STEP);
  }
}

/** Ends a run at the first offset from here where what follows can begin; at most `more` characters on. */
export function stretch(machine: Machine, pc: number, more: number): boolean {
  const memos = machine.operand(pc + RUN.memo) < 0 ? null : machine.memoTable();
  const set = machine.setAt(pc + RUN.set);
  const start = machine.at;
  let left = more;
  for (; !(memos ? fitsKnowing(machine, pc, memos) : fits(machine, pc)); left--) {
    if (memos && more > NO_END - machine.text.length) skipDead(machine, pc);
    machine.spend(1 / CHARACTERS_A_STEP);
    const after = left > 0 ? takeOne(machine.text, set, machine.at) : -1;
    if (after < 0) {
      noteSpan(machine, pc, start);
      return false;
    }
    machine.at = after;
  }
  noteSpan(machine, pc, start);
  if (left > 0) machine.choices.push(Choice.runLonger, pc, machine.at, left);
  if (!memos) return machine.goOn(pc + RUN.length);
  return goOnBehind(machine, pc, memos, pointOf(machine, memos, machine.operand(pc + RUN.memo)));
}

/** Takes one more character. */
export function takeLonger(machine: Machine, pc: number, left: number): boolean {
  const after = takeOne(machine.text, machine.setAt(pc + RUN.set), machine.at);
  if (after < 0) return false;
  machine.at = after;
  return stretch(machine, pc, left);
}

/** Memoises that everything after a run has failed. */
export function noteRunFailed(machine: Machine, point: number, pc: number, place: number): void {
  machine.memos?.fail(point);
  buryFailed(machine, pc, place);
}

function noteSpan(machine: Machine, pc: number, start: number): void {
  const run = machine.operand(pc + RUN.run);
  if (run >= 0) machine.runs?.stretch(run, start, machine.at);
}

/** Continues after a run at an offset without a memoised failure. */
function goOnBehind(machine: Machine, pc: number, memos: MemoTable, point: number): boolean {
  if (leaveAsMemoised(machine, memos, machine.operand(pc + RUN.memo), point)) return true;
  machine.choices.push(Choice.runFailed, point, pc, machine.at);
  return machine.goOn(pc + RUN.length);
}

/** Whether what follows a run can begin here. */
function fits(machine: Machine, pc: number): boolean {
  return lastFit(machine, pc, machine.at, machine.at) >= 0;
}

/** Whether a run may end here: what follows can begin, and has no memoised failure. */
function fitsKnowing(machine: Machine, pc: number, memos: MemoTable): boolean {
  if (isDead(machine, pc, machine.at)) return false;
  if (!fits(machine, pc)) {
    bury(machine, pc, machine.at, machine.at);
    return false;
  }
  if (!memos.hasFailed(pointOf(machine, memos, machine.operand(pc + RUN.memo)))) return true;
  buryFailed(machine, pc, machine.at);
  return false;
}

/** Whether an offset is dead: what follows the run fails there. */
function isDead(machine: Machine, pc: number, place: number): boolean {
  const run = machine.operand(pc + RUN.run);
  return run >= 0 && machine.runs?.isDead(run, place) === true;
}

/** The last offset up to `end` that is not known to be dead. */
function beforeDead(machine: Machine, pc: number, least: number, end: number): number {
  if (end <= least || !machine.runs || !isDead(machine, pc, end)) return end;
  const first = machine.runs.firstDead(machine.operand(pc + RUN.run), end);
  return placeBefore(machine.text, first);
}

function deadBefore(machine: Machine, pc: number, place: number): number {
  const run = machine.operand(pc + RUN.run);
  return run < 0 ? -1 : (machine.runs?.deadBefore(run, place) ?? -1);
}

/** Skips ahead over dead offsets that belong to the run. */
function skipDead(machine: Machine, pc: number): void {
  const run = machine.operand(pc + RUN.run);
  const { runs, at } = machine;
  if (run >= 0 && runs?.isInSpan(run, at) && runs.isDead(run, at))
    machine.at = Math.min(runs.spanTo[run] as number, runs.lastDead(run, at));
}

function bury(machine: Machine, pc: number, first: number, last: number): void {
  const run = machine.operand(pc + RUN.run);
  if (run < 0) return;
  machine.runs?.bury(run, first, last, placeBefore(machine.text, first), placeAfter(machine.text, last));
}

/** Everything after the run has failed from this offset; if no iteration began there, this holds for all iterations. */
function buryFailed(machine: Machine, pc: number, place: number): void {
  if (machine.operand(pc + RUN.run) >= 0 && !beginsTurn(machine, pc, place)) bury(machine, pc, place, place);
}

/** Whether an iteration around the run began at this offset: no other may follow one that consumes nothing. */
function beginsTurn(machine: Machine, pc: number, place: number): boolean {
  const { turns } = machine.memoAt(machine.operand(pc + RUN.memo));
  for (let i = 0; i < turns.length; i++) if (machine.reg(turns[i] as number) === place) return true;
  return false;
}

/** The last offset from `end` back to `least` where what follows a run can begin, or -1. */
function lastFit(machine: Machine, pc: number, least: number, end: number): number {
  const next = machine.operand(pc + RUN.next);
  if (next <= NEXT_REFERENCE) return lastReferred(machine, NEXT_REFERENCE - next, least, end);
  if (next < 0) return end;
  const { text } = machine;
  let at = end;
  while (at >= least && text.charCodeAt(at) !== next) at--;
  machine.spend((end - at) / CHARACTERS_A_STEP);
  return at < least ? -1 : at;
}

/** The last offset from `end` back to `least` where the text of a group occurs again, or -1. */
function lastReferred(machine: Machine, reference: number, least: number, end: number): number {
  const group = firstSet(machine, reference);
  if (group === 0) return -1;
  const { text } = machine;
  const value = text.slice(machine.reg(2 * group), machine.reg(2 * group + 1));
  const at = least === end ? (text.startsWith(value, end) ? end : -1) : text.lastIndexOf(value, end);
  machine.spend((end - Math.max(at, least)) / CHARACTERS_A_STEP);
  return at < least ? -1 : at;
}
