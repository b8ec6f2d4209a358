import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { catchAllQueues } from '../../rule/catch-all-queues.js';
import { flattenRules } from '../../rule/flat-rules.js';
import type { Config } from '../config.js';
import type { ReadContext } from '../directives/directive.js';
import { whichQueue } from '../directives/read-queue.js';
import type { SuggestConfig } from '../directives/rule-help.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import { parentOf } from '../sections.js';

/** Reports automasks and proposals that change nothing. */
export function reportRuleHelp(config: Config, context: ReadContext, report: Reporter): void {
  reportAutomasks(config, report);
  const suggesting = config.suggests.filter(({ on }) => on);
  const open = suggesting.length === 0 ? [] : catchAllQueues(config.rules);
  for (const suggest of suggesting) reportSuggest(suggest, open, { config, context, report });
}

/** Rules with groups mask by these. Lines of noprefix come by no rule. */
function reportAutomasks({ automasks, rules }: Config, report: Reporter): void {
  const masking = new Map<string, boolean>();
  for (const { rule } of flattenRules(rules))
    if (rule.kind === 'queues')
      for (const { queue } of rule.targets)
        masking.set(queue, (masking.get(queue) ?? true) && rule.pattern.groupCount > 0);
  for (const { queue, place } of automasks)
    if (queue !== 'noprefix' && masking.get(queue))
      report.notice(
        at(place),
        `an automask of ${quote(queue)}, whose rules all have groups and mask by these`,
        `write a rule without groups, or remove the line`,
        'ignored-directive',
      );
}

interface Whole {
  readonly config: Config;
  readonly context: ReadContext;
  readonly report: Reporter;
}

const CATCH_ALL = 'a rule such as misc .*';

function reportSuggest(
  { queue, place }: SuggestConfig,
  open: readonly string[],
  { config, context, report }: Whole,
): void {
  const notice = (seen: string, instead: string): void =>
    report.notice(at(place), seen, instead, 'ignored-directive');
  if (queue !== null && !context.namedQueues.has(queue))
    report.warning(
      at(place),
      `proposals of the unknown queue ${quote(queue)}`,
      whichQueue(queue, context),
      'unknown-queue',
    );
  else if (queue === null && open.length === 0)
    notice(`proposals, and no queue is filled by ${CATCH_ALL}`, `write one at the end of the rules`);
  else if (queue !== null && !open.includes(queue))
    notice(
      `proposals for ${quote(queue)}, which no rule such as misc .* fills`,
      'name the queue of such a rule',
    );
  else if (queue !== null && isBare(queue, config))
    notice(`proposals for ${quote(queue)}, whose letters have no room for them`, 'remove the line');
}

/** Whether its letters are plain, or go to a pager or a program. */
function isBare(queue: string, config: Config): boolean {
  const letter = parentOf(queue, config) ?? queue;
  const isPager = config.queues.some(({ name, pager }) => name === letter && pager);
  return isPager || queue === 'csv' || config.letter.value !== 'full';
}

function at(place: SourceLocation): SourceText {
  return { place, text: '' };
}
