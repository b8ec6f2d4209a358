import { amount } from '../../base/text/layout.js';
import { compile } from '../../perl-regex/perl-regex.js';
import type { Distinct } from '../../values/distinct-count.js';
import type { Effect } from './measure-effects.js';
import { INVISIBLE, type Proposal } from './propose-rule.js';

/** How a proposed rule is written down. */
export interface RuleForm {
  readonly queue: string;
  /** What stands for each masked group. */
  readonly mask: string;
  /** Whether named patterns mean what is built in. */
  readonly knowsNames: boolean;
}

/**
 * A rule as it stands in a file of rules: a comment, a sample of its lines (`#>`) and what becomes of it (`#=`), then
 * the rule.
 */
export function writeRule(
  comment: string,
  proposal: Proposal,
  { queue, mask, knowsNames }: RuleForm,
): string {
  const result = queue === 'trash' ? [] : null;
  const sample = sampleOf(proposal, mask);
  const lines = sample ? [`#> ${sample.text}`, ...(result ?? [`#= ${sample.result}`])] : [];
  return `${[`# ${comment}`, ...lines, `${queue} ${knowsNames ? proposal.rule : proposal.regex}`].join('\n')}\n`;
}

/**
 * The sample with a question mark for each character that nobody sees, and what the rule makes of it; null where the
 * rule would not take that.
 */
function sampleOf({ regex, sample }: Proposal, mask: string): { text: string; result: string } | null {
  const text = sample.replace(INVISIBLE, (character) => (character === '\t' ? character : '?'));
  const compiled = compile(regex);
  const result = compiled.ok ? compiled.pattern.mask(text, mask) : null;
  return result === null ? null : { text, result };
}

/**
 * What a rule does, in words: `takes 212 lines of 9 hosts; 3 different messages become 1; takes nothing that ...`. `of`:
 * messages have neither hosts nor other rules; of what is counted in a queue it is not known what others would take.
 */
export function describeEffect(effect: Effect, queue: string, of: 'lines' | 'messages' | 'counted'): string {
  const { lines, hosts, taken } = effect;
  if (of === 'messages') return `takes ${amount(lines, 'message')}; ${changeOf(effect, queue)}`;
  const said = `takes ${amount(lines, 'line')} of ${numberOf(hosts, 'host')}`;
  const others = of === 'lines' ? [describeTaken(taken)] : [];
  return [said, changeOf(effect, queue), ...others].join('; ');
}

function changeOf({ lines, before, after }: Effect, queue: string): string {
  if (queue === 'trash') return `${numberOf(before, 'message')} ${before.count === 1 ? 'goes' : 'go'}`;
  if (lines === 1) return 'it came once';
  if (before.count === 1) return 'all are the same message already';
  if (after.count >= before.count) return `${numberOf(before, 'different message')} stay as many`;
  return `${numberOf(before, 'different message')} become ${about(after)}${after.count}`;
}

function describeTaken(taken: Effect['taken']): string {
  const [first, ...others] = taken;
  if (first === undefined) return 'takes nothing that other rules take now';
  const [place, lines] = first;
  const rest = others.reduce((sum, [, count]) => sum + count, 0);
  const by = others.length === 1 ? 'another rule takes' : `${others.length} other rules take`;
  const more = others.length === 0 ? '' : `, and ${rest} that ${by}`;
  return `takes ${amount(lines, 'line')} that ${place} takes now${more}`;
}

function numberOf(distinct: Distinct, one: string): string {
  return `${about(distinct)}${amount(distinct.count, one)}`;
}

function about(distinct: Distinct): string {
  return distinct.about ? 'about ' : '';
}
