import { quote } from '../../base/text/quote.js';
import { comment, type MigrationDraft, ruleLine } from '../migration.js';
import { readConditions } from './conditions.js';
import type { Decoders } from './decoders.js';
import type { OssecQueues } from './ossec-queues.js';
import type { OssecRule } from './read-ruleset.js';
import { textsOf } from './read-xml.js';

/** Rules that are written at most: one that belongs to a group of many stands below each of these. */
const MAX_WRITTEN = 10_000;
/** Rules below rules. */
const MAX_DEPTH = 30;

/** What the rules above say of the lines that reach a rule. */
interface Above {
  readonly families: readonly string[];
  /** What becomes of a line that a rule without a queue of its own takes: the queue of the rule above. */
  readonly queue: string | null;
  readonly depth: number;
  readonly seen: readonly OssecRule[];
}

/**
 * Rules as groups: what a rule asks opens one, the rules below it stand there first, and then what becomes of the line.
 * Of rules on one level, those of level 0 are asked first, then by falling level (OSSEC, "rules classification").
 */
export class RuleTree {
  readonly #rules: readonly OssecRule[];
  readonly #decoders: Decoders;
  readonly #queues: OssecQueues;
  readonly #draft: MigrationDraft;
  readonly #places: ReadonlyMap<OssecRule, number>;
  /** Rules by what they stand below: `sid 100`, `group web`. */
  readonly #children = new Map<string, OssecRule[]>();
  readonly #ofLevels: { readonly least: number; readonly rule: OssecRule }[] = [];
  /** Rules that count what another one takes, and their queues. */
  readonly #counting = new Map<OssecRule, string[]>();
  /** The queues of rules that count. */
  readonly #windows = new Map<OssecRule, string>();
  readonly #queueOf = new Map<OssecRule, string | null>();
  readonly #carried = new Set<OssecRule>();
  readonly #lost = new Map<OssecRule, string>();
  #written = 0;

  constructor(rules: readonly OssecRule[], decoders: Decoders, queues: OssecQueues, draft: MigrationDraft) {
    this.#rules = rules;
    this.#decoders = decoders;
    this.#queues = queues;
    this.#draft = draft;
    this.#places = new Map(rules.map((rule, at) => [rule, at]));
    for (const rule of rules) if (!isCorrelated(rule)) this.#index(rule);
  }

