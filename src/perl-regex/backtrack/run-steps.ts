import { endOfRun, placeAfter, placeBefore, takeOne } from './characters.js';
import { Choice } from './choice-stack.js';
import { firstSet } from './group-steps.js';
import { CHARACTERS_A_STEP, type Machine } from './machine.js';
import { leaveAsBefore, pointOf } from './memo-steps.js';
import type { MemoTable } from './memo-table.js';
import { NEXT_REFERENCE, NO_END, RUN } from './program.js';
import type { RunTable } from './run-table.js';

/** A newline is looked for by V8 itself. */
const DOTS_A_STEP = 64;

/** As many as it can; then one less, and so on. */
export function greedyRun(machine: Machine, pc: number): boolean {
  const least = takeRun(machine, pc);
  return least >= 0 && cutShort(machine, pc, least, machine.at);
}

/** As few as it can; then one more, and so on. */
export function lazyRun(machine: Machine, pc: number): boolean {
  return takeLeast(machine, pc) && stretch(machine, pc, optionalPart(machine, pc));
}

/** As many as it can, and no fewer. */
export function possessiveRun(machine: Machine, pc: number): boolean {
  return takeRun(machine, pc) >= 0 && machine.goOn(pc + RUN.length);
}

/** How many characters a run may take beyond those it must. */
function optionalPart(machine: Machine, pc: number): number {
  const max = machine.operand(pc + RUN.max);
  return max === NO_END ? NO_END : max - machine.operand(pc + RUN.min);
}

/** Takes the characters that a run must take. */
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

/** Takes as many characters as the run can; returns the place where it may end at the earliest, or -1. */
function takeRun(machine: Machine, pc: number): number {
  if (!takeLeast(machine, pc)) return -1;
  const least = machine.at;
  const most = optionalPart(machine, pc);
  const runs = machine.operand(pc + RUN.run) < 0 ? null : machine.learnedOfRuns();
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

/** As a scan, but what is known to belong to the run is not looked at again. */
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

/** Ends a run at the last place up to `at` where what follows can begin and has not failed before. */
export function cutShort(machine: Machine, pc: number, least: number, at: number): boolean {
  const memory = machine.operand(pc + RUN.memo) < 0 ? null : machine.learned();
  if (memory) return cutShortKnowing(machine, pc, memory, least, at);
  const end = lastFit(machine, pc, least, at);
  if (end < 0) return false;
  if (end > least) machine.choices.push(Choice.shorter, pc, least, end);
  machine.at = end;
  return machine.goOn(pc + RUN.length);
}

function cutShortKnowing(
  machine: Machine,
  pc: number,
  memory: MemoTable,
  least: number,
  at: number,
): boolean {
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
    const point = pointOf(machine, memory, memo);
    if (!memory.hasFailed(point)) {
      if (end > least) machine.choices.push(Choice.shorter, pc, least, end);
      return goOnBehind(machine, pc, memory, point);
    }
    buryFailed(machine, pc, end);
    machine.spend(1 / CHARACTERS_A_STEP);
  }
}

/** Ends a run at the first place from here where what follows can begin; `more` characters may be taken. */
export function stretch(machine: Machine, pc: number, more: number): boolean {
  const memory = machine.operand(pc + RUN.memo) < 0 ? null : machine.learned();
  const set = machine.setAt(pc + RUN.set);
  const start = machine.at;
  let left = more;
  for (; !(memory ? fitsKnowing(machine, pc, memory) : fits(machine, pc)); left--) {
    if (memory && more > NO_END - machine.text.length) skipDead(machine, pc);
    machine.spend(1 / CHARACTERS_A_STEP);
    const after = left > 0 ? takeOne(machine.text, set, machine.at) : -1;
    if (after < 0) {
      noteSpan(machine, pc, start);
      return false;
    }
    machine.at = after;
  }
  noteSpan(machine, pc, start);
  if (left > 0) machine.choices.push(Choice.longer, pc, machine.at, left);
  if (!memory) return machine.goOn(pc + RUN.length);
  return goOnBehind(machine, pc, memory, pointOf(machine, memory, machine.operand(pc + RUN.memo)));
}

