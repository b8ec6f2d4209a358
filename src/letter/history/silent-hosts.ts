import { compare } from '../../base/compare.js';
import { type Known, LETTERS_BACK } from './ledger.js';
import type { Standing } from './news.js';

/** A host is missed if it was in at least this share of the letters before: one that comes and goes says nothing new. */
const MIN_SHARE_OF_LETTERS = 0.8;

/** With fewer known letters, nothing is usual yet. */
const MIN_KNOWN_LETTERS = 4;

/** So many hosts are looked up: when more are silent at once, it is the way from them that is. */
export const MAX_LOOKED_UP = 200;

/** Whether a host can be silent: logs without a prefix, and all hosts of a storm, have names of their own. */
export function mayBeSilent(host: string): boolean {
  return !host.startsWith('[') && host !== '*';
}

/**
 * Which of these hosts, of whom this letter has nothing, were regularly in the letters before. `rows`: what the ledger knows
 * of their messages. A host is missed in one letter only: the first without it.
 */
export function silentHosts(
  rows: readonly { readonly host: string; readonly letters: Known['letters'] }[],
  { letters, regular }: Pick<Standing, 'letters' | 'regular'>,
): string[] {
  const comparable = Math.min(letters, LETTERS_BACK);
  if (!regular || comparable < MIN_KNOWN_LETTERS) return [];
  const seen = new Map<string, Set<number>>();
  for (const { host, letters: of } of rows) {
    const known = seen.get(host) ?? new Set();
    for (const [letter] of of) if (letter > letters - LETTERS_BACK) known.add(letter);
    seen.set(host, known);
  }
  return [...seen]
    .filter(([, known]) => known.has(letters) && known.size >= MIN_SHARE_OF_LETTERS * comparable)
    .map(([host]) => host)
    .sort(compare);
}
