import { addCounts, MAX_REPEATS } from '../base/count.js';
import { flatten } from '../base/text/flatten.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Entry } from '../line/entry.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { type MaskedSpans, MatchLimitError, maskSpans } from '../perl-regex/perl-regex.js';
import { findRule, type WinningRule } from './find-rule.js';
import { repeatedText } from './repeated-text.js';
import type { Rule, Target } from './rule.js';
import { createRuleIndex, NO_RULE } from './rule-index.js';
import type { RuleState } from './rule-state.js';
import type { NamedMaskedSpans, QueueCount, Verdict } from './verdict.js';

export interface Ruleset {
  readonly rules: readonly Rule[];
  /** What stands for each masked group. */
  readonly mask: string;
  readonly memory: RuleState;
  /** The queues for which what is under the masks is kept. */
  readonly values?: ReadonlySet<string>;
  /** A regex was given up on a text: the rule did not match, or its message goes unmasked. */
  onOverrun(rule: Rule): void;
}

type QueueRule = Extract<Rule, { readonly kind: 'queues' }>;

/**
 * Judges entries by ordered rules; remembers what each host said last (for `repeat`) and counts escalations.
 * An `Excerpt` may hold no newline.
 */
export function createClassifier(ruleset: Ruleset): (entry: Entry) => Verdict {
  const { rules, memory, onOverrun } = ruleset;
  const index = createRuleIndex(rules, onOverrun);
  const steps = index.flat.map(({ kind, rule }) =>
    kind === 'winner' ? stepOf(rule, ruleset, 'lines') : null,
  );

  const alone = new Excerpt();

  /** To ask an array for what is not there, -1, costs V8 as much as all else here. */
  function winnersStep(excerpt: Excerpt): Step | null {
    const number = index.find(excerpt);
    return number === NO_RULE ? null : (steps[number] ?? null);
  }

  /** The index, and masks that are always the same, know nothing of newlines; lines hold none. */
  function stepFor(entry: Entry): Step | null {
    if (entry instanceof Excerpt) return winnersStep(entry);
    if (!entry.text.includes('\n')) return winnersStep(excerptOf(entry, alone));
    const rule = findRule(rules, entry, onOverrun);
    return rule && stepOf(rule, ruleset, 'any-text');
  }

  function judge(entry: Entry): Verdict {
    const step = stepFor(entry);
    if (step) return step(entry, judge);
    memory.remember(entry.host, null);
    return UNKNOWN;
  }

  return judge;
}

/** What is done with an entry that a rule has won. `judge`: for a text that it says was repeated. */
type Step = (entry: Entry, judge: (entry: Entry) => Verdict) => Verdict;

const UNKNOWN: Verdict = { kind: 'unknown' };
const TRASH: Verdict = { kind: 'trash' };

function stepOf(rule: WinningRule, ruleset: Ruleset, texts: 'lines' | 'any-text'): Step {
  const { memory } = ruleset;
  switch (rule.kind) {
    case 'trash':
      return ({ host }) => {
        memory.remember(host, null);
        return TRASH;
      };
    case 'repeat':
      return (entry, judge) => repeat(rule, entry, ruleset, judge);
    case 'queues':
      return queueStep(rule, ruleset, texts === 'lines' ? rule.pattern.fixedMask(ruleset.mask) : null);
  }
}

/** `fixed`: what every text of the rule is masked to, when that is always the same. */
function queueStep(rule: QueueRule, ruleset: Ruleset, fixed: string | null): Step {
  const { memory } = ruleset;
  const plain = rule.targets.filter((target) => target.every === null).map((target) => target.queue);
  const plainCounts: QueueCount[] = plain.map((queue) => ({ queue, count: 1, how: 'add' }));
  const escalates = rule.targets.some(isNumbered);
  const keeps = rule.pattern.groupCount > 0 && plain.some((queue) => ruleset.values?.has(queue));
  const countsOn = (host: string): readonly QueueCount[] =>
    escalates ? [...plainCounts, ...escalate(rule, host, memory)] : plainCounts;
  if (fixed === null) {
    const masked = maskerOf(rule, ruleset, keeps);
    return (entry) => {
      const { message, under } = masked(entry);
      memory.remember(entry.host, { message, queues: plain });
      return { kind: 'counted', message, counts: countsOn(entry.host), under };
    };
  }
  // The same for every text of the rule: nothing of the text itself is looked at again, unless values are kept.
  const last = { message: fixed, queues: plain };
  const always: Verdict | null =
    escalates || keeps ? null : { kind: 'counted', message: fixed, counts: plainCounts, under: undefined };
  const under = keeperOf(rule);
  return (entry) => {
    memory.remember(entry.host, last);
    if (always) return always;
    const counts = countsOn(entry.host);
    return { kind: 'counted', message: fixed, counts, under: keeps ? under(entry) : undefined };
  };
}

/** A message that owns its text: whoever counts it keeps it, and it is the host's last one. */
interface MaskedMessage {
  readonly message: string;
  readonly under: NamedMaskedSpans | undefined;
}

