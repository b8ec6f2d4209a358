import { addCounts } from '../../base/count.js';
import { DAY } from '../../base/time/duration.js';
import type { TallyRow } from '../../queue/tally.js';
import { type Known, type LastRow, LETTERS_BACK, type LedgerRow } from './ledger.js';

/** How a message differs from earlier letters. */
export type News =
  | { readonly kind: 'routine' }
  /** Never seen before on this host; `anywhere`: seen on another one. */
  | { readonly kind: 'new'; readonly anywhere: boolean }
  /** Seen again after a long silence; `last`: when it was last seen (ms). */
  | { readonly kind: 'back'; readonly last: number }
  /** Well above `usual`, the median of the letters before. */
  | { readonly kind: 'louder'; readonly usual: number };

/** Merges the news of a message on two hosts. */
export function mergeNews<One extends News>(a: One, b: One): One | News {
  if (a.kind === 'new' && b.kind === 'new') return { kind: 'new', anywhere: a.anywhere || b.anywhere };
  if (a.kind === 'back' && b.kind === 'back') return { kind: 'back', last: Math.max(a.last, b.last) };
  if (a.kind === 'louder' && b.kind === 'louder')
    return { kind: 'louder', usual: addCounts(a.usual, b.usual) };
  return a;
}

/** A row of a tally with its news. */
export interface NewsRow extends TallyRow {
  readonly news: News;
}

/** The position of a letter among the letters of its queue. */
export interface Standing {
  /** Nothing is known of the queue yet. */
  readonly first: boolean;
  /** How many earlier letters of the queue it may be compared with. */
  readonly letters: number;
  /** When it was made (ms). */
  readonly made: number;
  readonly louder: { readonly factor: number; readonly floor: number };
  /** Whether its counts are comparable with those of earlier letters: not if a signal cut its period short. */
  readonly regular: boolean;
}

/** A message was long silent after this many letters and this much time (ms). */
const SILENT_LETTERS = 7;
const SILENT_TIME = 7 * DAY;

/** With fewer known letters, nothing is usual yet. */
const MIN_KNOWN_LETTERS = 4;

/** A message is missed if it was in at least this share of the letters before. */
const MIN_SHARE_OF_LETTERS = 0.6;

const ROUTINE: News = { kind: 'routine' };

/** Compares a row with the ledger. In the first letter of a queue nothing is news: there is nothing to compare with. */
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

/** The usual count of a missing message, if it is missed, else null. A message is missed in one letter only. */
export function missed(row: LastRow, { letters, regular }: Standing): number | null {
  const before = row.letters.filter(([letter]) => letter > letters - LETTERS_BACK);
  const comparable = Math.min(letters, LETTERS_BACK);
  if (!regular || comparable < MIN_KNOWN_LETTERS || before.at(-1)?.[0] !== letters) return null;
  return before.length >= MIN_SHARE_OF_LETTERS * comparable ? median(before.map(([, count]) => count)) : null;
}

function isLongSilent({ letters, last }: Known, standing: Standing): boolean {
  const latest = letters.at(-1)?.[0];
  const silent = latest === undefined || standing.letters - latest >= SILENT_LETTERS;
  return silent && standing.made - last >= SILENT_TIME;
}

/** Its counts in the letters since it was first seen, at most the last 28; 0 in letters without it. */
function countsOf({ letters }: Known, latest: number): number[] {
  const earliest = letters[0]?.[0] ?? latest;
  const from = Math.max(earliest, latest - LETTERS_BACK + 1);
  const counts: number[] = Array.from({ length: latest - from + 1 }, () => 0);
  for (const [letter, count] of letters) if (letter >= from) counts[letter - from] = count;
  return counts;
}

/** The usual count of a message in a letter: the median of its counts; 0 where it was in none that is comparable. */
export function usualOf(known: Known, letters: number): number {
  return known.letters.length === 0 ? 0 : median(countsOf(known, letters));
}

/** The median; of two middle values the lower one, so that it is a real count. */
function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
