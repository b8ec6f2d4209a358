import { TextBlock } from '../../base/text/text-block.js';
import {
  compile,
  type Pattern,
  PatternSet,
  type TextView,
  withinLimit,
} from '../../perl-regex/perl-regex.js';
import { type Distinct, DistinctCount } from '../../values/distinct-count.js';
import { BUILT_INS } from '../built-in-patterns.js';
import { expandPatterns } from '../expand-patterns.js';
import type { Proposal } from './propose-rule.js';

/** A message as it was read. It may hold no newline. */
export interface Message extends TextView {
  readonly host: string;
  readonly text: string;
}

/** What a proposed rule would change, counted on real lines. */
export interface Effect {
  /** Lines that it takes of those that are to be sorted. */
  readonly lines: number;
  readonly hosts: Distinct;
  /** Different messages that these lines are now, and would be with the rule. */
  readonly before: Distinct;
  readonly after: Distinct;
  /** The queue that most of these lines come to now; null for none. */
  readonly queue: string | null;
  /** Lines that it would take from other rules when it stood before them: by place of the rule, most first. */
  readonly taken: readonly (readonly [place: string, lines: number])[];
}

export interface Measured {
  readonly proposal: Proposal;
  readonly effect: Effect;
}

/** The lines that none of the proposed rules takes. */
export interface Rest {
  readonly lines: number;
  readonly messages: Distinct;
}

/**
 * Counts what each of several rules would take, where they stand in their order before all others: a line that two of
 * them match goes to the first.
 */
export class EffectMeter {
  readonly #rules: readonly CountedRule[];
  readonly #set: PatternSet<Message>;
  readonly #block = new TextBlock();
  readonly #restMessages = new DistinctCount();
  #restLines = 0;

  /** `mask`: what stands for each masked group. */
  constructor(proposals: readonly Proposal[], mask: string) {
    this.#rules = proposals.flatMap((proposal) => countedRule(proposal, mask) ?? []);
    const members = this.#rules.map(({ pattern }) => ({ kind: 'winner', pattern, parent: -1 }) as const);
    this.#set = new PatternSet<Message>(members, (at, { text }) => this.#rules[at]?.test(text) ?? false);
  }

  /** Counts a message that has no rule of its own, and came `count` times. `queue`: where it comes to now, as `shown`. */
  addOpen(message: Message, queue: string | null, count: number, shown = message.text): void {
    const rule = this.#rules[this.#set.find(message)];
    if (rule) return rule.addOpen(message, queue, count, shown);
    this.#restLines += count;
    this.#restMessages.add(this.#block.set(shown), 0, shown.length);
  }

  /** Counts a message that another rule takes now. */
  addTaken(message: Message, place: string, count: number): void {
    this.#rules[this.#set.find(message)]?.addTaken(place, count);
  }

  /** The rules with what they do: those that save most first. */
  measured(): Measured[] {
    return this.#rules
      .map((rule) => ({ proposal: rule.proposal, effect: rule.effect() }))
      .filter(({ effect }) => effect.lines > 0)
      .sort((a, b) => saved(b.effect) - saved(a.effect));
  }

  rest(): Rest {
    return { lines: this.#restLines, messages: atMost(this.#restLines, this.#restMessages.read()) };
  }
}

/** A message less to be read is worth as much as so many lines that are known from then on. */
const LINES_OF_A_MESSAGE = 100;

/** What a rule saves its reader, in messages. */
function saved({ before, after, lines }: Effect): number {
  return before.count - after.count + lines / LINES_OF_A_MESSAGE;
}

/** null for a regex that cannot be used, of which none is known. */
function countedRule(proposal: Proposal, mask: string): CountedRule | null {
  const compiled = compile(expandPatterns(proposal.rule, BUILT_INS).text);
  return compiled.ok ? new CountedRule(proposal, compiled.pattern, mask) : null;
}

class CountedRule {
  readonly proposal: Proposal;
  readonly pattern: Pattern;
  readonly #mask: string;
  /** What every message becomes, when that is always the same. */
  readonly #fixed: string | null;
  readonly #block = new TextBlock();
  readonly #hosts = new DistinctCount();
  readonly #before = new DistinctCount();
  readonly #after = new DistinctCount();
  readonly #queues = new Map<string | null, number>();
  readonly #taken = new Map<string, number>();
  #lines = 0;

  constructor(proposal: Proposal, pattern: Pattern, mask: string) {
    this.proposal = proposal;
    this.pattern = pattern;
    this.#mask = mask;
    this.#fixed = pattern.fixedMask(mask);
    if (this.#fixed !== null) this.#count(this.#after, this.#fixed);
  }

  /** Whether it matches; false when it is given up. */
  test(text: string): boolean {
    return orElse(false, () => this.pattern.test(text));
  }

  addOpen({ host, text }: Message, queue: string | null, count: number, shown: string): void {
    this.#lines += count;
    this.#queues.set(queue, (this.#queues.get(queue) ?? 0) + count);
    if (host !== '') this.#count(this.#hosts, host);
    this.#count(this.#before, shown);
    if (this.#fixed === null) this.#count(this.#after, this.#masked(text));
  }

  addTaken(place: string, count: number): void {
    this.#taken.set(place, (this.#taken.get(place) ?? 0) + count);
  }

  effect(): Effect {
    const [queue = null] = byCount(this.#queues)[0] ?? [];
    return {
      lines: this.#lines,
      hosts: this.#hosts.read(),
      before: atMost(this.#lines, this.#before.read()),
      after: atMost(this.#lines, this.#after.read()),
      queue,
      taken: byCount(this.#taken),
    };
  }

  #masked(text: string): string {
    return orElse(null, () => this.pattern.mask(text, this.#mask)) ?? text;
  }

  #count(counter: DistinctCount, text: string): void {
    counter.add(this.#block.set(text), 0, text.length);
  }
}

/** An estimate is not above the number of lines: "3,759 lines, about 3,945 different messages" would be read twice. */
function atMost(lines: number, { count, about }: Distinct): Distinct {
  return { count: Math.min(count, lines), about };
}

function byCount<K>(counts: ReadonlyMap<K, number>): [K, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** What a regex found; `given` when it was given up. */
function orElse<T>(given: T, find: () => T): T {
  return withinLimit(find, () => given);
}
