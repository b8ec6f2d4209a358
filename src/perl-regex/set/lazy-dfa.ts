import type { Excerpt } from '../../line/excerpt.js';
import { type FlatRule, NO_PARENT } from '../../rule/flat-rules.js';
import type { Node } from '../parse/ast.js';
import { contains } from '../parse/char-set.js';
import { Nfa, type NfaDetail, NfaStep } from './nfa.js';

/** What the rules in an automaton say of a text. Numbers are those of the flat rules. */
export interface Outcome {
  /** Rules (groups left out) that match or may match, in order, up to the first that decides. */
  readonly winners: readonly number[];
  /** The last of `winners`, when it and the groups around it match for sure; `UNDECIDED` when none does. */
  readonly decisive: number;
  /** Rules and groups that match for sure; no need to ask their regexes. */
  readonly sure: ReadonlySet<number>;
  /** Groups that may match. */
  readonly maybe: ReadonlySet<number>;
}

/** Behind every rule. */
export const UNDECIDED = Number.MAX_SAFE_INTEGER;

/** All anchored rules of a set walked at once, one table look-up a character. */
export interface LazyDfa {
  /** Whether literals are looked for on the way; they are left out when that would take too many states. */
  readonly floats: boolean;
  /** The outcome of an excerpt's text; null when it alone would take more states, or more work, than there may be. */
  read(excerpt: Excerpt): Outcome | null;
}

/** A flat rule and the regex that stands for it. */
export interface Member {
  readonly number: number;
  readonly root: Node;
}

/** `floating`: those of which only a literal is looked for, wherever it stands. */
export interface Members {
  readonly anchored: readonly Member[];
  readonly floating: readonly Member[];
}

export interface DfaLimits {
  /**
   * States kept, at most 16,384; each costs half a kilobyte. When there are more, all are forgotten and made anew as
   * needed. One text may not make more than as many again.
   */
  readonly mostStates: number;
  /** When states do not serve so many texts each between two forgettings, regexes are followed in less detail. */
  readonly textsAState: number;
  /**
   * Steps of the graph that may be followed to make states for one text, each some 75 ns. A text that takes more is
   * left to the regexes themselves, which are followed in less detail from then on.
   */
  readonly mostWork: number;
}

export const DFA_LIMITS: DfaLimits = { mostStates: 16_384, textsAState: 20, mostWork: 200_000 };

/**
 * Makes the automaton of some of the flat rules (`members`). Its states are made when a text first needs them, as in
 * RE2 (Cox, 2010): a state is the set of places in all regexes that the text so far may have led to.
 */
export function createLazyDfa(
  flat: readonly FlatRule[],
  { anchored, floating }: Members,
  limits: DfaLimits = DFA_LIMITS,
): LazyDfa {
  let states = new States(flat, [...anchored, ...floating], 'whole');
  let texts = 0;
  let detail: NfaDetail = 'whole';
  let wasTooMuch = false;

  function forget(): void {
    if (wasTooMuch || texts < limits.mostStates * limits.textsAState) detail = 'heads';
    wasTooMuch = false;
    states = new States(flat, detail === 'whole' ? [...anchored, ...floating] : anchored, detail);
    texts = 0;
  }

  return {
    get floats() {
      return detail === 'whole';
    },
    read(excerpt) {
      if (states.count > limits.mostStates || (wasTooMuch && detail === 'whole')) forget();
      texts += 1;
      const outcome = states.read(excerpt, 2 * limits.mostStates, limits.mostWork);
      if (!outcome) wasTooMuch = true;
      return outcome;
    },
  };
}

const ASCII = 128;
/** The table has a column for each ASCII character that is no control character, so that much of it stays at hand. */
const FIRST_COLUMN = 32;
const COLUMNS = ASCII - FIRST_COLUMN;
/** State 0 is never entered: in the table it stands for "not made yet", elsewhere for "no room". */
const FIRST_STATE = 1;
/** Added to the number of a state in which nothing waits any more: what follows in the text does not matter. */
const FINAL = 0x8000;
/** What making a state takes besides, in steps of the graph that are followed. */
const WORK_OF_A_STATE = 50;
/** Where characters without a column have led lately; a power of two. */
const LATELY = 4096;

