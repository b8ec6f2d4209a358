import type { Entry } from '../line/entry.js';
import { PatternOverrun } from '../perl/backtrack.js';
import type { WinningRule } from './find-rule.js';
import type { RuleMemory } from './memory.js';
import type { Rule, Target } from './rule.js';
import { createRuleIndex } from './rule-index.js';
import type { QueueCount, Verdict } from './verdict.js';

export interface Ruleset {
  readonly rules: readonly Rule[];
  /** What stands for each masked group. */
  readonly mask: string;
  readonly memory: RuleMemory;
  /** A regex was given up on a text: the rule did not match, or its message goes unmasked. */
  onOverrun(rule: Rule): void;
}

type QueueRule = Extract<Rule, { readonly kind: 'queues' }>;

/** Judges entries by ordered rules; remembers what each host said last (for `repeat`) and counts escalations. */
export function createJudge({ rules, mask, memory, onOverrun }: Ruleset): (entry: Entry) => Verdict {
  const index = createRuleIndex(rules, onOverrun);
  return (entry) => {
    const rule = index.find(entry);
    switch (rule?.kind) {
      case undefined:
        memory.remember(entry.host, null);
        return { kind: 'unknown' };
      case 'trash':
        memory.remember(entry.host, null);
        return { kind: 'trash' };
      case 'repeat':
        return repeat(rule, entry, memory, onOverrun);
      case 'queues':
        return deliver(
          rule,
          entry,
          orElse(rule, onOverrun, () => rule.pattern.mask(entry.text, mask)),
          memory,
        );
    }
  };
}

/** What a regex found, or null when it was given up. */
function orElse<T>(rule: Rule, onOverrun: Ruleset['onOverrun'], find: () => T | null): T | null {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof PatternOverrun)) throw error;
    onOverrun(rule);
    return null;
  }
}

/** Adds the number in group 1 to what the host said last, in every plain queue that it went to. */
function repeat(
  rule: WinningRule,
  entry: Entry,
  memory: RuleMemory,
  onOverrun: Ruleset['onOverrun'],
): Verdict {
  const group = orElse(rule, onOverrun, () => rule.pattern.exec(entry.text))?.groups[0];
  const count = group ? Number.parseInt(entry.text.slice(group.start, group.end), 10) : 0;
  const last = memory.last(entry.host);
  if (!last || !(count > 0)) return { kind: 'idle' };
  const counts = last.queues.map((queue) => ({ queue, count, how: 'add' as const }));
  return { kind: 'counted', message: last.message, counts };
}

function deliver(rule: QueueRule, entry: Entry, masked: string | null, memory: RuleMemory): Verdict {
  const message = masked ?? entry.text;
  const plain = rule.targets.filter((target) => target.every === null).map((target) => target.queue);
  memory.remember(entry.host, { message, queues: plain });
  const counts: QueueCount[] = plain.map((queue) => ({ queue, count: 1, how: 'add' }));
  return { kind: 'counted', message, counts: [...counts, ...escalate(rule, entry.host, memory)] };
}

/** The queues whose number the rule's count on this host has just come to: `a,b:10,c:50` is b at 10, 60, 110. */
function escalate(rule: QueueRule, host: string, memory: RuleMemory): QueueCount[] {
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
