import { CompiledPattern } from '../compile.js';
import type { Pattern, TextView } from '../pattern.js';
import { AhoCorasick } from './aho-corasick.js';
import { LazyDfa, SET_LIMITS, type SetLimits } from './lazy-dfa.js';
import { type Outcome, UNDECIDED } from './outcome.js';
import { floatingLiterals } from './required-literals.js';
import { type Route, routeOf, UNFILTERED } from './route.js';
import { NO_PARENT, type SetMember } from './set-member.js';

/** How many members the DFA searches literals for: each one may multiply its states. */
const MAX_FLOATING = 12;

/**
 * Finds the first of many patterns that matches a text, without trying each. The answer is the one that trying them in
 * order would give: a winner whose pattern, and those of all groups around it, match.
 */
export class PatternSet<View extends TextView> {
  readonly #members: readonly SetMember[];
  readonly #ask: (member: number, view: View) => boolean;
  readonly #patterns: readonly (CompiledPattern | null)[];
  readonly #routes: readonly Route[];
  readonly #dfa: LazyDfa | null;
  #prefilter: AhoCorasick | null = null;
  /** Winners whose own regex is always tried, in order. */
  readonly #unfiltered: readonly number[];
  readonly #firstUnfiltered: number;
  readonly #firstPrefiltered: number;
  /** The literals of the prefilter, by member. */
  readonly #literals: ReadonlyMap<number, readonly string[]>;
  /** Whether the DFA finds the literals, as long as it can. */
  readonly #floats: boolean;
  /** The number of this text, among those for which the DFA alone did not decide. */
  #turn = 0;
  /** By member: the turn in which a literal was found; the turn in which the group was last tried, and its answer. */
  readonly #hit: Int32Array;
  readonly #asked: Int32Array;
  readonly #holds: Uint8Array;
  /** By member: up to this length of text, it and the groups around it are known to stay below the match limit. */
  readonly #answers: Float64Array;

  /**
   * `ask(member, view)` tries the pattern of a member; false if it exceeds the match limit. It is called only where the set
   * cannot decide, and for each group at most once per text.
   */
  constructor(
    members: readonly SetMember[],
    ask: (member: number, view: View) => boolean,
    limits: SetLimits = SET_LIMITS,
  ) {
    this.#members = members;
    this.#ask = ask;
    this.#patterns = members.map(({ pattern }) => pattern && withTree(pattern));
    this.#routes = this.#patterns.map((pattern) => (pattern ? routeOf(pattern.regex.root) : UNFILTERED));
    this.#literals = literalsOf(this.#routes);
    this.#floats = this.#literals.size > 0 && this.#literals.size <= MAX_FLOATING;
    this.#dfa = this.#makeDfa(limits);
    this.#unfiltered = this.#numbers('winner').filter((number) => this.#routes[number]?.by === 'unfiltered');
    this.#firstUnfiltered = this.#unfiltered[0] ?? UNDECIDED;
    // A group counts, too, and comes before its members, which must wait for the prefilter.
    this.#firstPrefiltered = this.#literals.keys().next().value ?? UNDECIDED;
    this.#hit = new Int32Array(members.length);
    this.#asked = new Int32Array(members.length);
    this.#holds = new Uint8Array(members.length);
    this.#answers = new Float64Array(members.length);
  }