interface State {
  /** Steps of the graph that wait for a character, or for the end of the text; sorted. */
  readonly waiting: Int32Array;
  /** Found so far, sorted. `sure`: of these, the ones that need no asking. */
  readonly found: readonly number[];
  readonly sure: ReadonlySet<number>;
  /** A surrogate half has been read: what is found from here on is never sure. */
  readonly halved: boolean;
  /** Where characters without a column lead. */
  readonly beyond: Map<number, number>;
  outcome: Outcome | null;
}

class States {
  readonly #flat: readonly FlatRule[];
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
  /** Groups of the flat rules that are in this automaton: without a place left in it, one cannot match any more. */
  readonly #members: ReadonlySet<number>;

  constructor(flat: readonly FlatRule[], members: readonly Member[], detail: NfaDetail) {
    this.#flat = flat;
    this.#members = new Set(members.map(({ number }) => number));
    this.#graph = new Nfa(detail);
    const first = new Set<number>();
    const gathering = new Gathering([], new Set(), false);
    for (const { number, root } of members)
      for (const leaf of this.#leaves(this.#graph.addRegex(number, root), 'start'))
        this.#enter(leaf, first, gathering);
    // State 0 is only there so that no other has its number.
    this.#intern(new Set(), new Gathering([], new Set(), false));
    this.#numbers.clear();
    this.#intern(first, gathering);
  }

  get count(): number {
    return this.#states.length;
  }

  read({ whole, from, gap, resume, to }: Excerpt, mostStates: number, mostWork: number): Outcome | null {
    this.#mostStates = Math.min(mostStates, FINAL - 1);
    this.#workLeft = mostWork;
    let state = this.#walk(FIRST_STATE, whole.units, from, gap);
    if (state < FINAL && state > 0 && resume < to) state = this.#walk(state, whole.units, resume, to);
    return state === 0 ? null : this.#outcome(state & ~FINAL);
  }

  /** The state that the characters lead to, with `FINAL` when it is; 0 when there is no room for one on the way. */
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

  /** Works out where a character leads from a state, and notes it. */
  #make(number: number, code: number): number {
    const state = this.#at(number);
    const halved = state.halved || isHalf(code);
    const gathering = new Gathering(state.found, state.sure, halved);
    const waiting = new Set<number>();
    this.#workLeft -= state.waiting.length + WORK_OF_A_STATE;
    if (this.#workLeft < 0) return 0;
    for (const step of state.waiting)
      for (const next of this.#behind(step, code))
        for (const leaf of this.#leaves(next)) this.#enter(leaf, waiting, gathering);
    const next = this.#intern(waiting, gathering);
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

  /** Notes what a step says that needs no further character; the others wait. */
  #enter(leaf: number, waiting: Set<number>, gathering: Gathering): void {
    const { kind, a } = this.#graph;
    if (kind[leaf] === NfaStep.match) gathering.find(a[leaf] ?? 0, true);
    else if (kind[leaf] === NfaStep.maybe) gathering.find(a[leaf] ?? 0, false);
    else waiting.add(leaf);
  }

  /** The steps that can be reached without a character, forks and places passed. */
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

  /** Has the rest of a regex written, and leads to it from now on. */
  #written(step: number): number {
    const { kind, a, b } = this.#graph;
    const rest = this.#graph.writeRest(a[step] ?? 0);
    kind[step] = NfaStep.fork;
    a[step] = rest;
    b[step] = rest;
    return rest;
  }

  /** The number of the state that these make, known or new; 0 when there is no room for a new one. */
  #intern(reached: ReadonlySet<number>, gathering: Gathering): number {
    const waiting = this.#prune(reached, gathering);
    const key = `${waiting.join()};${gathering.key()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length > this.#mostStates) return 0;
    const number =
      this.#states.push({
        waiting,
        found: gathering.found,
        sure: gathering.sure,
        halved: gathering.halved,
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
   * Lets go of what cannot change the verdict: of rules found already, of those in groups that cannot match any more,
   * and of all behind a rule that wins for sure. Returns the steps that are worth waiting for.
   */
  #prune(reached: ReadonlySet<number>, gathering: Gathering): Int32Array {
    const { owner } = this.#graph;
    const open = new Set<number>();
    for (const step of reached) open.add(owner[step] ?? 0);
    gathering.keep((rule) => !this.#isLost(rule, open, gathering));
    const decisive = this.#decisive(gathering);
    gathering.keep((rule) => rule <= decisive);
    const waiting = [...reached].filter((step) => {
      const rule = owner[step] ?? 0;
      return rule < decisive && !gathering.has(rule) && !this.#isLost(rule, open, gathering);
    });
    return Int32Array.from(waiting).sort();
  }

  /** Whether a group around the rule cannot match any more. */
  #isLost(rule: number, open: ReadonlySet<number>, gathering: Gathering): boolean {
    for (let group = parentOf(this.#flat, rule); group !== NO_PARENT; group = parentOf(this.#flat, group))
      if (this.#members.has(group) && !open.has(group) && !gathering.has(group)) return true;
    return false;
  }

  /** The first rule that has won for sure, the groups around it included. */
  #decisive({ found, sure }: Gathering): number {
    const isSure = (rule: number): boolean =>
      rule === NO_PARENT || (sure.has(rule) && isSure(parentOf(this.#flat, rule)));
    return found.find((rule) => this.#flat[rule]?.kind === 'winner' && isSure(rule)) ?? UNDECIDED;
  }

  /** What holds when the text ends in this state. */
  #outcome(number: number): Outcome {
    const state = this.#states[number] as State;
    state.outcome ??= this.#end(state);
    return state.outcome;
  }

  #end({ waiting, found, sure, halved }: State): Outcome {
    const gathering = new Gathering(found, sure, halved);
    for (const step of waiting) {
      const leaves = new Set<number>();
      this.#gather(step, 'end', leaves);
      for (const leaf of leaves) this.#enter(leaf, new Set(), gathering);
    }
    this.#prune(new Set(), gathering);
    const isGroup = (rule: number): boolean => this.#flat[rule]?.kind === 'group';
    return {
      winners: gathering.found.filter((rule) => !isGroup(rule)),
      decisive: this.#decisive(gathering),
      sure: gathering.sure,
      maybe: new Set(gathering.found.filter((rule) => isGroup(rule) && !gathering.sure.has(rule))),
    };
  }
}

/** The rules that a text has been found to match so far. */
class Gathering {
  found: readonly number[];
  sure: ReadonlySet<number>;

  constructor(
    found: readonly number[],
    sure: ReadonlySet<number>,
    readonly halved: boolean,
  ) {
    this.found = found;
    this.sure = sure;
  }

  has(rule: number): boolean {
    return this.found.includes(rule);
  }

  find(rule: number, forSure: boolean): void {
    if (!this.has(rule)) this.found = [...this.found, rule].sort((a, b) => a - b);
    if (forSure && !this.halved) this.sure = new Set([...this.sure, rule]);
  }

  keep(wanted: (rule: number) => boolean): void {
    if (this.found.every(wanted)) return;
    this.found = this.found.filter(wanted);
    this.sure = new Set([...this.sure].filter(wanted));
  }

  key(): string {
    return `${this.found.map((rule) => (this.sure.has(rule) ? rule : ~rule)).join()};${this.halved}`;
  }
}

const NONE: readonly number[] = [];

function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function parentOf(flat: readonly FlatRule[], rule: number): number {
  return flat[rule]?.parent ?? NO_PARENT;
}
