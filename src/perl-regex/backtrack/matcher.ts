import type { Match, Span } from '../pattern.js';
import { codeAt, holdsAt, isIn, placeAfter, placeBefore, takeOne } from './characters.js';
import { CHOICE_SIZE, Choice } from './choice-stack.js';
import { backreference, call, firstSet, groupEnd, isRecursing, isSet, returnFrom } from './group-steps.js';
import { CHARACTERS_A_STEP, Machine, STEPS_BEFORE_MEMO } from './machine.js';
import { noteEnd, passMemo } from './memo-steps.js';
import { type Branches, type FastSet, Op, type Program } from './program.js';
import { cutShort, greedyRun, lazyRun, noteRunFailed, possessiveRun, takeLonger } from './run-steps.js';

/** Runs a program on texts by backtracking, in Perl's order. Its methods throw `MatchLimitError`. */
export class Matcher {
  readonly #machine: Machine;

  /** `source`: the regex as written. `stepsBeforeMemo`: steps before results are memoised. */
  constructor(program: Program, source: string, stepsBeforeMemo = STEPS_BEFORE_MEMO) {
    this.#machine = new Machine(program, source, stepsBeforeMemo);
  }

  /** The offset at which the leftmost match is found, or -1; `maxSteps`: the match limit. */
  find(text: string, maxSteps: number): number {
    return this.#bounded(text, maxSteps, search);
  }

  /** The leftmost match. */
  match(text: string, maxSteps: number): Match | null {
    return this.#bounded(text, maxSteps, (machine) => (search(machine) >= 0 ? matchOf(machine) : null));
  }

  /** The matches from left to right, none overlapping another; at most `max`. `maxSteps`: of all of them together. */
  matchAll(text: string, max: number, maxSteps: number): Match[] {
    return this.#bounded(text, maxSteps, (machine) => {
      const found: Match[] = [];
      for (let from = 0; found.length < max; ) {
        if (search(machine, from) < 0) break;
        const match = matchOf(machine);
        found.push(match);
        from =
          match.end > Math.max(from, match.start) ? match.end : placeAfter(text, Math.max(from, match.end));
      }
      return found;
    });
  }

  /** The match from `start`. */
  matchAt(text: string, start: number, maxSteps: number): Match | null {
    return this.#bounded(text, maxSteps, (machine) => (tryAt(machine, start) ? matchOf(machine) : null));
  }

  #bounded<T>(text: string, maxSteps: number, work: (machine: Machine) => T): T {
    const machine = this.#machine;
    machine.begin(text, maxSteps);
    try {
      return work(machine);
    } finally {
      machine.end();
    }
  }
}

/** The offset of the leftmost match that begins at `from` or behind it, or -1. */
function search(machine: Machine, from = 0): number {
  let start = nextStart(machine, from);
  while (start >= 0 && !tryAt(machine, start)) start = nextStart(machine, placeAfter(machine.text, start));
  return start;
}

/** The first offset from `from` on where a match can begin, or -1. */
function nextStart(machine: Machine, from: number): number {
  const { text } = machine;
  const { anchor, first } = machine.program;
  if (anchor === 'text' && from > 0) return -1;
  if (anchor === 'line' && from > 0) {
    const newline = text.indexOf('\n', from - 1);
    return newline < 0 ? -1 : newline + 1;
  }
  if (!first) return from <= text.length ? from : -1;
  let at = from;
  while (at < text.length && !isIn(first, codeAt(text, at))) at = placeAfter(text, at);
  machine.spend((at - from) / CHARACTERS_A_STEP);
  return at < text.length ? at : -1;
}

function matchOf(machine: Machine): Match {
  const groups: (Span | null)[] = [];
  for (let group = 1; group <= machine.program.groupCount; group++)
    groups.push(
      isSet(machine, group) ? { start: machine.reg(2 * group), end: machine.reg(2 * group + 1) } : null,
    );
  return { start: machine.reg(0), end: machine.reg(1), groups };
}

function tryAt(machine: Machine, start: number): boolean {
  machine.startAt(start);
  for (;;) {
    machine.spend(1);
    const { pc } = machine;
    if (machine.code[pc] === Op.match && !machine.frame) {
      machine.registers[1] = machine.at;
      return true;
    }
    if (!step(machine, pc) && !backtrack(machine)) return false;
  }
}

