import { addCounts, MAX_REPEATS } from '../base/count.js';
import { ComposedText } from '../base/text/composed-text.js';
import type { Entry } from '../line/entry.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { composeWhole } from '../perl-regex/perl-regex.js';
import { type Automask, type Automasks, automaskOf } from './automask/automask-of.js';
import { findRule, type WinningRule } from './find-rule.js';
import { execOf, maskerOf, orElse, valueFinderOf } from './mask-message.js';
import { type GroupReader, groupReaderOf } from './read-groups.js';
import { repeatedText } from './repeated-text.js';
import { RuleHits } from './review/rule-hits.js';
import type { Rule, Target } from './rule.js';
import { createRuleIndex, NO_RULE } from './rule-index.js';
import type { LastTargets, RuleState } from './rule-state.js';
import type { GroupValues, NamedMaskedSpans, QueueCount, QueueMessage, Verdict } from './verdict.js';

export interface Ruleset {
  readonly rules: readonly Rule[];
  /** The text that replaces each masked group. */
  readonly mask: string;
  readonly state: RuleState;
  /** The queues whose masked values are recorded. */
  readonly values?: ReadonlySet<string>;
  /** The queues that mask by themselves what a rule without groups brings, and what they mask. */
  readonly automasks?: Automasks;
  /** The queues that count by the values of named groups (or by hosts), and the names of all these groups. */
  readonly keyed?: { readonly queues: ReadonlySet<string>; readonly groups: readonly string[] };
  /** Counts what each rule takes. */
  readonly hits?: RuleHits;
  /** A regex exceeded its match limit on a text: the rule did not match, or its message is not masked. */
  onOverrun(rule: Rule): void;
}

type QueueRule = Extract<Rule, { readonly kind: 'queues' }>;

/**
 * Makes the function that classifies entries by ordered rules. It remembers the last match of each host (for `repeat`)
 * and counts escalations. An `Excerpt` must not contain a newline.
 */
export function createClassifier(ruleset: Ruleset): (entry: Entry) => Verdict {
  const { rules, state, onOverrun } = ruleset;
  const index = createRuleIndex(rules, onOverrun);
  const hits = ruleset.hits ?? new RuleHits(rules);
  const steps = index.flat.map(({ kind, rule }) =>
    kind === 'winner' ? stepOf(rule, ruleset, 'lines') : null,
  );

  state.keepLast(index.flat.some(({ rule }) => rule.kind === 'repeat'));
  const alone = new Excerpt();

  /** Reading index -1 of an array costs V8 as much as everything else here. */
  function winnersStep(excerpt: Excerpt): Step | null {
    const number = index.find(excerpt);
    if (number === NO_RULE) return null;
    hits.add(number, excerpt);
    return steps[number] ?? null;
  }

  /** The index and fixed masks do not handle newlines; lines contain none. */
  function stepFor(entry: Entry): Step | null {
    if (entry instanceof Excerpt) return winnersStep(entry);
    if (!entry.text.includes('\n')) return winnersStep(excerptOf(entry, alone));
    const rule = findRule(rules, entry, onOverrun);
    if (!rule) return null;
    hits.add(
      index.flat.findIndex((one) => one.rule === rule),
      entry,
    );
    return stepOf(rule, ruleset, 'any-text');
  }

  function classify(entry: Entry): Verdict {
    const step = stepFor(entry);
    if (step) return step(entry, classify);
    state.remember(entry.host, null);
    return UNKNOWN;
  }

  return classify;
}

/** Makes the verdict for an entry that a rule has won. `classify`: for the repeated text that the entry quotes. */
type Step = (entry: Entry, classify: (entry: Entry) => Verdict) => Verdict;

const UNKNOWN: Verdict = { kind: 'unknown' };
const TRASH: Verdict = { kind: 'trash' };

function stepOf(rule: WinningRule, ruleset: Ruleset, texts: 'lines' | 'any-text'): Step {
  const { state } = ruleset;
  switch (rule.kind) {
    case 'trash':
      return ({ host }) => {
        state.remember(host, null);
        return TRASH;
      };
    case 'repeat':
      return (entry, classify) => repeat(rule, entry, ruleset, classify);
    case 'queues':
      return queueStep(rule, ruleset, texts === 'lines' ? rule.pattern.fixedMask(ruleset.mask) : null);
  }
}

