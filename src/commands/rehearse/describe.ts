import { renderLocation } from '../../base/place.js';
import { escapeControl } from '../../base/text/escape.js';
import { amount, columns } from '../../base/text/layout.js';
import { fill, MAX_LINE_COLUMNS, shorten } from '../../letter/render/columns.js';
import type { Distinct } from '../../values/distinct-count.js';
import { MAX_OTHERS } from './change-table.js';
import { type Finding, type Findings, SECTIONS, type Section, type SectionName } from './findings.js';
import type { Rehearsal } from './rehearsal.js';
import type { Reason } from './side.js';
import { formatSpan } from './span.js';

const TITLES: Readonly<Record<SectionName, string>> = {
  pagesLost: 'PAGES THAT WOULD BE LOST',
  pagesNew: 'Pages that would be new',
  moved: 'Moved to other queues',
  merged: 'Merged in their queue',
  split: 'Split in their queue',
  reworded: 'Another message in the same queue',
  gone: 'Gone from letters',
  come: 'New in letters',
};

/** What is shown: so many rows of each section. `now`: ms, for dates. */
export interface Shown {
  readonly most: number;
  readonly now: number;
}

/** What would change, in lines of at most 80 columns (but for long paths), the worst first. */
export function describeFindings(findings: Findings, rehearsal: Rehearsal, shown: Shown): string[] {
  const sections = SECTIONS.flatMap((name) => describeSection(name, findings[name], rehearsal, shown));
  return [
    ...headOf(rehearsal, shown.now),
    ...(sections.length === 0
      ? ['', rehearsal.lines === 0 ? 'There was no line to compare.' : 'Nothing changes.']
      : sections),
    ...(sections.length === 0 ? [] : queueTable(rehearsal)),
  ].map(escapeControl);
}

function headOf({ now, next, lines, older, span }: Rehearsal, at: number): string[] {
  const when = span ? `, ${formatSpan(span.first, span.last, now.config.timezone.value, at)}` : '';
  return [
    `${amount(lines, 'line')}${when}`,
    ...columns([
      ['old', now.config.files[0] ?? ''],
      ['new', next.config.files[0] ?? ''],
    ]),
    ...(older > 0 ? [`  ${amount(older, 'older line')} left out`] : []),
  ];
}

function describeSection(name: SectionName, section: Section, rehearsal: Rehearsal, shown: Shown): string[] {
  if (section.lines === 0) return [];
  const { lines, findings } = section;
  const messages = findings.length === 0 ? '' : ` of ${amount(findings.length, 'message')}`;
  const more = findings.length - shown.most;
  return [
    '',
    `${TITLES[name]}: ${amount(lines, 'line')}${messages}`,
    ...waysOf(name, rehearsal),
    ...findings.slice(0, shown.most).flatMap((finding) => describeFinding(name, finding, rehearsal, shown)),
    ...(more > 0 ? [`  ${amount(more, 'more message')}, to be seen with -n ${findings.length}`] : []),
  ];
}

/** From where to where, if lines go more than one way. */
function waysOf(name: SectionName, { flows }: Rehearsal): string[] {
  const ways = name === 'moved' ? flows.filter(({ kind }) => kind === 'moved') : [];
  if (ways.length < 2) return [];
  return fill(
    ways.map(({ from, to, lines }) => `${from} -> ${to}: ${lines}`),
    ', ',
    MAX_LINE_COLUMNS - 2,
  ).map((line) => `  ${line}`);
}

function describeFinding(
  name: SectionName,
  finding: Finding,
  rehearsal: Rehearsal,
  { now }: Shown,
): string[] {
  const { row, lines, befores, afters } = finding;
  const { first, last } = row;
  const { config } = rehearsal.now;
  const reasons = rehearsal.reasonsOf(row.sample);
  const isPage = name === 'pagesLost' || name === 'pagesNew';
  const become = befores > 0 && afters > 0 && befores + afters > 2;
  const count = `${amount(lines, 'line')} of ${atMost(row.hosts.count)} ${row.hosts.count === 1 ? 'host' : 'hosts'}`;
  return [
    `  ${count}: ${wayOf(row)}${become ? `; ${atMost(befores)} ${befores === 1 ? 'message becomes' : 'messages become'} ${atMost(afters)}` : ''}`,
    ...(isPage && first !== null && last !== null
      ? [`    ${formatSpan(first, last, config.timezone.value, now)}`]
      : []),
    ...messagesOf(row),
    `    old  ${describeReason(reasons.now)}`,
    `    new  ${describeReason(reasons.next)}`,
  ];
}

function wayOf({ kind, from, to }: Finding['row']): string {
  if (from === to && kind === 'lost') return `${from}, without a page of its own`;
  if (from === to) return kind === 'paged' ? `${from}, with a page of its own` : from;
  return `${from === '' ? 'no queue' : from} -> ${to === '' ? 'no queue' : to}`;
}

function messagesOf({ before, after }: Finding['row']): string[] {
  const shown = (mark: string, message: string): string =>
    `    ${mark}${shorten(escapeControl(message), MAX_LINE_COLUMNS - 4 - mark.length)}`;
  if (before === null || after === null || before === after) return [shown('', before ?? after ?? '')];
  return [shown('- ', before), shown('+ ', after)];
}

function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'rule':
      return `${renderLocation(reason.place)}${reason.held ? ' (held back)' : ''}`;
    case 'trash':
    case 'repeat':
      return `${renderLocation(reason.place)} (${reason.kind})`;
    case 'no-rule':
      return 'no rule takes it';
    case 'no-prefix':
      return 'its beginning is none that is known';
    case 'self-mail':
      return 'it is about a letter of tayori';
    case 'not-read':
      return 'the log is not read, or its lines are joined in another way';
  }
}

function atMost(count: number): string {
  return count > MAX_OTHERS ? `more than ${MAX_OTHERS}` : String(count);
}

/** Queues of which a count changes. */
function queueTable({ now, next }: Rehearsal): string[] {
  const names = [...new Set([...now.queues.queues, ...next.queues.queues])];
  const rows = names
    .map((name) => [
      name,
      arrow(now.queues.linesOf(name), next.queues.linesOf(name)),
      arrow(counted(now.queues.messagesOf(name)), counted(next.queues.messagesOf(name))),
      arrow(now.letters.of(name), next.letters.of(name)),
    ])
    .filter((row) => row.some((cell) => cell.includes(ARROW)));
  if (rows.length === 0) return [];
  return [
    '',
    'Queues, over all this time:',
    ...columns([['queue', 'lines', 'messages', 'letters'], ...rows]),
  ];
}

const ARROW = ' -> ';

function arrow(now: number | string, next: number | string): string {
  return now === next ? String(now) : `${now}${ARROW}${next}`;
}

function counted({ count, about }: Distinct): string {
  return `${about ? 'about ' : ''}${count}`;
}
