import { renderLocation } from '../../base/place.js';
import { columns } from '../../base/text/layout.js';
import type { Config } from '../../config/config.js';
import { gatePlans } from '../../config/timed-rules.js';
import type { Entry } from '../../line/entry.js';
import { withinLimit } from '../../perl-regex/perl-regex.js';
import { groupsOf } from '../../queue/timed/gate-plan.js';
import { QueueGates } from '../../queue/timed/queue-gates.js';
import { type TimedKey, TimedKeys } from '../../queue/timed/timed-keys.js';
import { createClassifier } from '../../rule/classify.js';
import type { EscalationCounts } from '../../rule/escalations.js';
import { findRule } from '../../rule/find-rule.js';
import { flattenRules } from '../../rule/flat-rules.js';
import type { Rule } from '../../rule/rule.js';
import { type LastMatch, RuleState } from '../../rule/rule-state.js';
import type { CountedVerdict, Verdict } from '../../rule/verdict.js';
import { type PlacedRule, placedRules } from '../../rule/why-not.js';
import { scheduled } from '../../schedule/scheduled.js';
import { describeGates } from './describe-gates.js';
import { describeGroups } from './describe-groups.js';
import type { Phase } from './describe-line.js';

/** What the state remembers of earlier lines; a bench changes none of it. */
export interface Remembered {
  readonly ruleState: {
    readonly last: readonly (readonly [string, LastMatch])[];
    readonly hits: readonly EscalationCounts[];
  };
  readonly timedKeys: readonly TimedKey[];
}

export const NOTHING_REMEMBERED: Remembered = { ruleState: { last: [], hits: [] }, timedKeys: [] };

/** An entry that the rules have judged. */
export interface Judged {
  readonly verdict: Verdict;
  /** null: no rule took it. */
  readonly placed: PlacedRule | null;
  readonly phases: readonly Phase[];
}

/** Shows what the rules of a config make of an entry. Each entry meets the same state: none leaves a trace. */
export class Bench {
  readonly #config: Config;
  readonly #remembered: Remembered;
  readonly #placed: ReadonlyMap<Rule, PlacedRule>;
  readonly #now: () => number;

  constructor(config: Config, remembered: Remembered, now: () => number) {
    this.#config = config;
    this.#remembered = remembered;
    this.#placed = new Map(placedRules(config.rules).map((one) => [one.rule, one]));
    this.#now = now;
  }

  judge(entry: Entry): Judged {
    const { rules } = this.#config;
    const winner = findRule(rules, entry, () => {});
    const placed = (winner && this.#placed.get(winner)) ?? null;
    const verdict = this.#classify(entry);
    const groups = placed
      ? [
          withinLimit(
            () => describeGroups(placed.rule.pattern, entry.text),
            () => TOO_LONG,
          ),
        ]
      : [];
    return { verdict, placed, phases: [...groups, this.#describeRule(entry, verdict, placed)] };
  }

  #classify(entry: Entry): Verdict {
    const { rules, mask } = this.#config;
    const plans = gatePlans(this.#config);
    const queues = new Set(flattenRules(rules).flatMap(({ rule }) => queuesOf(rule)));
    const classify = createClassifier({
      rules,
      mask: mask.value,
      state: new RuleState(this.#remembered.ruleState),
      keyed: { queues, groups: groupsOf(plans) },
      onOverrun() {},
    });
    return classify(entry);
  }

  #describeRule(entry: Entry, verdict: Verdict, placed: PlacedRule | null): Phase {
    const title = '3. The rule';
    if (!placed) return { title, rows: [['no rule', 'matches: the line goes to no queue']] };
    const { rule, groups } = placed;
    const rows = [
      ['rule', `${renderLocation(rule.place)}  ${headOf(rule)} ${rule.pattern.source}`],
      ...groups.map((group) => [
        `in group`,
        `${renderLocation(group.place)}  ${headOf(group)} ${group.pattern.source}`,
      ]),
    ];
    switch (verdict.kind) {
      case 'trash':
        return { title, rows: [...rows, ['trash', 'it is thrown away']] };
      case 'idle':
        return {
          title,
          rows: [...rows, ['repeat', 'it repeats nothing: no message of the host came before it']],
        };
      case 'unknown':
        return { title, rows };
      case 'counted':
        return {
          title,
          rows: [...rows, ['message', verdict.message.text], ...this.#describeQueues(entry, verdict, rule)],
        };
    }
  }

  #describeQueues(entry: Entry, verdict: CountedVerdict, rule: Rule): string[][] {
    const counts = new Map(verdict.counts.map((one) => [one.queue, one]));
    const keys = new TimedKeys(this.#remembered.timedKeys);
    const gates = new QueueGates(gatePlans(this.#config), keys);
    const rows: string[][] = [];
    for (const { queue, every } of targetsOf(rule, verdict)) {
      const count = counts.get(queue);
      const number = every === null ? '' : `every ${every} lines of a host (escalation)`;
      const when = [this.#whenOf(queue), number].filter((text) => text !== '').join('; ');
      rows.push(['queue', `${queue}  ${when}`]);
      if (!count) rows.push(['', '-> it does not get the line: its number is not reached']);
      else {
        const groups = verdict.groups ?? new Map();
        const hit = {
          time: entry.time,
          host: entry.host,
          groups,
          count: count.how === 'add' ? count.count : 1,
        };
        for (const line of describeGates(queue, hit, { gates, keys, now: this.#now() }))
          rows.push(['', line]);
        if (count.count > 1) rows.push(['', `-> it counts ${count.count} times`]);
      }
    }
    return rows;
  }

  #whenOf(name: string): string {
    const queue = scheduled(this.#config).find((one) => one.name === name);
    if (!queue) return 'not defined';
    return queue.schedule.kind === 'now'
      ? 'its letter goes at once'
      : `its letters go at [${queue.schedule.text}]`;
  }
}

const TOO_LONG: Phase = { title: '2. The groups', rows: [['none', 'to find them takes too long']] };

const NAMES = { text: 'group', host: 'group_host', file: 'group_file', priority: 'group_priority' } as const;

/** What stands before the regex of a rule: `a,b:10`, `trash`, `group_host`. */
export function headOf(rule: Rule): string {
  if (rule.kind === 'group') return NAMES[rule.on];
  if (rule.kind !== 'queues') return rule.kind;
  return rule.targets.map(({ queue, every }) => (every === null ? queue : `${queue}:${every}`)).join();
}

function queuesOf(rule: Rule): string[] {
  return rule.kind === 'queues' ? rule.targets.map(({ queue }) => queue) : [];
}

/** The queues of the rule; of a repeat those of what it repeats. */
function targetsOf(
  rule: Rule,
  { counts }: CountedVerdict,
): readonly { queue: string; every: number | null }[] {
  return rule.kind === 'queues' ? rule.targets : counts.map(({ queue }) => ({ queue, every: null }));
}

/** Phases in lines for a terminal. */
export function phaseLines(phases: readonly Phase[]): string[] {
  return phases.flatMap(({ title, rows }) => [title, ...columns(rows)]);
}
