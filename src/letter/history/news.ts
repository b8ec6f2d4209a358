import { addCounts } from '../../base/count.js';
import { DAY } from '../../base/time/duration.js';
import type { TallyRow } from '../../queue/tally.js';
import { type Known, type LastRow, LETTERS_BACK, type LedgerRow } from './ledger.js';

/** What is worth saying of a message beside its count. */
export type News =
  | { readonly kind: 'routine' }
  /** Never seen before on this host; `anywhere`: but on another one. */
  | { readonly kind: 'new'; readonly anywhere: boolean }
  /** Seen again after a long silence; `last`: when it was last seen (ms). */
  | { readonly kind: 'back'; readonly last: number }
  /** Well above `usual`, the median of the letters before. */
  | { readonly kind: 'louder'; readonly usual: number };

/** What is to be said of a message on two hosts. */
export function mergeNews<One extends News>(a: One, b: One): One | News {
  if (a.kind === 'new' && b.kind === 'new') return { kind: 'new', anywhere: a.anywhere || b.anywhere };
  if (a.kind === 'back' && b.kind === 'back') return { kind: 'back', last: Math.max(a.last, b.last) };
  if (a.kind === 'louder' && b.kind === 'louder')
    return { kind: 'louder', usual: addCounts(a.usual, b.usual) };
  return a;
}

/** A row of a tally with what is to be said of it. */
export interface NewsRow extends TallyRow {
  readonly news: News;
}

/** Where a letter stands in the row of its queue's letters. */
export interface Standing {
  /** Nothing is known of the queue yet. */
  readonly first: boolean;
  /** How many letters of the queue came before it that it may be laid beside. */
  readonly letters: number;
  /** When it was made (ms). */
  readonly made: number;
  readonly louder: { readonly factor: number; readonly floor: number };
  /** Whether its counts may be laid beside those of the letters before: not when a signal cut its time short. */
  readonly regular: boolean;
}

/** A silence is long after so many letters and so much time (ms). */
const SILENT_LETTERS = 7;
const SILENT_TIME = 7 * DAY;

/** With fewer letters known there is no telling what is usual. */
const MIN_KNOWN_LETTERS = 4;

/** A message is missed when it was in so large a share of the letters before. */
const MIN_SHARE_OF_LETTERS = 0.6;

const ROUTINE: News = { kind: 'routine' };

/** Lays a row beside what the ledger knows. In a queue's first letter nothing is news: there is nothing to compare. */
export function newsOf({ known, anywhere, count }: LedgerRow, standing: Standing): News {
  if (standing.first) return ROUTINE;
  if (!known) return { kind: 'new', anywhere };
  if (isLongSilent(known, standing)) return { kind: 'back', last: known.last };
  if (!standing.regular) return ROUTINE;
  const counts = countsOf(known, standing.letters);
  const usual = median(counts);
  const { factor, floor } = standing.louder;
  const louder = counts.length >= MIN_KNOWN_LETTERS && count >= factor * usual && count - usual >= floor;
  return louder ? { kind: 'louder', usual } : ROUTINE;
}

/** What a message that is missing now used to count, when it is missed; else null. It is missed once, at first. */
export function missed(row: LastRow, { letters, regular }: Standing): number | null {
  const before = row.letters.filter(([letter]) => letter > letters - LETTERS_BACK);
  const looked = Math.min(letters, LETTERS_BACK);
  if (!regular || looked < MIN_KNOWN_LETTERS || before.at(-1)?.[0] !== letters) return null;
  return before.length >= MIN_SHARE_OF_LETTERS * looked ? median(before.map(([, count]) => count)) : null;
}

function isLongSilent({ letters, last }: Known, standing: Standing): boolean {
  const latest = letters.at(-1)?.[0];
  const silent = latest === undefined || standing.letters - latest >= SILENT_LETTERS;
  return silent && standing.made - last >= SILENT_TIME;
}

/** Its counts in the letters since it was first seen, at most the last 28; in letters without it, 0. */
function countsOf({ letters }: Known, latest: number): number[] {
  const earliest = letters[0]?.[0] ?? latest;
  const from = Math.max(earliest, latest - LETTERS_BACK + 1);
  const counts: number[] = Array.from({ length: latest - from + 1 }, () => 0);
  for (const [letter, count] of letters) if (letter >= from) counts[letter - from] = count;
  return counts;
}

/** The middle value; of an even number the lower one, so that it is a count that there was. */
function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
