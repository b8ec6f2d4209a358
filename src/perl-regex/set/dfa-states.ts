import type { Node } from '../parse/ast.js';
import { contains } from '../parse/char-set.js';
import type { TextView } from '../pattern.js';
import { Findings } from './findings.js';
import { Nfa, type NfaDetail, NfaStep } from './nfa.js';
import { type Outcome, UNDECIDED } from './outcome.js';
import { NO_PARENT, type SetMember } from './set-member.js';

/** A member, by its number, and the regex that the automaton follows for it. */
export interface Followed {
  readonly number: number;
  readonly root: Node;
}

const ASCII = 128;
/** The table has columns for ASCII without control characters only: a small table stays in the processor's cache. */
const FIRST_COLUMN = 32;
const COLUMNS = ASCII - FIRST_COLUMN;
/** State 0 is never entered. In the table it means "not made yet", elsewhere "no room". */
const FIRST_STATE = 1;
/** Added to the number of a state in which no step waits: the rest of the text does not matter. */
const FINAL = 0x8000;
/** Making a state costs as much as following so many steps of the graph, and the steps themselves. */
const WORK_OF_A_STATE = 50;
/** Size of the cache of where characters without a column have led lately; a power of two. */
const LATELY = 4096;

interface State {
  /** The steps of the graph that wait for a character, or for the end of the text; sorted. */
  readonly waiting: Int32Array;
  /** The members found so far, sorted. `sure`: those of them that match for sure. */
  readonly found: readonly number[];
  readonly sure: ReadonlySet<number>;
  /** A surrogate half has been read: what is found from here on is never sure. */
  readonly halved: boolean;
  /** Which state each character without a column leads to. */
  readonly beyond: Map<number, number>;
  outcome: Outcome | null;
}

/**
 * The states of a lazy DFA over the NFA of all members that are followed, made when a text first needs them. A state is
 * the set of steps that may come next, and what has been found on the way.
 */
export class DfaStates {
  readonly #members: readonly SetMember[];
  readonly #graph: Nfa;
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** `#table[state * COLUMNS + character - FIRST_COLUMN]`: the next state, 0 when it is not made yet. */
  #table = new Uint16Array(64 * COLUMNS);
  readonly #lateFrom = new Float64Array(LATELY);
  readonly #lateTo = new Uint16Array(LATELY);
  #mostStates = Number.POSITIVE_INFINITY;
  /** Steps of the graph that may still be followed for the text under way. */
  #workLeft = Number.POSITIVE_INFINITY;
  readonly #reach: (Int32Array | undefined)[] = [];
  /** The members that this automaton follows. Such a group cannot match any more once none of its steps waits. */
  readonly #followed: ReadonlySet<number>;

  constructor(members: readonly SetMember[], followed: readonly Followed[], detail: NfaDetail) {
    this.#members = members;
    this.#followed = new Set(followed.map(({ number }) => number));
    this.#graph = new Nfa(detail);
    const first = new Set<number>();
    const findings = new Findings([], new Set(), false);
    for (const { number, root } of followed)
      for (const leaf of this.#leaves(this.#graph.addRegex(number, root), 'start'))
        this.#enter(leaf, first, findings);
    // State 0 is only there so that no other has its number.
    this.#intern(new Set(), new Findings([], new Set(), false));
    this.#numbers.clear();
    this.#intern(first, findings);
  }

  get count(): number {
    return this.#states.length;
  }

  read({ whole, from, gap, resume, to }: TextView, mostStates: number, mostWork: number): Outcome | null {
    this.#mostStates = Math.min(mostStates, FINAL - 1);
    this.#workLeft = mostWork;
    let state = this.#walk(FIRST_STATE, whole.units, from, gap);
    if (state < FINAL && state > 0 && resume < to) state = this.#walk(state, whole.units, resume, to);
    return state === 0 ? null : this.#outcome(state & ~FINAL);
  }

  /** The state that the characters lead to, `FINAL` added if it is final; 0 when there is no room for a state on the way. */
  #walk(first: number, units: Uint16Array, from: number, to: number): number {
    let state = first;
    let table = this.#table;
    for (let i = from; i < to; i++) {
      const code = units[i] as number;
      const column = code - FIRST_COLUMN;
      let next =
        column >= 0 && column < COLUMNS
          ? (table[state * COLUMNS + column] as number)
          : this.#beyond(state, code);
      // One comparison for both of what is rare: not made yet, and final.
      if ((next - 1) >>> 0 >= FINAL - 1) {
        if (next === 0) next = this.#make(state, code);
        if (next === 0 || next >= FINAL) return next;
        table = this.#table;
      }
      state = next;
    }
    return state;
  }

