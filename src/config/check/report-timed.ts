import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { flattenRules } from '../../rule/flat-rules.js';
import type { Config } from '../config.js';
import type { ReadContext } from '../directives/directive.js';
import { whichQueue } from '../directives/read-queue.js';
import type { Reporter } from '../read/report.js';
import type { FeedingRules } from './feeding-rules.js';

/** A directive that counts in time, and the queues whose rules must have its groups. */
interface Named {
  readonly what: string;
  readonly queues: readonly string[];
  readonly by: readonly string[];
  readonly place: SourceLocation;
}

/** Reports directives that count in time and cannot: of unknown queues, of groups that no rule has, of pages that never come. */
export function reportTimed(config: Config, fed: FeedingRules, context: ReadContext, report: Reporter): void {
  for (const named of namedIn(config)) {
    const unknown = named.queues.filter((queue) => !context.namedQueues.has(queue));
    for (const queue of unknown)
      report.warning(
        at(named.place),
        `${named.what} of the unknown queue ${quote(queue)}`,
        whichQueue(queue, context),
        'unknown-queue',
      );
    for (const queue of named.queues) if (!unknown.includes(queue)) reportGroups(named, queue, fed, report);
  }
  reportOfFleet(config, report);
  reportExempt(config, report);
  reportPages(config, report);
}

function namedIn({ windows, throttles, follows, mutes, gathers, hours }: Config): Named[] {
  const one = (
    what: string,
    { queue, by, place }: { queue: string } & Omit<Named, 'what' | 'queues'>,
  ): Named => ({
    what,
    queues: [queue],
    by,
    place,
  });
  return [
    ...windows.map((window) => one('a window', window)),
    ...throttles.map((throttle) => one('a throttle', throttle)),
    ...gathers.map((gather) => one('a gather', { ...gather, by: [] })),
    ...hours.map((ofQueue) => one('hours', { ...ofQueue, by: [] })),
    ...follows.map(({ queue, other, by, place }) => ({
      what: 'a follows',
      queues: [queue, other],
      by,
      place,
    })),
    ...mutes.map(({ queue, other, by, place }) => ({ what: 'a mutes', queues: [other, queue], by, place })),
  ];
}

function reportGroups({ what, by, place }: Named, queue: string, fed: FeedingRules, report: Reporter): void {
  const rules = fed.get(queue) ?? [];
  for (const group of by) {
    const without = rules.filter(({ names }) => !names.has(group));
    if (rules.length === 0 || without.length === rules.length)
      report.warning(
        at(place),
        `${what} by ${quote(group)}, and no rule of the queue ${quote(queue)} has a group of that name`,
        `name it in a rule: ${queue} from (?<${group}>\\S+)`,
        'odd-regex',
      );
    else if (without.length > 0)
      report.notice(
        at(place),
        `${what} by ${quote(group)}, which the rule in line ${without[0]?.line} of the queue ${quote(queue)} does not have`,
        'the host stands in its place; name the group in each rule of the queue',
        'odd-regex',
      );
  }
}

/** What counts across the fleet needs one, and a queue counts in one way. */
function reportOfFleet({ windows, throttles, fleet }: Config, report: Reporter): void {
  if (fleet.value === null)
    for (const { place } of [...windows, ...throttles].filter((one) => one.fleet))
      report.error(
        at(place),
        'fleet, without set fleet',
        'write set fleet postgresql://HOST/DB, or remove the word',
        'incomplete',
      );
  for (const { queue, place, fleet } of throttles)
    if (windows.some((window) => window.queue === queue && window.fleet !== fleet))
      report.error(
        at(place),
        `the window and the throttle of ${quote(queue)}, of which one counts across the fleet`,
        'write fleet at the end of both, or of neither',
        'incomplete',
      );
}

/** An exemption acts on rules that have its group. */
function reportExempt({ exemptions, rules }: Config, report: Reporter): void {
  const names = new Set(flattenRules(rules).flatMap(({ rule }) => rule.pattern.groupNames));
  for (const { group, place } of exemptions.flat())
    if (!names.has(group))
      report.warning(
        at(place),
        `an exemption by ${quote(group)}, and no rule has a group of that name`,
        `name it in a rule: (?<${group}>\\S+)`,
        'odd-regex',
      );
}

/** Only pages wait: a letter on a schedule holds everything anyway. */
function reportPages(
  { throttles, mutes, gathers, hours, queues, csv, sections }: Config,
  report: Reporter,
): void {
  const scheduled = new Set(queues.flatMap(({ name, schedule }) => (schedule.kind === 'now' ? [] : [name])));
  if (csv && csv.schedule.kind !== 'now') scheduled.add('csv');
  for (const { queue, parent } of sections) if (scheduled.has(parent)) scheduled.add(queue);
  const waiting = [
    ...[...throttles, ...gathers, ...hours].map(({ queue, place }) => ({ queue, place })),
    ...mutes.map(({ other, place }) => ({ queue: other, place })),
  ];
  for (const { queue, place } of waiting)
    if (scheduled.has(queue))
      report.notice(
        at(place),
        `${quote(queue)} has a schedule: its letters hold everything, and nothing of it waits`,
        'give it the schedule [now], or remove the line',
        'ignored-text',
      );
}

function at(place: SourceLocation): { readonly place: SourceLocation; readonly text: string } {
  return { place, text: '' };
}
