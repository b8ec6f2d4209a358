import type { Entry } from '../../line/entry.js';
import { ruleMatches } from '../../rule/find-rule.js';
import type { FlatRule } from '../../rule/flat-rules.js';
import { isCatchAll } from '../../rule/is-catch-all.js';
import type { Finding } from './reviewed-rule.js';

/** A rule is looked for in so many of the lines that it would take. */
const MAX_LOOKS = 8;
/** So much of a line is shown (UTF-16 units). */
const MAX_SHOWN = 200;

interface Shadow {
  /** The number of the rule that took its first line. */
  readonly by: number;
  readonly line: string;
  looks: number;
  /** Another rule took another one. */
  isLeftover: boolean;
}

/**
 * What takes the lines of rules that took none. A rule whose lines several earlier rules take is meant for what is left,
 * and is none of these.
 */
export class Shadows {
  readonly #flat: readonly FlatRule[];
  readonly #shadows = new Map<number, Shadow>();
  /** Numbers of rules that are still looked for, in order. */
  readonly #left: Set<number>;

  /** `idle`: the numbers of rules that took nothing, in order. */
  constructor(flat: readonly FlatRule[], idle: readonly number[]) {
    this.#flat = flat;
    this.#left = new Set(idle.filter((number) => !isCatchAll((flat[number] as FlatRule).rule)));
  }

  get left(): ReadonlySet<number> {
    return this.#left;
  }

  /** An earlier rule (by its number) took a line that an idle one would take. */
  note(number: number, by: number, line: string): void {
    const shadow = this.#shadows.get(number);
    if (!shadow)
      this.#shadows.set(number, { by, line: line.slice(0, MAX_SHOWN), looks: 1, isLeftover: false });
    else {
      shadow.looks += 1;
      if (shadow.by !== by) shadow.isLeftover = true;
      if (shadow.isLeftover || shadow.looks >= MAX_LOOKS) this.#left.delete(number);
    }
  }

  /**
   * `linesOf`: some lines that a rule took. A rule that would take all of those is meant for what is left as well; null:
   * that is not asked.
   */
  findingOf(number: number, linesOf: ((number: number) => readonly Entry[]) | null): Finding[] {
    const shadow = this.#shadows.get(number);
    const by = shadow && this.#flat[shadow.by];
    if (!by || shadow.isLeftover) return [];
    const isWider = linesOf?.(shadow.by).every((entry) => wouldTake(this.#flat, number, entry));
    return isWider ? [] : [{ kind: 'shadowed', by, line: shadow.line }];
  }
}

/** Whether a rule would take an entry if there were no rule before it. */
export function wouldTake(flat: readonly FlatRule[], number: number, entry: Entry): boolean {
  for (let one = flat[number]; one; one = flat[one.parent])
    if (!ruleMatches(one.rule, entry, () => {})) return false;
  return true;
}