  lines(): string[] {
    const counting = this.#rules.filter(isCorrelated);
    for (const rule of counting) this.#count(rule);
    const top = this.#rules.filter((rule) => !isCorrelated(rule) && parentsOf(rule).length === 0);
    const lines = this.#ordered(top).flatMap((rule) =>
      this.#write(rule, { families: [], queue: null, depth: 0, seen: [] }),
    );
    this.#dropUnfed(lines);
    for (const rule of this.#rules) {
      const isCarried = this.#carried.has(rule);
      this.#draft.count(isCarried);
      if (!isCarried)
        this.#draft.remark(
          'lost',
          rule.place,
          titleOf(rule),
          this.#lost.get(rule) ?? 'no rule above it is carried over',
        );
    }
    return lines;
  }

  #index(rule: OssecRule): void {
    for (const { kind, value } of parentsOf(rule)) {
      if (kind === 'level') this.#ofLevels.push({ least: Number(value), rule });
      else append(this.#children, `${kind} ${value}`, rule);
    }
  }

  /** A window by a field that no decoder names would never be filled. */
  #dropUnfed(lines: readonly string[]): void {
    const fed = new Set(lines.flatMap((line) => (line.split(' ')[0] ?? '').split(',')));
    for (const [rule, queue] of this.#windows) {
      const by = this.#queues.byOf(queue);
      if (by.length === 0 || fed.has(queue)) continue;
      this.#queues.drop(queue);
      this.#carried.delete(rule);
      this.#lost.set(rule, `no decoder names ${by.join(' and ')} of the lines that it counts`);
    }
  }

  /** A rule with `if_matched_sid` or `if_matched_group` counts what the others take: a window of its own gets it, too. */
  #count(rule: OssecRule): void {
    const others = textsOf(rule.element, 'if_matched_sid').flatMap((list) => list.split(/[\s,]+/));
    const groups = textsOf(rule.element, 'if_matched_group').map((one) => one.replace(/,$/, ''));
    const counted = this.#rules.filter(
      (other) =>
        other !== rule && (others.includes(other.id) || other.groups.some((one) => groups.includes(one))),
    );
    const more = rule.element.children.find(({ name }) => !COUNTING.includes(name));
    if (more)
      this.#lost.set(rule, `a window asks nothing more of what it counts, and this has <${more.name}>`);
    else if (counted.length === 0) this.#lost.set(rule, 'the rule or group that it counts is not there');
    else if (rule.level === 0) this.#carried.add(rule);
    else {
      const queue = this.#queues.windowOf(rule);
      if (queue === null) this.#lost.set(rule, 'its frequency or its timeframe is none');
      else {
        this.#carried.add(rule);
        this.#windows.set(rule, queue);
        for (const other of counted) append(this.#counting, other, queue);
      }
    }
  }

  #write(rule: OssecRule, above: Above): string[] {
    if (above.seen.includes(rule) || above.depth > MAX_DEPTH) {
      this.#lost.set(rule, 'rules that stand below each other');
      return [];
    }
    if (++this.#written > MAX_WRITTEN) {
      const why = `more than ${MAX_WRITTEN} rules, with those that stand below several`;
      if (this.#written === MAX_WRITTEN + 1)
        this.#draft.remark('changed', rule.place, titleOf(rule), `${why}; here and below some are left out`);
      this.#lost.set(rule, why);
      return [];
    }
    const read = readConditions(rule, this.#decoders, above.families);
    if (!read.ok) {
      this.#lost.set(rule, read.reason);
      return [];
    }
    const { opens, fields, families } = read.conditions;
    const regexes = this.#decoders.fieldRegexes(families, fields);
    if (!Array.isArray(regexes)) {
      this.#lost.set(rule, regexes.reason);
      return [];
    }
    const queues = this.#queuesOf(rule, above);
    if (queues === null) return [];
    this.#carried.add(rule);
    const next: Above = {
      families,
      queue: queues === 'trash' ? null : queues,
      depth: above.depth + 1,
      seen: [...above.seen, rule],
    };
    const below = this.#below(rule).flatMap((child) => this.#write(child, next));
    // Where nothing stands below, what is asked of fields is asked by what becomes of the line.
    const ofFields =
      fields.length > 0 && below.length > 0 ? [`group ${regexes.join('|').replaceAll('|(?i)', '|')}`] : [];
    const groups = [...opens, ...ofFields];
    return [
      comment(titleOf(rule)),
      ...groups,
      ...below,
      ...this.#fates(queues, regexes, fields.length > 0),
      ...groups.map(() => 'group_end'),
    ];
  }

  /** What becomes of a line; a queue that tells fields apart gets it only where these are known. */
  #fates(queues: string, regexes: readonly string[], isAllOfThese: boolean): string[] {
    if (queues === 'trash' && !isAllOfThese) return ['trash .*'];
    const fate = (perl: string): string => {
      const taking = queues
        .split(',')
        .filter((queue) => this.#queues.byOf(queue).every((field) => perl.includes(`(?<${field}>`)));
      return ruleLine(taking.join(',') || 'trash', perl);
    };
    return [...new Set([...regexes.map(fate), ...(isAllOfThese ? [] : [fate('.*')])])];
  }

  /** `trash`, or names of queues; null: the rule cannot be carried over. */
  #queuesOf(rule: OssecRule, above: Above): string | null {
    const counts = rule.element.attributes.has('frequency');
    let own: string | null | undefined = this.#queueOf.get(rule);
    if (own === undefined) {
      own = rule.level === 0 ? null : counts ? this.#queues.windowOf(rule) : this.#queues.queueOf(rule);
      this.#queueOf.set(rule, own);
      if (counts && own !== null) this.#windows.set(rule, own);
    }
    if (counts && own === null && rule.level > 0) {
      this.#lost.set(rule, 'its frequency or its timeframe is none');
      return null;
    }
    // What does not fill the window yet is what it would be without this rule.
    const without = counts && above.queue !== null ? [above.queue] : [];
    const all = [...without, ...(own === null ? [] : [own]), ...(this.#counting.get(rule) ?? [])];
    return all.length === 0 ? 'trash' : [...new Set(all.flatMap((one) => one.split(',')))].join(',');
  }

  /** The rules below one, as they are asked. */
  #below(rule: OssecRule): OssecRule[] {
    const found = new Set([
      ...(this.#children.get(`sid ${rule.id}`) ?? []),
      ...rule.groups.flatMap((group) => this.#children.get(`group ${group}`) ?? []),
      ...this.#ofLevels.filter(({ least }) => rule.level >= least).map((one) => one.rule),
    ]);
    found.delete(rule);
    return this.#ordered([...found]);
  }

  #placeOf(rule: OssecRule): number {
    return this.#places.get(rule) ?? 0;
  }

  #ordered(rules: readonly OssecRule[]): OssecRule[] {
    const rank = ({ level }: OssecRule): number => (level === 0 ? 100 : level);
    return [...rules].sort(
      (one, other) => rank(other) - rank(one) || this.#placeOf(one) - this.#placeOf(other),
    );
  }
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** What a rule that counts others may have. */
const COUNTING =
  'if_matched_sid if_matched_group same_source_ip same_src_ip same_user same_id same_location description comment info group cve osvdb options mitre'.split(
    ' ',
  );

/** Whether a rule counts what others take. */
function isCorrelated({ element }: OssecRule): boolean {
  return (
    element.attributes.has('frequency') && element.children.some(({ name }) => name.startsWith('if_matched_'))
  );
}

interface Parent {
  readonly kind: 'sid' | 'group' | 'level';
  readonly value: string;
}

function parentsOf({ element }: OssecRule): Parent[] {
  const of = (kind: Parent['kind']): Parent[] =>
    textsOf(element, `if_${kind}`)
      .flatMap((list) => list.split(kind === 'group' ? ',' : /[\s,]+/))
      .map((one) => ({ kind, value: one.trim() }))
      .filter(({ value }) => value !== '');
  return [...of('sid'), ...of('group'), ...of('level')];
}

function titleOf({ id, level, element }: OssecRule): string {
  const [description = ''] = textsOf(element, 'description');
  return `rule ${id}, level ${level}${description === '' ? '' : `: ${quote(description.replaceAll(/\s+/g, ' '))}`}`;
}
