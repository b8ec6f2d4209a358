import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { FIXED_NAMES, groupsOfCommand, valuesOf } from '../../queue/exec/command-line.js';
import type { Config } from '../config.js';
import type { ExecConfig } from '../directives/exec.js';
import type { Reporter } from '../read/report.js';
import { mailedQueues } from '../sections.js';
import type { FeedingRules } from './feeding-rules.js';

/** Reports programs of `set exec` whose arguments no rule can fill, and settings of letters that their queues do not have. */
export function reportExec(config: Config, fed: FeedingRules, report: Reporter): void {
  for (const exec of config.execs) {
    for (const group of groupsOfCommand(exec.command)) reportGroup(exec, group, fed, report);
    reportShadowed(exec, fed, report);
  }
  reportLetters(config, report);
}

function reportGroup({ queue, place }: ExecConfig, group: string, fed: FeedingRules, report: Reporter): void {
  const rules = fed.get(queue) ?? [];
  const without = rules.filter(({ names }) => !names.has(group));
  const value = quote(`{{${group}}}`);
  if (without.length === rules.length)
    report.warning(
      at(place),
      `${value}, and no rule of the queue ${quote(queue)} has a group of that name: the program never runs`,
      `name it in a rule: ${queue} from (?<${group}>\\S+)`,
      'odd-regex',
    );
  else if (without.length > 0)
    report.notice(
      at(place),
      `${value}, which the rule in line ${without[0]?.line} of the queue ${quote(queue)} does not have: the program does not run for it`,
      'name the group in each rule of the queue',
      'odd-regex',
    );
}

/** A group whose name stands for something else. */
function reportShadowed({ queue, command, place }: ExecConfig, fed: FeedingRules, report: Reporter): void {
  const used = new Set(valuesOf(command));
  const name = FIXED_NAMES.find(
    (fixed) => used.has(fixed) && fed.get(queue)?.some(({ names }) => names.has(fixed)),
  );
  if (name !== undefined)
    report.notice(
      at(place),
      `${quote(`{{${name}}}`)} is not the group of that name, but that of the line`,
      'give the group another name',
      'odd-regex',
    );
}

/** What concerns letters has no effect on a queue that has none. */
function reportLetters(config: Config, report: Reporter): void {
  const lettered = new Set(mailedQueues(config));
  const only = new Set(config.execs.map(({ queue }) => queue).filter((queue) => !lettered.has(queue)));
  const { filters, templates, folds, kinds, gathers, thresholds } = config;
  const named = [
    ...filters.map((one) => ({ ...one, what: 'a filter' })),
    ...templates.map((one) => ({ ...one, what: 'a template' })),
    ...folds.map((one) => ({ ...one, what: 'a fold' })),
    ...kinds.map((one) => ({ ...one, what: 'a kind' })),
    ...gathers.map((one) => ({ ...one, what: 'a gather' })),
    ...thresholds.map((one) => ({ ...one, what: 'a threshold' })),
  ];
  for (const { what, queue, place } of named)
    if (only.has(queue))
      report.warning(
        at(place),
        `${what} of ${quote(queue)}, which has a program and no letters`,
        `give it letters with set queue ${queue}, or remove the line`,
        'ignored-text',
      );
}

function at(place: SourceLocation): { readonly place: SourceLocation; readonly text: string } {
  return { place, text: '' };
}
