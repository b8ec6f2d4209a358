import { basename, relative } from 'node:path';
import type { SourceLocation } from '../../base/place.js';
import { amount, formatTime } from '../../base/text/layout.js';
import { quote } from '../../base/text/quote.js';
import { alignRight, shorten } from '../../letter/render/columns.js';
import type { FlatRule } from '../../rule/flat-rules.js';
import { feedsOf } from '../../rule/review/rule-key.js';
import type { Finding, Review, ReviewedRule } from './reviewed-rule.js';

/** Columns of a terminal. */
const WIDTH = 80;
/** Columns of counts, times and places. */
const LINES = 9;
const TIME = 14;
const COST = 9;
const PLACE = 22;
/** So many programs of a rule are named. */
const MAX_NAMED = 5;

/** Which rules are shown: those with one of these findings; `trash`: rules of trash. */
export type Chosen = Finding['kind'] | 'trash';

export interface Shown {
  /** None: the table of all. */
  readonly chosen: readonly Chosen[];
  /** So many rules of each part of that table. */
  readonly most: number;
  /** The folder of the config, from which places are named. */
  readonly folder: string;
  readonly timezone: string | null;
  /** ms */
  readonly now: number;
}

/** A review for a terminal: what to look at, then the rules that take most; or what was asked for. Not escaped. */
export function renderReview(review: Review, shown: Shown): string[] {
  const { rules } = review;
  if (shown.chosen.length > 0) {
    const chosen = byUse(rules.filter((rule) => shown.chosen.some((one) => isChosen(rule, one))));
    return [...table(chosen, review, shown), ...summary(review, shown)];
  }
  const odd = byUse(rules.filter(({ findings }) => findings.length > 0));
  const used = byUse(rules.filter(({ lines }) => lines > 0));
  return [
    ...part('What to look at', odd, review, shown),
    ...part('Which rules take most', used, review, shown),
    ...summary(review, shown),
  ];
}

function isChosen({ flat, findings }: ReviewedRule, one: Chosen): boolean {
  return one === 'trash' ? flat.rule.kind === 'trash' : findings.some(({ kind }) => kind === one);
}

const RANK: Readonly<Record<Finding['kind'], number>> = { duplicate: 0, shadowed: 1, wide: 2, dead: 3 };

/** What is surest first, then what takes most; equals in the order of the config. */
function byUse(rules: readonly ReviewedRule[]): ReviewedRule[] {
  const rank = ({ findings }: ReviewedRule): number => Math.min(4, ...findings.map(({ kind }) => RANK[kind]));
  const isOdd = rules.every(({ findings }) => findings.length > 0);
  return [...rules].sort((a, b) => (isOdd ? rank(a) - rank(b) : 0) || b.lines - a.lines);
}

function part(title: string, rules: readonly ReviewedRule[], review: Review, shown: Shown): string[] {
  if (rules.length === 0) return [];
  const left = rules.length - shown.most;
  return [
    title,
    ...table(rules.slice(0, shown.most), review, shown),
    ...(left > 0 ? [`  and ${left} more (-n ${rules.length})`] : []),
    '',
  ];
}

function table(rules: readonly ReviewedRule[], review: Review, shown: Shown): string[] {
  if (rules.length === 0) return [];
  const second = review.read === null ? 'LAST'.padEnd(TIME) : alignRight('COST', COST);
  const head = `${alignRight('LINES', LINES)}  ${second}  ${'WHERE'.padEnd(PLACE)}  RULE`;
  return [head, ...rules.flatMap((rule) => [row(rule, review, shown), ...notesOn(rule, shown)])];
}

function row({ flat, lines, last, cost }: ReviewedRule, { read }: Review, shown: Shown): string {
  const second =
    read === null
      ? (last === null ? '-' : shortTime(last, shown)).padEnd(TIME)
      : alignRight(cost === null ? '-' : showCost(cost), COST);
  const before = `${alignRight(String(lines), LINES)}  ${second}  ${placeOf(flat, shown).padEnd(PLACE)}  `;
  return `${before}${shorten(textOf(flat), WIDTH - before.length)}`;
}

/** `Fri 20 Nov, 12:30` without the day of the week, and without the year. */
function shortTime(time: number, { timezone, now }: Shown): string {
  const [, day, month, ...rest] = formatTime(time, timezone, now).split(' ');
  return [day, month, ...rest].join(' ').slice(0, TIME);
}

