import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import type { Config } from '../config.js';
import type { ReadContext } from '../directives/directive.js';
import type { SectionConfig } from '../directives/letters.js';
import { whichQueue } from '../directives/read-queue.js';
import type { Reporter } from '../read/report.js';
import { parentOf } from '../sections.js';

/** Sections of one letter: a person reads no more, and each takes room. */
const MAX_SECTIONS = 20;

/** Reports sections that have no letter to stand in, directives of sections that only their letters have, and empty letters that never come. */
export function reportLetters(config: Config, context: ReadContext, report: Reporter): void {
  for (const section of config.sections) reportParent(section, config, context, report);
  reportCount(config.sections, report);
  reportOfParents(config, report);
  reportFolds(config, report);
  reportEmpties(config, report);
}

function reportCount(sections: readonly SectionConfig[], report: Reporter): void {
  const counts = new Map<string, number>();
  for (const { parent, place } of sections) {
    const count = (counts.get(parent) ?? 0) + 1;
    counts.set(parent, count);
    if (count === MAX_SECTIONS + 1)
      report.error(
        at(place),
        `more than ${MAX_SECTIONS} sections in the letters of ${quote(parent)}`,
        'spread them over several letters',
      );
  }
}

function reportParent(
  { queue, parent, place, parentPlace }: SectionConfig,
  config: Config,
  context: ReadContext,
  report: Reporter,
): void {
  const above = parentOf(parent, config);
  if (parent === 'csv')
    report.error(at(parentPlace), 'a section of csv, which goes to a program', 'name a queue of set queue');
  else if (above !== null)
    report.error(
      at(parentPlace),
      `${quote(queue)} as a section of ${quote(parent)}, which is a section of ${quote(above)} itself`,
      above === queue ? 'remove one of the two lines' : `write set section ${queue} ${above} TITLE`,
    );
  else if (!context.namedQueues.has(parent))
    report.error(
      at(parentPlace),
      `a section of the unknown queue ${quote(parent)}`,
      whichQueue(parent, context),
      'unknown-queue',
    );
  else if (context.queues.has(queue))
    report.notice(
      at(place),
      `${quote(queue)} is a section: its set queue counts for nothing`,
      'remove that line, or this one',
      'ignored-directive',
    );
}

/** What a letter has once cannot be set for one of its sections. */
function reportOfParents(config: Config, report: Reporter): void {
  const { filters, templates, folds, zones, empties, hours, fallbacks } = config;
  const named = [
    ...filters.map(({ queue, place }) => ({ what: 'filter', queue, place })),
    ...templates.map(({ queue, place }) => ({ what: 'template', queue, place })),
    ...folds.map(({ queue, place }) => ({ what: 'fold', queue, place })),
    ...zones.map(({ queue, place }) => ({ what: 'zone', queue, place })),
    ...empties.map(({ queue, place }) => ({ what: 'empty', queue, place })),
    ...hours.map(({ queue, place }) => ({ what: 'hours', queue, place })),
    ...fallbacks.map(({ queue, place }) => ({ what: 'fallback', queue, place })),
  ];
  for (const { what, queue, place } of named) {
    const parent = parentOf(queue, config);
    if (parent !== null)
      report.warning(
        at(place),
        `${quote(queue)} is a section of the letters of ${quote(parent)}, and has no ${what} of its own`,
        `write set ${what} ${parent}, or remove the line`,
        'ignored-text',
      );
  }
}

function reportFolds({ folds, sections }: Config, report: Reporter): void {
  for (const { queue, place } of folds)
    if (sections.some(({ parent }) => parent === queue))
      report.warning(
        at(place),
        `the letters of ${quote(queue)} have sections, and do not fold`,
        'remove the line, or give the queue that folds letters of its own',
        'ignored-text',
      );
}

function reportEmpties({ empties, queues, csv }: Config, report: Reporter): void {
  const now = new Set(queues.flatMap(({ name, schedule }) => (schedule.kind === 'now' ? [name] : [])));
  for (const { queue, place } of empties)
    if (queue === 'csv' && csv)
      report.warning(
        at(place),
        'csv goes to a program, and has no letters',
        'remove the line',
        'ignored-text',
      );
    else if (now.has(queue))
      report.warning(
        at(place),
        `${quote(queue)} is mailed at once, and has no empty letters`,
        'give it a schedule, or remove the line',
        'ignored-text',
      );
}

function at(place: SourceLocation): { readonly place: SourceLocation; readonly text: string } {
  return { place, text: '' };
}