/** Takes one character more. */
export function takeLonger(machine: Machine, pc: number, left: number): boolean {
  const after = takeOne(machine.text, machine.setAt(pc + RUN.set), machine.at);
  if (after < 0) return false;
  machine.at = after;
  return stretch(machine, pc, left);
}

/** All that can follow a run has failed from a point. */
export function noteRunFailed(machine: Machine, point: number, pc: number, place: number): void {
  machine.memory?.fail(point);
  buryFailed(machine, pc, place);
}

function noteSpan(machine: Machine, pc: number, start: number): void {
  const run = machine.operand(pc + RUN.run);
  if (run >= 0) machine.runs?.stretch(run, start, machine.at);
}

/** Goes on behind a run from where nothing is known to have failed. */
function goOnBehind(machine: Machine, pc: number, memory: MemoTable, point: number): boolean {
  if (leaveAsBefore(machine, memory, machine.operand(pc + RUN.memo), point)) return true;
  machine.choices.push(Choice.runFailed, point, pc, machine.at);
  return machine.goOn(pc + RUN.length);
}

/** Whether what must follow a run may begin here. */
function fits(machine: Machine, pc: number): boolean {
  return lastFit(machine, pc, machine.at, machine.at) >= 0;
}

/** Whether a run may end here: what must follow may begin, and has not failed before. */
function fitsKnowing(machine: Machine, pc: number, memory: MemoTable): boolean {
  if (isDead(machine, pc, machine.at)) return false;
  if (!fits(machine, pc)) {
    bury(machine, pc, machine.at, machine.at);
    return false;
  }
  if (!memory.hasFailed(pointOf(machine, memory, machine.operand(pc + RUN.memo)))) return true;
  buryFailed(machine, pc, machine.at);
  return false;
}

/** Whether it is known of a place that what follows a run fails there. */
function isDead(machine: Machine, pc: number, place: number): boolean {
  const run = machine.operand(pc + RUN.run);
  return run >= 0 && machine.runs?.isDead(run, place) === true;
}

/** The last place up to `end` that is not known to be dead. */
function beforeDead(machine: Machine, pc: number, least: number, end: number): number {
  if (end <= least || !machine.runs || !isDead(machine, pc, end)) return end;
  const first = machine.runs.firstDead(machine.operand(pc + RUN.run), end);
  return placeBefore(machine.text, first);
}

function deadBefore(machine: Machine, pc: number, place: number): number {
  const run = machine.operand(pc + RUN.run);
  return run < 0 ? -1 : (machine.runs?.deadBefore(run, place) ?? -1);
}

/** Goes to the last of the places ahead that belong to the run and are dead. */
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

/** All that can follow a run has failed from this place; if no turn has begun there, it does so in any turn. */
function buryFailed(machine: Machine, pc: number, place: number): void {
  if (machine.operand(pc + RUN.run) >= 0 && !beginsTurn(machine, pc, place)) bury(machine, pc, place, place);
}

/** Whether a turn around the run has begun at this place: one that takes nothing may not be followed by another. */
function beginsTurn(machine: Machine, pc: number, place: number): boolean {
  const { turns } = machine.memoAt(machine.operand(pc + RUN.memo));
  for (let i = 0; i < turns.length; i++) if (machine.reg(turns[i] as number) === place) return true;
  return false;
}

/** The last place from `end` back to `least` where what must follow a run may begin, or -1. */
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

/** The last place from `end` back to `least` where what a group holds stands again, or -1. */
function lastReferred(machine: Machine, reference: number, least: number, end: number): number {
  const group = firstSet(machine, reference);
  if (group === 0) return -1;
  const { text } = machine;
  const value = text.slice(machine.reg(2 * group), machine.reg(2 * group + 1));
  const at = least === end ? (text.startsWith(value, end) ? end : -1) : text.lastIndexOf(value, end);
  machine.spend((end - Math.max(at, least)) / CHARACTERS_A_STEP);
  return at < least ? -1 : at;
}