/** One instruction. */
function step(machine: Machine, pc: number): boolean {
  switch (machine.code[pc]) {
    case Op.unit:
      if (machine.text.charCodeAt(machine.at) !== machine.code[pc + 1]) return false;
      machine.at++;
      return machine.goOn(pc + 2);
    case Op.set: {
      const after = takeOne(machine.text, machine.setAt(pc + 1), machine.at);
      if (after < 0) return false;
      machine.at = after;
      return machine.goOn(pc + 2);
    }
    case Op.jump:
      return machine.goOn(machine.operand(pc + 1));
    case Op.split:
      machine.choices.push(Choice.alternative, machine.operand(pc + 1), machine.at, 0);
      return machine.goOn(pc + 2);
    case Op.choose:
      return choose(machine, machine.operand(pc + 1));
    case Op.save:
      machine.write(machine.operand(pc + 1), machine.at);
      return machine.goOn(pc + 2);
    case Op.greedyRun:
      return greedyRun(machine, pc);
    case Op.lazyRun:
      return lazyRun(machine, pc);
    case Op.possessiveRun:
      return possessiveRun(machine, pc);
    case Op.assert:
      return holdsAt(machine.operand(pc + 1), machine.text, machine.at) && machine.goOn(pc + 2);
    case Op.memo:
      return passMemo(machine, machine.operand(pc + 1), pc + 2);
    case Op.ifEmpty:
      return goOnIf(machine, pc, machine.at !== machine.reg(machine.operand(pc + 1)));
    case Op.groupEnd:
      return groupEnd(machine, pc);
    default:
      return rareStep(machine, pc);
  }
}

function rareStep(machine: Machine, pc: number): boolean {
  const operand = machine.operand(pc + 1);
  switch (machine.code[pc]) {
    case Op.match:
      return returnFrom(machine);
    case Op.saveHeight:
      machine.write(operand, machine.choices.height);
      return machine.goOn(pc + 2);
    case Op.commit:
      commit(machine, machine.reg(operand));
      return machine.goOn(pc + 2);
    case Op.lookEnd:
      commit(machine, machine.reg(operand));
      machine.at = machine.reg(operand + 1);
      return machine.goOn(pc + 2);
    case Op.notLookEnd:
      unwind(machine, machine.reg(operand));
      return false;
    case Op.behind:
      return lookBack(machine, pc, machine.at, machine.operand(pc + 3));
    case Op.behindEnd:
      return machine.at === machine.reg(operand) && machine.goOn(pc + 2);
    case Op.backreference:
      return backreference(machine, operand) && machine.goOn(pc + 2);
    case Op.loopStart:
      machine.write(operand, 0);
      machine.write(operand + 1, -1);
      return machine.goOn(pc + 2);
    case Op.loop:
      return loop(machine, pc);
    case Op.turn:
      machine.write(operand, machine.reg(operand) + 1);
      machine.write(operand + 1, machine.at);
      return machine.goOn(pc + 2);
    case Op.call:
      return call(machine, pc);
    case Op.ifGroup:
      return goOnIf(machine, pc, firstSet(machine, operand) > 0);
    case Op.ifRecursing:
      return goOnIf(machine, pc, isRecursing(machine, operand));
    case Op.unsetGroup:
      machine.write(operand, -1);
      machine.write(operand + 1, -1);
      return machine.goOn(pc + 2);
    default:
      return false;
  }
}

/** Continues after an instruction of two operands, or at its second operand. */
function goOnIf(machine: Machine, pc: number, holds: boolean): boolean {
  return machine.goOn(holds ? pc + 3 : machine.operand(pc + 2));
}

/** Goes to the first branch that can begin here; pushes choice points for the others. */
function choose(machine: Machine, choice: number): boolean {
  const { firsts, entries } = machine.program.choices[choice] as Branches;
  const { text, at } = machine;
  const code = at < text.length ? codeAt(text, at) : -1;
  machine.spend(firsts.length / CHARACTERS_A_STEP);
  let branch = -1;
  for (let i = firsts.length - 1; i >= 0; i--) {
    const first = firsts[i] as FastSet | null;
    if (first && (code < 0 || !isIn(first, code))) continue;
    if (branch >= 0) machine.choices.push(Choice.alternative, branch, at, 0);
    branch = entries[i] as number;
  }
  return branch >= 0 && machine.goOn(branch);
}