/** `fixed`: the masked message, if it is the same for every text of the rule; else null. */
function queueStep(rule: QueueRule, ruleset: Ruleset, fixed: string | null): Step {
  const { state } = ruleset;
  const plain = rule.targets.filter((target) => target.every === null).map((target) => target.queue);
  const plainCounts: QueueCount[] = plain.map((queue) => ({ queue, count: 1, how: 'add' }));
  const escalates = rule.targets.some(isNumbered);
  const records = rule.pattern.groupCount > 0 && plain.some((queue) => ruleset.values?.has(queue));
  const countsOn = (host: string): readonly QueueCount[] =>
    escalates ? [...plainCounts, ...escalate(rule, host, state)] : plainCounts;
  const isKeyed = rule.targets.some(({ queue }) => ruleset.keyed?.queues.has(queue));
  const readGroups = isKeyed
    ? groupReaderOf(rule.pattern, ruleset.keyed?.groups ?? [], (text) => execOf(rule, text))
    : null;
  const automask = automaskOf(rule, ruleset.automasks, ruleset.mask, ruleset.values);
  if (automask) return automaskedStep({ automask, state, plain, countsOn, readGroups });
  if (fixed === null) {
    const maskEntry = maskerOf(rule, ruleset, { records, readsGroups: readGroups !== null });
    const targets = { queues: plain };
    const verdict = new Decision();
    return (entry) => {
      const { message, masked, spans } = maskEntry(entry);
      const groups = readGroups?.(entry, spans);
      state.rememberText(entry.host, message, groups ? { queues: plain, groups } : targets);
      return verdict.set(message, countsOn(entry.host), masked, groups);
    };
  }
  if (readGroups) return fixedKeyedStep(rule, { ruleset, fixed, plain, records, countsOn, readGroups });
  // The message is the same for every text of the rule: the text is not read again, unless values are recorded.
  const last = { message: fixed, queues: plain };
  const message = new ComposedText().set(fixed);
  const verdict = new Decision().set(message, plainCounts, undefined, undefined);
  const findValues = valueFinderOf(rule);
  return (entry) => {
    state.remember(entry.host, last);
    if (!escalates && !records) return verdict;
    return verdict.set(message, countsOn(entry.host), records ? findValues(entry) : undefined, undefined);
  };
}

/** The verdict of a rule: made once, and set for each line. */
class Decision {
  readonly kind = 'counted';
  message = NO_MESSAGE;
  counts: readonly QueueCount[] = [];
  masked: NamedMaskedSpans | undefined;
  groups: GroupValues | undefined;
  readonly byQueue = undefined;
  readonly uncounted = undefined;

  set(
    message: ComposedText,
    counts: readonly QueueCount[],
    masked: NamedMaskedSpans | undefined,
    groups: GroupValues | undefined,
  ): this {
    this.message = message;
    this.counts = counts;
    this.masked = masked;
    this.groups = groups;
    return this;
  }
}

const NO_MESSAGE = new ComposedText();

interface Automasked {
  readonly automask: Automask;
  readonly state: RuleState;
  readonly plain: readonly string[];
  countsOn(host: string): readonly QueueCount[];
  readonly readGroups: GroupReader | null;
}

/** Of a rule without groups whose queues mask by themselves, all of them or some. */
function automaskedStep({ automask, state, plain, countsOn, readGroups }: Automasked): Step {
  const alone = new Excerpt();
  const viewOf = (entry: Entry): Excerpt => (entry instanceof Excerpt ? entry : excerptOf(entry, alone));
  const targets = { queues: plain };
  const verdict = new Decision();
  if (automask.kind === 'all')
    return (entry) => {
      const { message, masked } = automask.masker.mask(viewOf(entry));
      const groups = readGroups?.(entry, null);
      state.rememberText(entry.host, message, groups ? { queues: plain, groups } : targets);
      return verdict.set(message, countsOn(entry.host), masked, groups);
    };
  const whole = new ComposedText();
  return (entry) => {
    const view = viewOf(entry);
    const message = composeWhole(whole, view);
    const byQueue = new Map<string, QueueMessage>();
    for (const [queue, masker] of automask.maskers) byQueue.set(queue, masker.mask(view));
    const groups = readGroups?.(entry, null);
    const last: LastTargets = { queues: plain, byQueue: textsOf(byQueue) };
    state.rememberText(entry.host, message, groups ? { ...last, groups } : last);
    return { kind: 'counted', message, counts: countsOn(entry.host), masked: undefined, groups, byQueue };
  };
}

