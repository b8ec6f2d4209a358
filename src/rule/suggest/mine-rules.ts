import type { Distinct } from '../../values/distinct-count.js';
import { KindFinder, type KindLimits } from './find-kinds.js';
import { EffectMeter, type Measured, type Message, type Rest } from './measure-effects.js';
import { proposing } from './propose-rules.js';

/** So many kinds get a rule, the most frequent ones: nobody reads more. To measure a rule takes up to 60 kB. */
export const MAX_RULES = 1000;

/** Who hears of messages. A message holds until the next one comes. */
export interface MessageSink {
  /**
   * A message that no rule knows, or that a catch-all takes into `queue`; it came `count` times. `shown`: as it is
   * counted there, if not as it was read.
   */
  addOpen(message: Message, queue: string | null, count: number, shown?: string): void;
  /** A message that the rule at `place` takes; it came `count` times. */
  addTaken(message: Message, place: string, count: number): void;
}

/** Where messages come from. They are read twice. */
export interface MessageSource {
  read(sink: MessageSink): Promise<void>;
}

/** The rules that are proposed for the messages of a source. */
export interface Mined {
  /** Lines that a rule of their own takes, and those that have none. */
  readonly takenLines: number;
  readonly openLines: number;
  readonly kinds: number;
  /** Lines of kinds that were dropped, since there were too many. */
  readonly dropped: number;
  /** Kinds without a rule: it would take more than them, or be too long to be read. */
  readonly ruleless: number;
  /** Rarer kinds for which no rule was looked for, since there were too many. */
  readonly unasked: number;
  readonly measured: readonly Measured[];
  readonly rest: Rest;
}

/** How much work is done. */
export interface Mining {
  readonly limits?: KindLimits;
  /** So many kinds get a rule, the most frequent ones. */
  readonly most?: number;
  /** Lets other work be done between two pieces of this; left out: it is done in one go. */
  pause?(): Promise<unknown>;
}

/** Finds the kinds of messages that have no rule, and rules for these; then counts what each rule would change. */
export async function mineRules(
  source: MessageSource,
  mask: string,
  { limits, most = MAX_RULES, pause }: Mining = {},
): Promise<Mined> {
  const finder = new KindFinder(limits);
  let takenLines = 0;
  let openLines = 0;
  await source.read({
    addOpen({ text }, _, count) {
      openLines += count;
      finder.add(text);
    },
    addTaken(_, __, count) {
      takenLines += count;
    },
  });
  const { rows, unsorted: dropped } = finder.finish();
  const asked = rows.toSorted((a, b) => b.count - a.count).slice(0, most);
  const work = proposing(rows, asked);
  let step = work.next();
  for (; !step.done; step = work.next()) await pause?.();
  const proposals = step.value.filter((proposal) => proposal !== null);
  const meter = new EffectMeter(proposals, mask);
  await source.read(meter);
  return {
    takenLines,
    openLines,
    kinds: rows.length,
    dropped,
    ruleless: asked.length - proposals.length,
    unasked: rows.length - asked.length,
    measured: meter.measured(),
    rest: meter.rest(),
  };
}

/** What rules leave to be read: how many of the first must be accepted so that most lines are known. */
export interface Coverage {
  readonly rules: number;
  /** The share of the lines that these take, from 0 to 1. */
  readonly share: number;
  /** Different messages without any of the rules, and with these. */
  readonly before: Distinct;
  readonly after: Distinct;
}

/** The first rules that take a share of the open lines; all of them when that is not reached. */
export function coverageOf({ measured, rest, openLines }: Mined, share: number): Coverage {
  const about = rest.messages.about || measured.some(({ effect }) => effect.before.about);
  const before = measured.reduce((sum, { effect }) => sum + effect.before.count, rest.messages.count);
  let after = before;
  let lines = 0;
  let rules = 0;
  for (const { effect } of measured) {
    if (lines >= share * openLines) break;
    rules += 1;
    lines += effect.lines;
    after -= effect.before.count - effect.after.count;
  }
  return {
    rules,
    share: openLines === 0 ? 1 : lines / openLines,
    before: { count: before, about },
    after: { count: after, about: about && after > measured.length },
  };
}
