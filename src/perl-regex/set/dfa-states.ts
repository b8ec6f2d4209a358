import type { Node } from '../parse/ast.js';
import { contains } from '../parse/char-set.js';
import type { TextView } from '../pattern.js';
import { Findings } from './findings.js';
import { Nfa, type NfaDetail, type NfaSet, NfaState } from './nfa.js';
import { type Outcome, UNDECIDED } from './outcome.js';
import { NO_PARENT, type SetMember } from './set-member.js';
import { ASCII, FINAL, Transitions } from './transitions.js';

/** A member, by its number, and the regex that the DFA runs for it. */
export interface Followed {
  readonly number: number;
  readonly root: Node;
}

/** State 0 is never entered: it means "not made yet" or "no room". */
const FIRST_STATE = 1;
/** Cost of making a DFA state, in NFA states, besides those that it follows. */
const WORK_OF_A_STATE = 50;

interface State {
  /** The NFA states that wait for a character or for the end of the text; sorted. */
  readonly waiting: Int32Array;
  /** The members found so far, sorted. `sure`: those of them that match for sure. */
  readonly found: readonly number[];
  readonly sure: ReadonlySet<number>;
  /** A surrogate half has been read: members found later are never sure. */
  readonly halved: boolean;
  outcome: Outcome | null;
}

/**
 * The states of a lazy DFA over the NFA of all followed members, made when a text first needs them. A state is a set of
 * NFA states, and the members found on the way.
 */
export class DfaStates {
  readonly #members: readonly SetMember[];
  readonly #graph: Nfa;
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #transitions = new Transitions();
  #maxStates = Number.POSITIVE_INFINITY;
  /** NFA states that may still be followed for the current text. */
  #workLeft = Number.POSITIVE_INFINITY;
  /** What was made before for an alike character: see `#alikeOf`. */
  readonly #nextOfAlike = new Map<string, number>();
  readonly #closures: (Int32Array | undefined)[] = [];
  /** The members that this DFA follows. Such a group cannot match any more once none of its NFA states waits. */
  readonly #followed: ReadonlySet<number>;

  constructor(members: readonly SetMember[], followed: readonly Followed[], detail: NfaDetail) {
    this.#members = members;
    this.#followed = new Set(followed.map(({ number }) => number));
    this.#graph = new Nfa(detail);
    const first = new Set<number>();
    const findings = new Findings([], new Set(), false);
    for (const { number, root } of followed)
      for (const leaf of this.#closureOf(this.#graph.addRegex(number, root), 'start'))
        this.#enter(leaf, first, findings);
    // State 0 only reserves its number.
    this.#intern(new Set(), new Findings([], new Set(), false));
    this.#numbers.clear();
    this.#intern(first, findings);
  }

  get count(): number {
    return this.#states.length;
  }

  read({ whole, from, gap, resume, to }: TextView, maxStates: number, maxWork: number): Outcome | null {
    this.#maxStates = Math.min(maxStates, FINAL - 1);
    this.#workLeft = maxWork;
    let state = this.#walk(FIRST_STATE, whole.units, from, gap);
    if (state < FINAL && state > 0 && resume < to) state = this.#walk(state, whole.units, resume, to);
    return state === 0 ? null : this.#outcome(state & ~FINAL);
  }

  /** The state after these characters, plus `FINAL` if it is final; 0 if there is no room for a state on the way. */
  #walk(first: number, units: Uint16Array, from: number, to: number): number {
    const transitions = this.#transitions;
    let state = transitions.walk(first, units, from, to);
    while (state < FINAL && transitions.stop < to) {
      const next = this.#make(state, units[transitions.stop] as number);
      if (next === 0 || next >= FINAL) return next;
      state = transitions.walk(next, units, transitions.stop + 1, to);
    }
    return state;
  }

  /** The state after a character, which is entered as a transition; 0 if there is no room for it. */
  #make(number: number, code: number): number {
    const state = this.#states[number] as State;
    this.#workLeft -= state.waiting.length + WORK_OF_A_STATE;
    if (this.#workLeft < 0) return 0;
    const alike = isHalf(code) ? '' : this.#alikeOf(number, state, code);
    const next = this.#nextOfAlike.get(alike) ?? this.#makeNext(state, code);
    if (next === 0) return 0;
    if (alike !== '') this.#nextOfAlike.set(alike, next);
    this.#transitions.add(number, code, next);
    return next;
  }