/** A counted loop. An empty iteration is the last (perlre, "Repeated Patterns Matching a Zero-length Substring"). */
function loop(machine: Machine, pc: number): boolean {
  const reg = machine.operand(pc + 1);
  const turns = machine.reg(reg);
  const body = pc + 6;
  const exit = machine.operand(pc + 5);
  if (turns < machine.operand(pc + 2)) return machine.goOn(body);
  if (machine.at === machine.reg(reg + 1) || turns >= machine.operand(pc + 3)) return machine.goOn(exit);
  const lazy = machine.operand(pc + 4) === 1;
  machine.choices.push(Choice.alternative, lazy ? body : exit, machine.at, 0);
  return machine.goOn(lazy ? exit : body);
}

/** Goes back `distance` characters or, if the body fails there, fewer: the longest distance first, as in Perl. */
function lookBack(machine: Machine, pc: number, from: number, distance: number): boolean {
  const least = machine.operand(pc + 2);
  for (let back = distance; back >= least; back--) {
    const at = stepBack(machine, from, back);
    if (at < 0) continue;
    if (back > least) machine.choices.push(Choice.lookbehindNearer, pc, from, back - 1);
    machine.at = at;
    return machine.goOn(pc + 4);
  }
  return false;
}

function stepBack(machine: Machine, from: number, characters: number): number {
  let at = from;
  for (let i = 0; i < characters && at >= 0; i++) at = placeBefore(machine.text, at);
  machine.spend(characters / CHARACTERS_A_STEP);
  return at;
}

/** Returns to the last choice point, and undoes the trail up to it; false if there is none. */
function backtrack(machine: Machine): boolean {
  const { choices } = machine;
  while (choices.height > 0) {
    choices.height -= CHOICE_SIZE;
    const top = choices.height;
    const kind = choices.at(top);
    const a = choices.at(top + 1);
    const b = choices.at(top + 2);
    switch (kind) {
      case Choice.alternative:
        machine.at = b;
        return machine.goOn(a);
      case Choice.restore:
        machine.restore(a, b);
        break;
      case Choice.memoFailed:
        machine.memos?.fail(a);
        break;
      case Choice.runFailed:
        noteRunFailed(machine, a, b, choices.at(top + 3));
        break;
      default:
        if (resume(machine, kind, a, b, choices.at(top + 3))) return true;
    }
  }
  return false;
}

function resume(machine: Machine, kind: number, a: number, b: number, c: number): boolean {
  switch (kind) {
    case Choice.runShorter:
      return cutShort(machine, a, b, placeBefore(machine.text, c));
    case Choice.runLonger:
      machine.at = b;
      return takeLonger(machine, a, c - 1);
    default:
      return lookBack(machine, a, b, c);
  }
}

/** Drops the choice points above `height`; keeps the trail, for backtracking to those below. */
function commit(machine: Machine, height: number): void {
  const { choices } = machine;
  let kept = height;
  for (let at = height; at < choices.height; at += CHOICE_SIZE) {
    const kind = choices.at(at);
    if (kind === Choice.restore) {
      choices.move(at, kept);
      kept += CHOICE_SIZE;
    } else noteEnd(machine, kind, choices.at(at + 1), choices.at(at + 2));
  }
  machine.spend((choices.height - height) / CHOICE_SIZE / CHARACTERS_A_STEP);
  choices.height = kept;
}

/** Undoes everything above `height`. */
function unwind(machine: Machine, height: number): void {
  const { choices } = machine;
  while (choices.height > height) {
    choices.height -= CHOICE_SIZE;
    const top = choices.height;
    const kind = choices.at(top);
    if (kind === Choice.restore) machine.restore(choices.at(top + 1), choices.at(top + 2));
    else noteEnd(machine, kind, choices.at(top + 1), choices.at(top + 2));
  }
}
