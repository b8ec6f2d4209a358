import { spendSteps, stepsAllowed } from './allowance.js';
import { codeAt, holdsAt, isIn, placeAfter, placeBefore } from './characters.js';
import { Choices, ENTRY, Entry } from './choices.js';
import { foldCase } from './letter-case.js';
import type { Match, Span } from './pattern.js';
import { type FastSet, Op, type Program } from './program.js';

/** A match that would take too long, or too much memory. The line counts as one that the regex does not match. */
export class PatternOverrun extends Error {
  override readonly name = 'PatternOverrun';

  constructor(
    readonly source: string,
    readonly what: 'steps' | 'stack' | 'recursion',
  ) {
    super(`the regex ${source} was given up on this line: it took too many ${WHAT[what]}`);
  }
}

const WHAT = { steps: 'steps', stack: 'choices held open', recursion: 'recursions' } as const;

const DEEPEST_RECURSION = 5_000;
/** When failures begin to be remembered: most matches end long before. */
const STEPS_BEFORE_MEMORY = 5_000;
const RUN_CHARACTERS_A_STEP = 8;

/** A recursion under way. */
interface Frame {
  readonly group: number;
  readonly back: number;
  readonly outer: Frame | null;
  readonly registers: Int32Array;
}

/** Makes a matcher of a program: the leftmost match in a text, or null. Throws `PatternOverrun`. */
export function createMatcher(program: Program, source: string): (text: string) => Match | null {
  const machine = new Machine(program, source);
  return (text) => machine.search(text);
}