  #beyond(state: number, code: number): number {
    const key = state * 0x10000 + code;
    const place = (state * 31 + code) & (LATELY - 1);
    if (this.#lateFrom[place] === key) return this.#lateTo[place] as number;
    const next = this.#at(state).beyond.get(code) ?? 0;
    if (next !== 0) {
      this.#lateFrom[place] = key;
      this.#lateTo[place] = next;
    }
    return next;
  }

  #at(state: number): State {
    return this.#states[state] as State;
  }

  /** Makes the state that a character leads to, and enters it into the table. */
  #make(number: number, code: number): number {
    const state = this.#at(number);
    const halved = state.halved || isHalf(code);
    const findings = new Findings(state.found, state.sure, halved);
    const waiting = new Set<number>();
    this.#workLeft -= state.waiting.length + WORK_OF_A_STATE;
    if (this.#workLeft < 0) return 0;
    for (const step of state.waiting)
      for (const next of this.#behind(step, code))
        for (const leaf of this.#leaves(next)) this.#enter(leaf, waiting, findings);
    const next = this.#intern(waiting, findings);
    if (next === 0) return 0;
    const final = this.#at(next).waiting.length === 0 ? next + FINAL : next;
    if (code >= FIRST_COLUMN && code < ASCII) this.#table[number * COLUMNS + code - FIRST_COLUMN] = final;
    else state.beyond.set(code, final);
    return final;
  }

  /** The steps behind one that takes this character; none when it does not. */
  #behind(step: number, code: number): readonly number[] {
    const { kind, a, b, sets } = this.#graph;
    const next = b[step] ?? 0;
    switch (kind[step]) {
      case NfaStep.char:
        return a[step] === code ? [next] : NONE;
      case NfaStep.lowHalf:
        return code >= 0xdc00 && code <= 0xdfff ? [next] : NONE;
      case NfaStep.set: {
        const set = sets[a[step] ?? 0];
        if (!set) return NONE;
        if (code < ASCII) return set.low[code] === 1 ? [next] : NONE;
        const alone = contains(set.set, code) ? [next] : [];
        if (set.astral && code >= 0xd800 && code <= 0xdbff) alone.push(this.#graph.lowHalf(next));
        return alone;
      }
      default:
        return NONE;
    }
  }

  /** Records a member if the step finds one; any other step waits for a character. */
  #enter(leaf: number, waiting: Set<number>, findings: Findings): void {
    const { kind, a } = this.#graph;
    if (kind[leaf] === NfaStep.match) findings.find(a[leaf] ?? 0, true);
    else if (kind[leaf] === NfaStep.maybe) findings.find(a[leaf] ?? 0, false);
    else waiting.add(leaf);
  }

  /** The steps that can be reached without a character, through forks and places. */
  #leaves(step: number, at: 'start' | 'within' = 'within'): Int32Array {
    const known = at === 'within' ? this.#reach[step] : undefined;
    if (known) return known;
    const leaves = new Set<number>();
    this.#gather(step, at, leaves);
    const reach = Int32Array.from(leaves);
    if (at === 'within') this.#reach[step] = reach;
    return reach;
  }

  #gather(first: number, at: 'start' | 'within' | 'end', leaves: Set<number>): void {
    const { kind, a, b } = this.#graph;
    const passed = new Set<number>();
    const open = [first];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (passed.has(step)) continue;
      passed.add(step);
      switch (kind[step]) {
        case NfaStep.fork:
          open.push(a[step] ?? 0, b[step] ?? 0);
          break;
        case NfaStep.textStart:
          if (at === 'start') open.push(b[step] ?? 0);
          break;
        case NfaStep.textEnd:
          if (at === 'end') open.push(b[step] ?? 0);
          else leaves.add(step);
          break;
        case NfaStep.unwritten:
          open.push(this.#written(step));
          break;
        case NfaStep.dead:
          break;
        default:
          leaves.add(step);
      }
    }
  }

  /** Writes the rest of a regex, and makes the step lead to it from now on. */
  #written(step: number): number {
    const { kind, a, b } = this.#graph;
    const rest = this.#graph.writeRest(a[step] ?? 0);
    kind[step] = NfaStep.fork;
    a[step] = rest;
    b[step] = rest;
    return rest;
  }

  /** The number of the state with these steps and findings, known or new; 0 when there is no room for a new one. */
  #intern(reached: ReadonlySet<number>, findings: Findings): number {
    const waiting = this.#prune(reached, findings);
    const key = `${waiting.join()};${findings.key()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length > this.#mostStates) return 0;
    const number =
      this.#states.push({
        waiting,
        found: findings.found,
        sure: findings.sure,
        halved: findings.halved,
        beyond: new Map(),
        outcome: null,
      }) - 1;
    this.#numbers.set(key, number);
    this.#makeRoom(number + 1);
    return number;
  }

  #makeRoom(states: number): void {
    if (states * COLUMNS <= this.#table.length) return;
    const larger = new Uint16Array(this.#table.length * 2);
    larger.set(this.#table);
    this.#table = larger;
  }

  /**
   * Drops what cannot change the answer: the steps of members found already, members in groups that cannot match any
   * more, and all members behind one that wins for sure. Returns the steps that are worth waiting for.
   */
  #prune(reached: ReadonlySet<number>, findings: Findings): Int32Array {
    const { owner } = this.#graph;
    const open = new Set<number>();
    for (const step of reached) open.add(owner[step] ?? 0);
    findings.keep((member) => !this.#isLost(member, open, findings));
    const decisive = this.#decisive(findings);
    findings.keep((member) => member <= decisive);
    const waiting = [...reached].filter((step) => {
      const member = owner[step] ?? 0;
      return member < decisive && !findings.has(member) && !this.#isLost(member, open, findings);
    });
    return Int32Array.from(waiting).sort();
  }

  /** Whether a group around the member cannot match any more. */
  #isLost(member: number, open: ReadonlySet<number>, findings: Findings): boolean {
    for (
      let group = parentOf(this.#members, member);
      group !== NO_PARENT;
      group = parentOf(this.#members, group)
    )
      if (this.#followed.has(group) && !open.has(group) && !findings.has(group)) return true;
    return false;
  }

  /** The first winner that matches for sure, as all groups around it do. */
  #decisive({ found, sure }: Findings): number {
    const isSure = (member: number): boolean =>
      member === NO_PARENT || (sure.has(member) && isSure(parentOf(this.#members, member)));
    return found.find((member) => this.#members[member]?.kind === 'winner' && isSure(member)) ?? UNDECIDED;
  }

  /** The outcome of a text that ends in this state. */
  #outcome(number: number): Outcome {
    const state = this.#states[number] as State;
    state.outcome ??= this.#end(state);
    return state.outcome;
  }

  #end({ waiting, found, sure, halved }: State): Outcome {
    const findings = new Findings(found, sure, halved);
    for (const step of waiting) {
      const leaves = new Set<number>();
      this.#gather(step, 'end', leaves);
      for (const leaf of leaves) this.#enter(leaf, new Set(), findings);
    }
    this.#prune(new Set(), findings);
    const isGroup = (member: number): boolean => this.#members[member]?.kind === 'group';
    return {
      winners: findings.found.filter((member) => !isGroup(member)),
      decisive: this.#decisive(findings),
      sure: findings.sure,
      maybe: new Set(findings.found.filter((member) => isGroup(member) && !findings.sure.has(member))),
    };
  }
}

const NONE: readonly number[] = [];

function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function parentOf(members: readonly SetMember[], member: number): number {
  return members[member]?.parent ?? NO_PARENT;
}