  /**
   * The same for all characters, except halves of pairs, with which a state leads to the same state: the number of the
   * state, and a bit for each NFA state, whether it takes the character.
   */
  #alikeOf(number: number, { waiting }: State, code: number): string {
    let alike = String.fromCharCode(number);
    let bits = 0;
    for (let i = 0; i < waiting.length; i++) {
      bits = (bits << 1) | (this.#takes(waiting[i] as number, code) ? 1 : 0);
      if ((i & 15) !== 15) continue;
      alike += String.fromCharCode(bits);
      bits = 0;
    }
    return alike + String.fromCharCode(bits);
  }

  #takes(step: number, code: number): boolean {
    const { kind, a, sets } = this.#graph;
    if (kind[step] === NfaState.char) return a[step] === code;
    if (kind[step] !== NfaState.set) return false;
    const set = sets[a[step] as number] as NfaSet;
    return code < ASCII ? set.low[code] === 1 : contains(set.set, code);
  }

  #makeNext(state: State, code: number): number {
    const findings = new Findings(state.found, state.sure, state.halved || isHalf(code));
    const waiting = new Set<number>();
    for (const step of state.waiting)
      for (const next of this.#successors(step, code))
        for (const leaf of this.#closureOf(next)) this.#enter(leaf, waiting, findings);
    const next = this.#intern(waiting, findings);
    return next !== 0 && (this.#states[next] as State).waiting.length === 0 ? next + FINAL : next;
  }

  /** The NFA states after this character; none if the state does not take it. */
  #successors(step: number, code: number): readonly number[] {
    const { kind, a, b, sets } = this.#graph;
    const next = b[step] ?? 0;
    switch (kind[step]) {
      case NfaState.char:
        return a[step] === code ? [next] : NONE;
      case NfaState.lowHalf:
        return code >= 0xdc00 && code <= 0xdfff ? [next] : NONE;
      case NfaState.set: {
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

  /** Records a found member; any other NFA state waits for a character. */
  #enter(leaf: number, waiting: Set<number>, findings: Findings): void {
    const { kind, a } = this.#graph;
    if (kind[leaf] === NfaState.match) findings.find(a[leaf] ?? 0, true);
    else if (kind[leaf] === NfaState.maybe) findings.find(a[leaf] ?? 0, false);
    else waiting.add(leaf);
  }

  /** The epsilon closure: the NFA states that are reached without a character, through splits and assertions. */
  #closureOf(step: number, at: 'start' | 'within' = 'within'): Int32Array {
    const known = at === 'within' ? this.#closures[step] : undefined;
    if (known) return known;
    const leaves = new Set<number>();
    this.#addClosure(step, at, leaves);
    const reach = Int32Array.from(leaves);
    if (at === 'within') this.#closures[step] = reach;
    return reach;
  }

  #addClosure(first: number, at: 'start' | 'within' | 'end', leaves: Set<number>): void {
    const { kind, a, b } = this.#graph;
    const passed = new Set<number>();
    const open = [first];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (passed.has(step)) continue;
      passed.add(step);
      switch (kind[step]) {
        case NfaState.split:
          open.push(a[step] ?? 0, b[step] ?? 0);
          break;
        case NfaState.textStart:
          if (at === 'start') open.push(b[step] ?? 0);
          break;
        case NfaState.textEnd:
          if (at === 'end') open.push(b[step] ?? 0);
          else leaves.add(step);
          break;
        case NfaState.pending:
          open.push(this.#expanded(step));
          break;
        case NfaState.dead:
          break;
        default:
          leaves.add(step);
      }
    }
  }

  /** Makes the pending states of a regex, and links the NFA state to them. */
  #expanded(step: number): number {
    const { kind, a, b } = this.#graph;
    const rest = this.#graph.expand(a[step] ?? 0);
    kind[step] = NfaState.split;
    a[step] = rest;
    b[step] = rest;
    return rest;
  }

  /** The number of the state with these NFA states and findings, known or new; 0 if there is no room for a new one. */
  #intern(reached: ReadonlySet<number>, findings: Findings): number {
    const waiting = this.#prune(reached, findings);
    const key = `${waiting.join()};${findings.key()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length > this.#maxStates) return 0;
    const number =
      this.#states.push({
        waiting,
        found: findings.found,
        sure: findings.sure,
        halved: findings.halved,
        outcome: null,
      }) - 1;
    this.#numbers.set(key, number);
    this.#transitions.makeRoom(number + 1);
    return number;
  }

  /**
   * Drops what cannot change the answer: the NFA states of members found already, members in groups that cannot match any
   * more, and all members after one that wins for sure. Returns the NFA states that are still needed.
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

  /** The first winner that matches for sure, together with all groups around it. */
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
      this.#addClosure(step, 'end', leaves);
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