class Machine {
  readonly #program: Program;
  readonly #source: string;
  readonly #code: Int32Array;
  readonly #sets: readonly FastSet[];
  readonly #registers: Int32Array;
  #text = '';
  #pc = 0;
  #at = 0;
  readonly #choices = new Choices(() => {
    throw new PatternOverrun(this.#source, 'stack');
  });
  #steps = 0;
  #mostSteps = 0;
  #frame: Frame | null = null;
  #frames: (Frame | null)[] = [];
  #depth = 0;
  /** One bit a loop and place where all ways have failed; null until there is reason to remember. */
  #failures: Uint8Array | null = null;

  constructor(program: Program, source: string) {
    this.#program = program;
    this.#source = source;
    this.#code = program.code;
    this.#sets = program.sets;
    this.#registers = new Int32Array(program.registers);
  }

  search(text: string): Match | null {
    const { required } = this.#program;
    if (!required.every((one) => text.includes(one))) return null;
    this.#text = text;
    this.#steps = 0;
    this.#mostSteps = stepsAllowed();
    this.#failures = null;
    try {
      for (let start = this.#nextStart(0); start >= 0; start = this.#nextStart(placeAfter(this.#text, start)))
        if (this.#matchAt(start)) return this.#match();
      return null;
    } finally {
      spendSteps(this.#steps);
      this.#text = '';
      this.#failures = null;
      this.#frames = [];
      this.#choices.tidy();
    }
  }

  /** The first place from `from` on where a match can begin, or -1. */
  #nextStart(from: number): number {
    const text = this.#text;
    const { anchor, first } = this.#program;
    if (anchor === 'text' && from > 0) return -1;
    if (anchor === 'line' && from > 0) {
      const newline = text.indexOf('\n', from - 1);
      return newline < 0 ? -1 : newline + 1;
    }
    if (!first) return from <= text.length ? from : -1;
    let at = from;
    while (at < text.length && !isIn(first, codeAt(this.#text, at))) at = placeAfter(this.#text, at);
    this.#spend((at - from) / RUN_CHARACTERS_A_STEP);
    return at < text.length ? at : -1;
  }

  #match(): Match {
    const groups: (Span | null)[] = [];
    for (let group = 1; group <= this.#program.groupCount; group++)
      groups.push(this.#isSet(group) ? { start: this.#reg(2 * group), end: this.#reg(2 * group + 1) } : null);
    return { start: this.#reg(0), end: this.#reg(1), groups };
  }

  #matchAt(start: number): boolean {
    this.#registers.fill(-1);
    this.#registers[0] = start;
    this.#choices.clear();
    this.#frame = null;
    this.#depth = 0;
    this.#frames.length = 0;
    this.#at = start;
    this.#pc = 0;
    return this.#run();
  }

  #run(): boolean {
    for (;;) {
      this.#spend(1);
      const pc = this.#pc;
      if (this.#code[pc] === Op.match && !this.#frame) {
        this.#registers[1] = this.#at;
        return true;
      }
      if (!this.#step(pc) && !this.#backtrack()) return false;
    }
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#mostSteps) throw new PatternOverrun(this.#source, 'steps');
  }

  /** One instruction; false when it fails. It sets `#pc` to what comes next. */
  #step(pc: number): boolean {
    switch (this.#code[pc]) {
      case Op.unit:
        if (this.#text.charCodeAt(this.#at) !== this.#code[pc + 1]) return false;
        this.#at++;
        return this.#goOn(pc + 2);
      case Op.set:
        return this.#one(this.#setAt(pc + 1)) && this.#goOn(pc + 2);
      case Op.jump:
        return this.#goOn(this.#operand(pc + 1));
      case Op.split:
        this.#choices.push(Entry.way, this.#operand(pc + 1), this.#at, 0);
        return this.#goOn(pc + 2);
      case Op.save:
        this.#write(this.#operand(pc + 1), this.#at);
        return this.#goOn(pc + 2);
      case Op.greedyRun:
        return this.#greedyRun(pc);
      case Op.lazyRun:
        return this.#lazyRun(pc);
      case Op.possessiveRun:
        return this.#takeRun(pc) >= 0 && this.#goOn(pc + 6);
      case Op.assert:
        return holdsAt(this.#operand(pc + 1), this.#text, this.#at) && this.#goOn(pc + 2);
      case Op.loopStart:
        this.#write(this.#operand(pc + 1), 0);
        this.#write(this.#operand(pc + 1) + 1, -1);
        return this.#goOn(pc + 2);
      case Op.loop:
        return this.#loop(pc);
      case Op.turn:
        this.#write(this.#operand(pc + 1), this.#reg(this.#operand(pc + 1)) + 1);
        this.#write(this.#operand(pc + 1) + 1, this.#at);
        return this.#goOn(pc + 2);
      case Op.groupEnd:
        return this.#groupEnd(pc);
      default:
        return this.#rareStep(pc);
    }
  }

  #rareStep(pc: number): boolean {
    switch (this.#code[pc]) {
      case Op.match:
        return this.#return();
      case Op.mark:
        this.#write(this.#operand(pc + 1), this.#choices.height);
        return this.#goOn(pc + 2);
      case Op.commit:
        this.#commit(this.#reg(this.#operand(pc + 1)));
        return this.#goOn(pc + 2);
      case Op.lookEnd:
        this.#commit(this.#reg(this.#operand(pc + 1)));
        this.#at = this.#reg(this.#operand(pc + 1) + 1);
        return this.#goOn(pc + 2);
      case Op.notLookEnd:
        this.#unwind(this.#reg(this.#operand(pc + 1)));
        return false;
      case Op.behind:
        return this.#lookBack(pc, this.#at, this.#operand(pc + 3));
      case Op.behindEnd:
        return this.#at === this.#reg(this.#operand(pc + 1)) && this.#goOn(pc + 2);
      case Op.backreference:
        return this.#backreference(this.#operand(pc + 1)) && this.#goOn(pc + 2);
      case Op.call:
        return this.#call(pc);
      case Op.ifGroup:
        return this.#goOn(this.#firstSet(this.#operand(pc + 1)) > 0 ? pc + 3 : this.#operand(pc + 2));
      case Op.ifRecursing:
        return this.#goOn(this.#isRecursing(this.#operand(pc + 1)) ? pc + 3 : this.#operand(pc + 2));
      case Op.forget:
        this.#write(this.#operand(pc + 1), -1);
        this.#write(this.#operand(pc + 1) + 1, -1);
        return this.#goOn(pc + 2);
      default:
        return false;
    }
  }

  #goOn(pc: number): true {
    this.#pc = pc;
    return true;
  }

  #operand(at: number): number {
    return this.#code[at] as number;
  }

  #reg(register: number): number {
    return this.#registers[register] as number;
  }

  #setAt(at: number): FastSet {
    return this.#sets[this.#operand(at)] as FastSet;
  }

  #one(set: FastSet): boolean {
    if (this.#at >= this.#text.length) return false;
    const code = codeAt(this.#text, this.#at);
    if (!isIn(set, code)) return false;
    this.#at += code > 0xffff ? 2 : 1;
    return true;
  }

  /** Takes as many characters as the run can; returns the place where it may end at the earliest, or -1. */
  #takeRun(pc: number): number {
    const set = this.#setAt(pc + 1);
    const min = this.#operand(pc + 2);
    const max = this.#operand(pc + 3);
    const start = this.#at;
    let least = min === 0 ? start : -1;
    let count = 0;
    while (count < max && this.#one(set)) if (++count === min) least = this.#at;
    this.#spend(count / RUN_CHARACTERS_A_STEP);
    return least;
  }

  #greedyRun(pc: number): boolean {
    if (!this.#remember(this.#operand(pc + 4))) return false;
    const least = this.#takeRun(pc);
    if (least < 0) return false;
    return this.#cutShort(pc, least, this.#at);
  }

  /** Ends a run at the last place up to `at` where what follows can begin. */
  #cutShort(pc: number, least: number, at: number): boolean {
    const unit = this.#operand(pc + 5);
    let end = at;
    if (unit >= 0) {
      while (end > least && this.#text.charCodeAt(end) !== unit) end = placeBefore(this.#text, end);
      this.#spend((at - end) / RUN_CHARACTERS_A_STEP);
      if (this.#text.charCodeAt(end) !== unit) return false;
    }
    if (end > least) this.#choices.push(Entry.shorter, pc, least, end);
    this.#at = end;
    return this.#goOn(pc + 6);
  }

  #lazyRun(pc: number): boolean {
    if (!this.#remember(this.#operand(pc + 4))) return false;
    const set = this.#setAt(pc + 1);
    const min = this.#operand(pc + 2);
    for (let count = 0; count < min; count++) if (!this.#one(set)) return false;
    this.#spend(min / RUN_CHARACTERS_A_STEP);
    return this.#stretch(pc, this.#operand(pc + 3) - min);
  }

  /** Ends a run at the first place from here where what follows can begin; `more` characters may be taken. */
  #stretch(pc: number, more: number): boolean {
    const unit = this.#operand(pc + 5);
    const set = this.#setAt(pc + 1);
    let left = more;
    while (unit >= 0 && this.#text.charCodeAt(this.#at) !== unit)
      if (left-- <= 0 || !this.#one(set)) return false;
    this.#spend((more - left) / RUN_CHARACTERS_A_STEP);
    if (left > 0) this.#choices.push(Entry.longer, pc, this.#at, left);
    return this.#goOn(pc + 6);
  }

  /** perlre, "Repeated Patterns Matching a Zero-length Substring": a turn that took nothing is the last. */
  #loop(pc: number): boolean {
    const reg = this.#operand(pc + 1);
    const turns = this.#reg(reg);
    const exit = this.#operand(pc + 6);
    if (turns < this.#operand(pc + 2)) return this.#goOn(pc + 7);
    if (this.#at === this.#reg(reg + 1) || turns >= this.#operand(pc + 3)) return this.#goOn(exit);
    if (!this.#remember(this.#operand(pc + 5))) return false;
    const lazy = this.#operand(pc + 4) === 1;
    this.#choices.push(Entry.way, lazy ? pc + 7 : exit, this.#at, 0);
    return this.#goOn(lazy ? exit : pc + 7);
  }

  /** False when all that could follow from this loop and place has failed before; else it is noted if it does. */
  #remember(memo: number): boolean {
    if (memo < 0 || this.#steps < STEPS_BEFORE_MEMORY) return true;
    const bit = memo * (this.#text.length + 1) + this.#at;
    this.#failures ??= new Uint8Array((this.#program.memos * (this.#text.length + 1) + 7) >> 3);
    if (((this.#failures[bit >> 3] ?? 0) >> (bit & 7)) & 1) return false;
    this.#choices.push(Entry.failed, memo, this.#at, 0);
    return true;
  }

  #noteFailure(memo: number, at: number): void {
    const bit = memo * (this.#text.length + 1) + at;
    if (this.#failures) this.#failures[bit >> 3] = (this.#failures[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  #groupEnd(pc: number): boolean {
    const group = this.#operand(pc + 1);
    if (this.#frame?.group === group) return this.#return();
    this.#write(2 * group, this.#reg(this.#operand(pc + 2)));
    this.#write(2 * group + 1, this.#at);
    return this.#goOn(pc + 3);
  }

  #isSet(group: number): boolean {
    return group <= this.#program.groupCount && this.#reg(2 * group + 1) >= 0;
  }

  /** The first group of a reference that took part, or 0. */
  #firstSet(reference: number): number {
    return this.#program.references[reference]?.groups.find((group) => this.#isSet(group)) ?? 0;
  }

  /** A group that took no part fails, perlre; JavaScript would match nothing. */
  #backreference(reference: number): boolean {
    const group = this.#firstSet(reference);
    if (group === 0) return false;
    const start = this.#reg(2 * group);
    const length = this.#reg(2 * group + 1) - start;
    const ignoreCase = this.#program.references[reference]?.ignoreCase ?? false;
    for (let i = 0; i < length; ) {
      const code = codeAt(this.#text, start + i);
      const here = this.#at + i < this.#text.length ? codeAt(this.#text, this.#at + i) : -1;
      if (code !== here && !(ignoreCase && here >= 0 && foldCase(code) === foldCase(here))) {
        this.#spend(i / RUN_CHARACTERS_A_STEP);
        return false;
      }
      i += code > 0xffff ? 2 : 1;
    }
    this.#spend(length / RUN_CHARACTERS_A_STEP);
    this.#at += length;
    return true;
  }

  /** Looks back `distance` characters or, if what is there fails, fewer: the longest first, as Perl does. */
  #lookBack(pc: number, from: number, distance: number): boolean {
    for (let back = distance; back >= this.#operand(pc + 2); back--) {
      const at = this.#stepBack(from, back);
      if (at < 0) continue;
      if (back > this.#operand(pc + 2)) this.#choices.push(Entry.nearer, pc, from, back - 1);
      this.#at = at;
      return this.#goOn(pc + 4);
    }
    return false;
  }

  #stepBack(from: number, characters: number): number {
    let at = from;
    for (let i = 0; i < characters && at >= 0; i++) at = placeBefore(this.#text, at);
    this.#spend(characters / RUN_CHARACTERS_A_STEP);
    return at;
  }

  #call(pc: number): boolean {
    if (++this.#depth > DEEPEST_RECURSION) throw new PatternOverrun(this.#source, 'recursion');
    const frame: Frame = {
      group: this.#operand(pc + 2),
      back: pc + 3,
      outer: this.#frame,
      registers: this.#registers.slice(),
    };
    this.#spend(this.#registers.length);
    this.#enter(frame);
    return this.#goOn(this.#operand(pc + 1));
  }

  /** Ends a recursion: groups and loops are what they were before it, perlre; where `\K` lets the match begin is not. */
  #return(): boolean {
    const frame = this.#frame;
    if (!frame) return false;
    for (let register = 1; register < frame.registers.length; register++)
      if (this.#reg(register) !== frame.registers[register])
        this.#write(register, frame.registers[register] as number);
    this.#depth--;
    this.#enter(frame.outer);
    return this.#goOn(frame.back);
  }

  /** Changes the recursion under way so that backtracking can change it back: undone as register -1. */
  #enter(frame: Frame | null): void {
    this.#frames.push(this.#frame);
    this.#choices.push(Entry.undo, -1, this.#frames.length - 1, this.#depth);
    this.#frame = frame;
  }

  #isRecursing(reference: number): boolean {
    if (!this.#frame) return false;
    return (
      reference < 0 || (this.#program.references[reference]?.groups.includes(this.#frame.group) ?? false)
    );
  }

  /** Sets a register so that backtracking puts it back. */
  #write(register: number, value: number): void {
    this.#choices.push(Entry.undo, register, this.#reg(register), 0);
    this.#registers[register] = value;
  }

  /** Goes back to the last way not yet tried; false when there is none. */
  #backtrack(): boolean {
    const choices = this.#choices;
    while (choices.height > 0) {
      choices.height -= ENTRY;
      const top = choices.height;
      const kind = choices.at(top);
      const a = choices.at(top + 1);
      const b = choices.at(top + 2);
      const c = choices.at(top + 3);
      switch (kind) {
        case Entry.way:
          this.#at = b;
          return this.#goOn(a);
        case Entry.undo:
          this.#undo(a, b);
          break;
        case Entry.failed:
          this.#noteFailure(a, b);
          break;
        default:
          if (this.#resume(kind, a, b, c)) return true;
      }
    }
    return false;
  }

  #resume(kind: number, a: number, b: number, c: number): boolean {
    switch (kind) {
      case Entry.shorter:
        return this.#cutShort(a, b, placeBefore(this.#text, c));
      case Entry.longer:
        this.#at = b;
        return this.#one(this.#setAt(a + 1)) && this.#stretch(a, c - 1);
      default:
        return this.#lookBack(a, b, c);
    }
  }

  #undo(register: number, value: number): void {
    if (register >= 0) {
      this.#registers[register] = value;
      return;
    }
    this.#frame = this.#frames[value] ?? null;
    this.#frames.length = value;
    this.#depth = depthOf(this.#frame);
  }

  /** Forgets the ways above `height`, but keeps what must be undone if what lies below is tried again. */
  #commit(height: number): void {
    const choices = this.#choices;
    let kept = height;
    for (let at = height; at < choices.height; at += ENTRY) {
      if (choices.at(at) !== Entry.undo) continue;
      choices.move(at, kept);
      kept += ENTRY;
    }
    this.#spend((choices.height - height) / ENTRY / RUN_CHARACTERS_A_STEP);
    choices.height = kept;
  }

  /** Takes back everything above `height`. */
  #unwind(height: number): void {
    const choices = this.#choices;
    while (choices.height > height) {
      choices.height -= ENTRY;
      const top = choices.height;
      if (choices.at(top) === Entry.undo) this.#undo(choices.at(top + 1), choices.at(top + 2));
    }
  }
}

function depthOf(frame: Frame | null): number {
  let depth = 0;
  for (let at = frame; at; at = at.outer) depth++;
  return depth;
}