function maskerOf(
  rule: QueueRule,
  { mask, onOverrun }: Ruleset,
  keeps: boolean,
): (entry: Entry) => MaskedMessage {
  const { pattern } = rule;
  // Without groups there is nothing to mask, and that it matches is known.
  if (pattern.groupCount === 0) return ({ text }) => ({ message: flatten(text), under: undefined });
  const named = namerOf(rule);
  const alone = new TextBlock();
  return (entry) => {
    const inPlace = entry instanceof Excerpt ? pattern.maskedSpansIn(entry) : null;
    if (inPlace && entry instanceof Excerpt) {
      const message = flatten(maskSpans(entry, inPlace, mask));
      return { message, under: keeps ? named(entry.whole, inPlace) : undefined };
    }
    const { text } = entry;
    const masked = orElse(rule, onOverrun, () => pattern.maskedSpans(text));
    if (!masked) return { message: flatten(text), under: undefined };
    const message = flatten(maskSpans(text, masked, mask));
    return { message, under: keeps ? named(alone.lay(text), masked) : undefined };
  };
}

/** Finds what is under the masks of a message that is known; that it may take too long matters to nobody then. */
function keeperOf(rule: QueueRule): (entry: Entry) => NamedMaskedSpans | undefined {
  const named = namerOf(rule);
  const alone = new TextBlock();
  return (entry) => {
    if (entry instanceof Excerpt) {
      const inPlace = rule.pattern.maskedSpansIn(entry);
      if (inPlace) return named(entry.whole, inPlace);
    }
    const { text } = entry;
    const masked = orElse(
      rule,
      () => {},
      () => rule.pattern.maskedSpans(text),
    );
    return masked ? named(alone.lay(text), masked) : undefined;
  };
}

function namerOf({ pattern }: QueueRule): (whole: TextBlock, masked: MaskedSpans) => NamedMaskedSpans {
  const { groupNames } = pattern;
  if (groupNames.every((name) => name === null))
    return (whole, { spans }) => ({ whole, spans, names: NO_NAMES });
  return (whole, { spans, groups }) => ({
    whole,
    spans,
    names: groups.map((group) => groupNames[group] ?? null),
  });
}

const NO_NAMES: readonly string[] = [];

/** What a regex found, or null when it was given up. */
function orElse<T>(rule: Rule, onOverrun: Ruleset['onOverrun'], find: () => T | null): T | null {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    onOverrun(rule);
    return null;
  }
}

/**
 * Adds the number in group 1 to the message that the line says was repeated, which is judged as if it stood there; where
 * it says none, to what the host said last. Only plain queues are added to.
 */
function repeat(
  rule: WinningRule,
  entry: Entry,
  { memory, onOverrun }: Ruleset,
  judge: (entry: Entry) => Verdict,
): Verdict {
  const { host, time, text } = entry;
  const group = orElse(rule, onOverrun, () => rule.pattern.exec(text))?.groups[0];
  const claimed = group ? Number.parseInt(text.slice(group.start, group.end), 10) : 0;
  if (!(claimed > 0)) return IDLE;
  const named = repeatedText(text);
  // Brackets in brackets would be judged again and again.
  if (named !== null && repeatedText(named) === null)
    return timesOver(judge({ host, time, text: named }), claimed);
  const last = memory.last(host);
  if (!last) return IDLE;
  const counts = last.queues.map((queue) => ({ queue, count: 1, how: 'add' as const }));
  return timesOver({ kind: 'counted', message: last.message, counts, under: undefined }, claimed);
}

const IDLE: Verdict = { kind: 'idle' };

/** The verdict of a message that came so often; its values are not told, since they would be counted once. */
function timesOver(verdict: Verdict, claimed: number): Verdict {
  if (verdict.kind !== 'counted') return verdict;
  const count = Math.min(claimed, MAX_REPEATS);
  const counts = verdict.counts.map((one) => (one.how === 'add' ? { ...one, count } : one));
  const repeated: Verdict = { kind: 'counted', message: verdict.message, counts, under: undefined };
  return claimed > count ? { ...repeated, uncounted: addCounts(claimed, -count) } : repeated;
}

/** The queues whose number the rule's count on this host has just come to: `a,b:10,c:50` is b at 10, 60, 110. */
function escalate(rule: QueueRule, host: string, memory: RuleState): QueueCount[] {
  const numbered = rule.targets.filter(isNumbered);
  const highest = numbered.at(-1)?.every;
  if (highest === undefined) return [];
  const count = memory.hit(ruleKey(rule), host, rule.targets[0]?.queue ?? '');
  return numbered
    .filter(({ every }) => count % highest === every % highest)
    .map(({ queue }) => ({ queue, count, how: 'set' }));
}

function isNumbered(target: Target): target is Target & { readonly every: number } {
  return target.every !== null;
}

/** Names a rule across restarts, when its line may have moved. */
function ruleKey(rule: QueueRule): string {
  const targets = rule.targets.map(({ queue, every }) => (every === null ? queue : `${queue}:${every}`));
  return `${targets.join()} ${rule.pattern.source}`;
}
