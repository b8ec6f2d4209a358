import type { ChangeRow } from './change-table.js';
import type { ChangeKind } from './outcome.js';
import type { Rehearsal } from './rehearsal.js';

/** What is told of changes, the worst first. */
export const SECTIONS = [
  'pagesLost',
  'pagesNew',
  'moved',
  'merged',
  'split',
  'reworded',
  'gone',
  'come',
] as const;

export type SectionName = (typeof SECTIONS)[number];

/** A row with how many messages become how many; 0: there is none on that side. */
export interface Finding {
  readonly row: ChangeRow;
  readonly lines: number;
  readonly befores: number;
  readonly afters: number;
}

export interface Section {
  readonly lines: number;
  /** Those of most lines first. */
  readonly findings: readonly Finding[];
}

export type Findings = Readonly<Record<SectionName, Section>>;

/** What a rehearsal has found, put in order. */
export function findingsOf(rehearsal: Rehearsal): Findings {
  const { lost, paged, byBefore, byAfter } = rehearsal;
  const pages = cancelled(lost.rows, paged.rows);
  const kept = cancelled(
    byBefore.rows.filter(({ kind }) => kind === 'gone'),
    byAfter.rows.filter(({ kind }) => kind === 'come'),
  );
  const reworded = pairsOf('reworded', rehearsal);
  const total = (kind: ChangeKind, both: number): number => rehearsal.totalOf(kind) - both;
  return {
    pagesLost: section(pages.left.map(ofBefore), total('lost', pages.both)),
    pagesNew: section(pages.came.map(ofAfter), total('paged', pages.both)),
    moved: section(pairsOf('moved', rehearsal), total('moved', 0)),
    merged: section(reworded.filter(({ befores }) => befores > 1)),
    split: section(reworded.filter(({ befores, afters }) => befores === 1 && afters > 1)),
    reworded: section(reworded.filter(({ befores, afters }) => befores === 1 && afters === 1)),
    gone: section(kept.left.map(ofBefore), total('gone', kept.both)),
    come: section(kept.came.map(ofAfter), total('come', kept.both)),
  };
}

function section(findings: readonly Finding[], lines?: number): Section {
  const sorted = [...findings].sort((a, b) => b.lines - a.lines);
  return { lines: lines ?? sorted.reduce((sum, finding) => sum + finding.lines, 0), findings: sorted };
}

function ofBefore({ row, lines }: CountedRow): Finding {
  return { row, lines, befores: row.before === null ? 0 : 1, afters: row.to === '' ? 0 : row.others.count };
}

function ofAfter({ row, lines }: CountedRow): Finding {
  return { row, lines, befores: row.from === '' ? 0 : row.others.count, afters: row.after === null ? 0 : 1 };
}

interface CountedRow {
  readonly row: ChangeRow;
  readonly lines: number;
}

interface Cancelled {
  readonly left: readonly CountedRow[];
  readonly came: readonly CountedRow[];
  /** Lines that both had. */
  readonly both: number;
}

/**
 * Where only one of the configs reads a log (or joins its lines in its own way), its lines have no partner: what goes and
 * what comes there as the same message of the same queues is no change.
 */
function cancelled(left: readonly ChangeRow[], came: readonly ChangeRow[]): Cancelled {
  const partners = new Map(came.filter(isAlone).map((row) => [`${row.to}\n${row.after}`, row]));
  const taken = new Map<ChangeRow, number>();
  let both = 0;
  for (const row of left.filter(isAlone)) {
    const partner = partners.get(`${row.from}\n${row.before}`);
    const lines = partner ? Math.min(row.lines, partner.lines) : 0;
    if (!partner || lines === 0) continue;
    taken.set(row, lines).set(partner, lines);
    both += lines;
  }
  const rest = (rows: readonly ChangeRow[]): CountedRow[] =>
    rows.map((row) => ({ row, lines: row.lines - (taken.get(row) ?? 0) })).filter(({ lines }) => lines > 0);
  return { left: rest(left), came: rest(came), both };
}

function isAlone({ sample }: ChangeRow): boolean {
  return sample.unit.sides !== 'both';
}

/**
 * Rows of changes that have a message on both sides: what merges (many become one), what splits (one becomes many), and
 * the others, each once.
 */
function pairsOf(kind: 'moved' | 'reworded', rehearsal: Rehearsal): Finding[] {
  const { byBefore, byAfter } = rehearsal;
  const findings: Finding[] = [];
  for (const row of byAfter.rows) {
    if (row.kind !== kind) continue;
    const befores = beforesOf(row, rehearsal);
    const source = befores === 1 ? byBefore.find(row, row.before) : undefined;
    if (!source || aftersOf(source, rehearsal) === 1)
      findings.push({ row, lines: row.lines, befores, afters: 1 });
  }
  for (const row of byBefore.rows) {
    const afters = row.kind === kind ? aftersOf(row, rehearsal) : 0;
    if (afters > 1) findings.push({ row, lines: row.lines, befores: 1, afters });
  }
  return findings;
}

/** Messages that become that of the row; one that has been it before stays it. */
function beforesOf({ kind, from, to, after, others }: ChangeRow, { now, byBefore }: Rehearsal): number {
  const stays =
    kind === 'reworded' && now.queues.knows(to, after ?? '') && !byBefore.find({ kind, from, to }, after);
  return others.count + (stays ? 1 : 0);
}

function aftersOf({ kind, from, to, before, others }: ChangeRow, { next, byAfter }: Rehearsal): number {
  const stays =
    kind === 'reworded' && next.queues.knows(from, before ?? '') && !byAfter.find({ kind, from, to }, before);
  return others.count + (stays ? 1 : 0);
}