function textsOf(byQueue: ReadonlyMap<string, QueueMessage>): ReadonlyMap<string, string> {
  return new Map([...byQueue].map(([queue, { message }]) => [queue, message.text]));
}

/** Without values. */
function messagesOf(byQueue: ReadonlyMap<string, string>): ReadonlyMap<string, QueueMessage> {
  return new Map(
    [...byQueue].map(([queue, text]) => [
      queue,
      { message: new ComposedText().set(text), masked: undefined },
    ]),
  );
}

interface FixedKeyed {
  readonly ruleset: Ruleset;
  /** The message of every text. */
  readonly fixed: string;
  readonly plain: readonly string[];
  readonly records: boolean;
  countsOn(host: string): readonly QueueCount[];
  readonly readGroups: GroupReader;
}

/** Of a rule whose message is fixed, while its groups are read all the same. */
function fixedKeyedStep(rule: QueueRule, { ruleset, fixed, plain, ...rest }: FixedKeyed): Step {
  const findValues = valueFinderOf(rule);
  const message = new ComposedText().set(fixed);
  const verdict = new Decision();
  return (entry) => {
    const groups = rest.readGroups(entry, null);
    ruleset.state.remember(entry.host, { message: fixed, queues: plain, groups });
    const masked = rest.records ? findValues(entry) : undefined;
    return verdict.set(message, rest.countsOn(entry.host), masked, groups);
  };
}

/**
 * Adds the number in group 1 to the message that the line quotes, which is classified as if it were the line; if the line
 * quotes none, to the last message of the host. Only counts of plain queues grow.
 */
function repeat(
  rule: WinningRule,
  entry: Entry,
  { state, onOverrun }: Ruleset,
  classify: (entry: Entry) => Verdict,
): Verdict {
  const { host, text } = entry;
  const group = orElse(rule, onOverrun, () => rule.pattern.exec(text))?.groups[0];
  const claimed = group ? Number.parseInt(text.slice(group.start, group.end), 10) : 0;
  if (!(claimed > 0)) return IDLE;
  const named = repeatedText(text);
  // A quote within a quote would be classified again and again.
  if (named !== null && repeatedText(named) === null)
    return timesOver(classify(withText(entry, named)), claimed);
  const last = state.last(host);
  if (!last) return IDLE;
  const counts = last.queues.map((queue) => ({ queue, count: 1, how: 'add' as const }));
  const { groups, byQueue } = last;
  const message = new ComposedText().set(last.message);
  const verdict: Verdict = { kind: 'counted', message, counts, masked: undefined, groups };
  return timesOver(byQueue ? { ...verdict, byQueue: messagesOf(byQueue) } : verdict, claimed);
}

const IDLE: Verdict = { kind: 'idle' };

function withText({ host, time, priority, file }: Entry, text: string): Entry {
  return { host, time, text, priority, file };
}

/** The verdict of a message that came `claimed` times; without its values, which would be counted once only. */
function timesOver(verdict: Verdict, claimed: number): Verdict {
  if (verdict.kind !== 'counted') return verdict;
  const count = Math.min(claimed, MAX_REPEATS);
  const counts = verdict.counts.map((one) => (one.how === 'add' ? { ...one, count } : one));
  const { message, groups, byQueue } = verdict;
  const plain: Verdict = { kind: 'counted', message, counts, masked: undefined, groups };
  const repeated = byQueue ? { ...plain, byQueue: messagesOf(textsOf(byQueue)) } : plain;
  return claimed > count ? { ...repeated, uncounted: addCounts(claimed, -count) } : repeated;
}

/** The queues whose number the count of the rule on this host has just reached: `a,b:10,c:50` is b at 10, 60, 110. */
function escalate(rule: QueueRule, host: string, state: RuleState): QueueCount[] {
  const numbered = rule.targets.filter(isNumbered);
  const highest = numbered.at(-1)?.every;
  if (highest === undefined) return [];
  const count = state.hit(ruleKey(rule), host, rule.targets[0]?.queue ?? '');
  return numbered
    .filter(({ every }) => count % highest === every % highest)
    .map(({ queue }) => ({ queue, count, how: 'set' }));
}

function isNumbered(target: Target): target is Target & { readonly every: number } {
  return target.every !== null;
}

/** Identifies a rule across restarts, since its line may move. */
function ruleKey(rule: QueueRule): string {
  const targets = rule.targets.map(({ queue, every }) => (every === null ? queue : `${queue}:${every}`));
  return `${targets.join()} ${rule.pattern.source}`;
}