  /** The number of the first winner that matches; -1 if none does. */
  find(view: View): number {
    const outcome = this.#dfa ? (this.#dfa.read(view) ?? this.#unknown()) : NOTHING;
    const { decisive, winners } = outcome;
    const firstUnfollowed = this.#firstUnfollowed();
    if (winners[0] === decisive && decisive < firstUnfollowed && this.#isTrusted(decisive, view))
      return decisive;
    if (winners.length === 0 && firstUnfollowed === UNDECIDED) return NONE;
    this.#turn = (this.#turn + 1) | 0;
    for (const number of this.#candidates(view, outcome))
      if (this.#wins(number, view, outcome)) return number;
    return decisive === UNDECIDED ? NONE : this.#findBehind(decisive, view);
  }

  /** The winner after a decisive one that exceeded the match limit: the DFA knows nothing about members after it. */
  #findBehind(given: number, view: View): number {
    const outcome = this.#unknown();
    for (const number of this.#candidates(view, outcome))
      if (number > given && this.#wins(number, view, outcome)) return number;
    return NONE;
  }

  /**
   * Whether a sure match of the DFA replaces trying the pattern. If the pattern alone might exceed the match limit on this
   * text, it is tried: its answer must not depend on the patterns beside it.
   */
  #isTrusted(number: number, { from, gap, resume, to }: TextView): boolean {
    const length = gap - from + to - resume;
    if (length <= (this.#answers[number] as number)) return true;
    for (let at = number; at !== NO_PARENT; at = this.#parentOf(at))
      if (this.#patterns[at]?.answersAll(length) === false) return false;
    this.#answers[number] = length;
    return true;
  }

  /** The outcome that decides nothing: each pattern is tried. */
  #unknown(): Outcome {
    const maybe = new Set(this.#numbers('group'));
    return { winners: this.#numbers('winner'), decisive: UNDECIDED, sure: new Set(), maybe };
  }

  #numbers(kind: SetMember['kind']): number[] {
    return [...this.#members.keys()].filter((number) => this.#members[number]?.kind === kind);
  }

  #parentOf(number: number): number {
    return this.#members[number]?.parent ?? NO_PARENT;
  }

  /** The first member that the DFA does not follow. */
  #firstUnfollowed(): number {
    return this.#isFloating()
      ? this.#firstUnfiltered
      : Math.min(this.#firstPrefiltered, this.#firstUnfiltered);
  }

  #isFloating(): boolean {
    return this.#floats && this.#dfa?.floats === true;
  }

  /** The winners that may match, in order. After `#unknown` some come twice, which costs only time. */
  #candidates(view: View, { winners, decisive }: Outcome): readonly number[] {
    if (decisive < this.#firstUnfollowed()) return winners;
    const candidates = [...winners];
    for (const number of this.#unfiltered) if (number < decisive) candidates.push(number);
    if (decisive > this.#firstPrefiltered && !this.#isFloating())
      for (const number of this.#hits(view)) if (number < decisive) candidates.push(number);
    return candidates.length === winners.length ? winners : candidates.sort((a, b) => a - b);
  }

  /** The winners whose literals are in the text; records those of groups for `#mayMatch`. */
  #hits(view: View): readonly number[] {
    this.#prefilter ??= new AhoCorasick(this.#literals);
    const hits = this.#prefilter.search(view);
    for (const number of hits) this.#hit[number] = this.#turn;
    return hits.filter((number) => this.#members[number]?.kind === 'winner');
  }

  #wins(number: number, view: View, outcome: Outcome): boolean {
    if (!this.#groupHolds(this.#parentOf(number), view, outcome)) return false;
    return this.#isSure(number, view, outcome) || this.#ask(number, view);
  }

  #isSure(number: number, view: View, { sure }: Outcome): boolean {
    return sure.has(number) && this.#isTrusted(number, view);
  }

  /** Whether a group and those around it match. Each is tried once per text. */
  #groupHolds(number: number, view: View, outcome: Outcome): boolean {
    if (number === NO_PARENT) return true;
    if (this.#asked[number] !== this.#turn) {
      this.#asked[number] = this.#turn;
      this.#holds[number] = this.#askGroup(number, view, outcome) ? 1 : 0;
    }
    return this.#holds[number] === 1;
  }

  #askGroup(number: number, view: View, outcome: Outcome): boolean {
    if (!this.#groupHolds(this.#parentOf(number), view, outcome)) return false;
    if (this.#routes[number]?.by === 'automaton' && this.#isSure(number, view, outcome)) return true;
    return this.#mayMatch(number, outcome) && this.#ask(number, view);
  }

  /** A group that is sure, but not trusted on a text of this length, is tried as well. */
  #mayMatch(group: number, { maybe, sure }: Outcome): boolean {
    switch (this.#routes[group]?.by) {
      case 'automaton':
        return maybe.has(group) || sure.has(group);
      case 'prefilter':
        return this.#isFloating() ? maybe.has(group) : this.#hit[group] === this.#turn;
      default:
        return true;
    }
  }

  #makeDfa(limits: SetLimits): LazyDfa | null {
    const anchored = this.#routes.flatMap((route, number) =>
      route.by === 'automaton' ? [{ number, root: route.root }] : [],
    );
    const floating = this.#floats
      ? [...this.#literals].map(([number, literals]) => ({ number, root: floatingLiterals(literals) }))
      : [];
    if (anchored.length + floating.length === 0) return null;
    return new LazyDfa(this.#members, { anchored, floating }, limits);
  }
}

const NONE = -1;
const NOTHING: Outcome = { winners: [], decisive: UNDECIDED, sure: new Set(), maybe: new Set() };

function literalsOf(routes: readonly Route[]): ReadonlyMap<number, readonly string[]> {
  const literals = new Map<number, readonly string[]>();
  for (const [number, route] of routes.entries())
    if (route.by === 'prefilter') literals.set(number, route.literals);
  return literals;
}

/** A set needs the syntax tree, which only patterns made by this package have. */
function withTree(pattern: Pattern): CompiledPattern {
  if (pattern instanceof CompiledPattern) return pattern;
  throw new TypeError(`a pattern set needs patterns made by compile(): ${pattern.source}`);
}
