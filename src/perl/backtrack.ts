import { spendSteps, stepsAllowed } from './allowance.js';
import { contains, WORD } from './char-set.js';
import { foldCase } from './letter-case.js';
import type { Match, Span } from './pattern.js';
import { Assertion, type FastSet, Op, type Program } from './program.js';

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

/** Numbers on the stack, four a choice: 32 MB. */
const MOST_STACK = 8_000_000;
const FIRST_STACK = 1 << 10;
/** A stack that grew beyond this is given back after the match: 256 kB. */
const KEPT_STACK = 1 << 16;
const DEEPEST_RECURSION = 5_000;
/** When failures begin to be remembered: most matches end long before. */
const STEPS_BEFORE_MEMORY = 5_000;
const RUN_CHARACTERS_A_STEP = 8;
const ENTRY = 4;

/** What an entry of the stack is; its three operands follow. */
const Entry = {
  /** pc, place: go on there. */
  way: 0,
  /** register, value: put it back. */
  undo: 1,
  /** pc, least, place: give back one character of a run. */
  shorter: 2,
  /** pc, place, how many may still follow: take one more. */
  longer: 3,
  /** memo, place: all that could follow has failed. */
  failed: 4,
  /** pc, place, distance: look back from one character nearer. */
  nearer: 5,
} as const;

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
  #stack = new Int32Array(FIRST_STACK);
  #top = 0;
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
      for (let start = this.#nextStart(0); start >= 0; start = this.#nextStart(this.#after(start)))
        if (this.#matchAt(start)) return this.#match();
      return null;
    } finally {
      spendSteps(this.#steps);
      this.#text = '';
      this.#failures = null;
      this.#frames = [];
      if (this.#stack.length > KEPT_STACK) this.#stack = new Int32Array(FIRST_STACK);
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
    while (at < text.length && !this.#isIn(first, this.#codeAt(at))) at = this.#after(at);
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
    this.#top = 0;
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
        this.#push(Entry.way, this.#operand(pc + 1), this.#at, 0);
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
        return this.#holds(this.#operand(pc + 1)) && this.#goOn(pc + 2);
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
        this.#write(this.#operand(pc + 1), this.#top);
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

  #codeAt(at: number): number {
    const unit = this.#text.charCodeAt(at);
    return unit >= 0xd800 && unit <= 0xdbff ? (this.#text.codePointAt(at) ?? unit) : unit;
  }

  /** The place behind the character at `at`. */
  #after(at: number): number {
    return this.#codeAt(at) > 0xffff ? at + 2 : at + 1;
  }

  /** The place before the character that ends at `at`; -1 at the start of the text. */
  #before(at: number): number {
    const unit = this.#text.charCodeAt(at - 1);
    if (unit < 0xdc00 || unit > 0xdfff || at < 2) return at - 1;
    return this.#after(at - 2) === at ? at - 2 : at - 1;
  }

  #isIn({ low, set }: FastSet, code: number): boolean {
    return code < low.length ? low[code] === 1 : contains(set, code);
  }

  #one(set: FastSet): boolean {
    if (this.#at >= this.#text.length) return false;
    const code = this.#codeAt(this.#at);
    if (!this.#isIn(set, code)) return false;
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
      while (end > least && this.#text.charCodeAt(end) !== unit) end = this.#before(end);
      this.#spend((at - end) / RUN_CHARACTERS_A_STEP);
      if (this.#text.charCodeAt(end) !== unit) return false;
    }
    if (end > least) this.#push(Entry.shorter, pc, least, end);
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
    if (left > 0) this.#push(Entry.longer, pc, this.#at, left);
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
    this.#push(Entry.way, lazy ? pc + 7 : exit, this.#at, 0);
    return this.#goOn(lazy ? exit : pc + 7);
  }

  /** False when all that could follow from this loop and place has failed before; else it is noted if it does. */
  #remember(memo: number): boolean {
    if (memo < 0 || this.#steps < STEPS_BEFORE_MEMORY) return true;
    const bit = memo * (this.#text.length + 1) + this.#at;
    this.#failures ??= new Uint8Array((this.#program.memos * (this.#text.length + 1) + 7) >> 3);
    if (((this.#failures[bit >> 3] ?? 0) >> (bit & 7)) & 1) return false;
    this.#push(Entry.failed, memo, this.#at, 0);
    return true;
  }

  #noteFailure(memo: number, at: number): void {
    const bit = memo * (this.#text.length + 1) + at;
    if (this.#failures) this.#failures[bit >> 3] = (this.#failures[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  #holds(assertion: number): boolean {
    const text = this.#text;
    const at = this.#at;
    switch (assertion) {
      case Assertion.textStart:
        return at === 0;
      case Assertion.textEnd:
        return at === text.length;
      case Assertion.end:
        return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
      case Assertion.lineStart:
        return at === 0 || (at < text.length && text.charCodeAt(at - 1) === 10);
      case Assertion.lineEnd:
        return at === text.length || text.charCodeAt(at) === 10;
      case Assertion.boundary:
        return isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
      default:
        return isWord(text.charCodeAt(at - 1)) === isWord(text.charCodeAt(at));
    }
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
      const code = this.#codeAt(start + i);
      const here = this.#at + i < this.#text.length ? this.#codeAt(this.#at + i) : -1;
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
      if (back > this.#operand(pc + 2)) this.#push(Entry.nearer, pc, from, back - 1);
      this.#at = at;
      return this.#goOn(pc + 4);
    }
    return false;
  }

  #stepBack(from: number, characters: number): number {
    let at = from;
    for (let i = 0; i < characters && at >= 0; i++) at = this.#before(at);
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
    this.#push(Entry.undo, -1, this.#frames.length - 1, this.#depth);
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
    this.#push(Entry.undo, register, this.#reg(register), 0);
    this.#registers[register] = value;
  }

  #push(kind: number, a: number, b: number, c: number): void {
    if (this.#top + ENTRY > this.#stack.length) this.#grow();
    const stack = this.#stack;
    const top = this.#top;
    stack[top] = kind;
    stack[top + 1] = a;
    stack[top + 2] = b;
    stack[top + 3] = c;
    this.#top = top + ENTRY;
  }

  #grow(): void {
    if (this.#stack.length >= MOST_STACK) throw new PatternOverrun(this.#source, 'stack');
    const larger = new Int32Array(Math.min(this.#stack.length * 2, MOST_STACK));
    larger.set(this.#stack);
    this.#stack = larger;
  }

  /** Goes back to the last way not yet tried; false when there is none. */
  #backtrack(): boolean {
    const stack = this.#stack;
    while (this.#top > 0) {
      this.#top -= ENTRY;
      const top = this.#top;
      const a = stack[top + 1] as number;
      const b = stack[top + 2] as number;
      const c = stack[top + 3] as number;
      switch (stack[top]) {
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
          if (this.#resume(stack[top] as number, a, b, c)) return true;
      }
    }
    return false;
  }

  #resume(kind: number, a: number, b: number, c: number): boolean {
    switch (kind) {
      case Entry.shorter:
        return this.#cutShort(a, b, this.#before(c));
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
    const stack = this.#stack;
    let kept = height;
    for (let at = height; at < this.#top; at += ENTRY) {
      if (stack[at] !== Entry.undo) continue;
      if (kept !== at) stack.copyWithin(kept, at, at + ENTRY);
      kept += ENTRY;
    }
    this.#spend((this.#top - height) / ENTRY / RUN_CHARACTERS_A_STEP);
    this.#top = kept;
  }

  /** Takes back everything above `height`. */
  #unwind(height: number): void {
    const stack = this.#stack;
    while (this.#top > height) {
      this.#top -= ENTRY;
      if (stack[this.#top] === Entry.undo)
        this.#undo(stack[this.#top + 1] as number, stack[this.#top + 2] as number);
    }
  }
}

function depthOf(frame: Frame | null): number {
  let depth = 0;
  for (let at = frame; at; at = at.outer) depth++;
  return depth;
}

/** NaN, beyond either end of the text, is no word character. */
function isWord(unit: number): boolean {
  return unit >= 0 && contains(WORD, unit);
}