/** In microseconds: `0.12 us`. */
function showCost(nanoseconds: number): string {
  const micro = nanoseconds / 1000;
  return `${micro < 10 ? micro.toFixed(2) : micro.toFixed(0)} us`;
}

function textOf({ rule }: FlatRule): string {
  return `${feedsOf(rule)} ${rule.pattern.source}`;
}

/** The end of a place says more than its beginning. */
function placeOf({ rule }: FlatRule, shown: Shown): string {
  const place = showPlace(rule.place, shown);
  return place.length <= PLACE ? place : `…${place.slice(1 - PLACE)}`;
}

function showPlace({ file, line }: SourceLocation, { folder }: Shown): string {
  const near = `${relative(folder, file)}:${line}`;
  return near.startsWith('..') || near.length > PLACE ? `${basename(file)}:${line}` : near;
}

function notesOn(rule: ReviewedRule, shown: Shown): string[] {
  // That an idle rule took nothing is plain where another one takes its lines.
  const isPlain = rule.findings.some(({ kind }) => kind === 'duplicate' || kind === 'shadowed');
  const told = rule.findings.filter(({ kind }) => !isPlain || kind !== 'dead');
  const notes = told.map((finding) => describe(finding, rule, shown));
  const sample = shown.chosen.includes('trash') ? rule.programs.at(-1)?.sample : null;
  const lines = [...notes, ...(sample ? [`takes ${quote(sample)}`] : [])];
  return lines.map((line) => `${' '.repeat(LINES + 2)}${shorten(line, WIDTH - LINES - 2)}`);
}

function describe(finding: Finding, { lines }: ReviewedRule, shown: Shown): string {
  const when = (time: number): string => formatTime(time, shown.timezone, shown.now);
  switch (finding.kind) {
    case 'duplicate':
      return `the same as ${showPlace(finding.of.rule.place, shown)}, which takes its lines`;
    case 'shadowed': {
      const by = `${showPlace(finding.by.rule.place, shown)} takes its lines`;
      return finding.line === null ? by : `${by}: ${quote(finding.line)}`;
    }
    case 'wide': {
      const { programs } = finding;
      const more = programs.length - MAX_NAMED;
      const named = programs.slice(0, MAX_NAMED).join(', ');
      return `wide: takes lines of ${named}${more > 0 ? ` and ${more} more` : ''}`;
    }
    case 'dead':
      if (finding.since === null) return 'took no line of these logs';
      return lines > 0
        ? `no line since ${when(finding.since)}`
        : `never a line; known since ${when(finding.since)}`;
  }
}

function summary({ rules, read, notes }: Review, shown: Shown): string[] {
  const used = rules.filter(({ lines }) => lines > 0);
  const total = used.reduce((sum, { lines }) => sum + lines, 0);
  const since = Math.min(...rules.map((rule) => rule.since ?? shown.now));
  const count = (kind: Finding['kind']): number =>
    rules.filter(({ findings }) => findings.some((one) => one.kind === kind)).length;
  const took =
    read === null
      ? `${amount(total, 'line')} since ${formatTime(since, shown.timezone, shown.now)}`
      : `${total} of ${amount(read, 'line')}`;
  return [
    `${amount(rules.length, 'rule')}; ${used.length} took ${took}`,
    `duplicate ${count('duplicate')}, shadowed ${count('shadowed')}, wide ${count('wide')}, dead ${count('dead')}`,
    ...notes,
  ];
}

/** A review for programs. Times are ms since 1970, costs nanoseconds. */
export function reviewAsJson({ rules, read }: Review): object {
  return {
    read,
    rules: rules.map(({ flat, lines, since, last, cost, programs, findings }) => ({
      ...flat.rule.place,
      feeds: feedsOf(flat.rule),
      regex: flat.rule.pattern.source,
      ...{ lines, since, last, cost },
      programs: programs.map(({ program, sample }) => ({ program, sample })),
      findings: findings.map(findingAsJson),
    })),
  };
}

function findingAsJson(finding: Finding): object {
  switch (finding.kind) {
    case 'duplicate':
      return { kind: finding.kind, of: finding.of.rule.place };
    case 'shadowed':
      return { kind: finding.kind, by: finding.by.rule.place, line: finding.line };
    default:
      return finding;
  }
}
