import type { LedgerLine } from '../../src/fleet/meeting-place.js';
import { type EnteredRow, LETTERS_BACK, type LedgerEntry } from '../../src/letter/history/ledger.js';

/** Lines read in one piece. */
const PIECE = 1000;

/** The ledger of a fleet in memory, by queue. */
export class MemoryLedger {
  /** How many regular letters each queue has had. */
  readonly letters = new Map<string, number>();
  readonly #lines = new Map<string, Map<string, LedgerLine>>();

  /** In the order of hashes and hosts. */
  *read(queue: string, hashes?: readonly string[]): Generator<readonly LedgerLine[]> {
    const all = [...this.#of(queue).values()].filter(({ hash }) => !hashes || hashes.includes(hash));
    all.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    for (let at = 0; at < all.length; at += PIECE) yield all.slice(at, at + PIECE);
  }

  /** Enters a letter, as `store/sqlite/ledger.ts` does. What is older than it keeps is forgotten in all queues. */
  enter({ queue, made, regular, rows, forgetBefore }: LedgerEntry): void {
    const letter = (this.letters.get(queue) ?? 0) + (regular ? 1 : 0);
    this.letters.set(queue, letter);
    const lines = this.#of(queue);
    for (const row of together(rows)) {
      const known = lines.get(keyOf(row));
      const { first, last } = timesOf(row, made, forgetBefore);
      const letters = [...(known?.letters ?? []), ...(regular ? [[letter, row.count] as const] : [])];
      lines.set(keyOf(row), {
        ...{ host: row.host, hash: row.hash, text: known?.text ?? row.text },
        first: Math.min(known?.first ?? first, first),
        last: Math.max(known?.last ?? last, last),
        latest: regular ? letter : (known?.latest ?? 0),
        letters: regular ? letters.filter(([one]) => one > letter - LETTERS_BACK) : letters,
      });
    }
    for (const all of this.#lines.values())
      for (const [key, { last }] of all) if (last < forgetBefore) all.delete(key);
  }

  /** Adds the history of a node: the last letter of each side is the last one of both. Returns how many lines are new. */
  import(queue: string, letters: number, lines: readonly LedgerLine[]): number {
    const had = this.letters.get(queue) ?? 0;
    const last = Math.max(had, letters);
    this.letters.set(queue, last);
    const all = this.#of(queue);
    for (const [key, line] of all) all.set(key, shifted(line, last - had));
    const isNew = lines.map((line) => !all.has(keyOf(line)));
    for (const line of lines) {
      const known = all.get(keyOf(line));
      if (known && known.first <= line.first && known.last >= line.last) continue; // the same import has come before
      const moved = shifted(line, last - letters);
      all.set(keyOf(line), known ? union(known, moved) : moved);
    }
    return isNew.filter(Boolean).length;
  }

  #of(queue: string): Map<string, LedgerLine> {
    const lines = this.#lines.get(queue) ?? new Map<string, LedgerLine>();
    this.#lines.set(queue, lines);
    return lines;
  }
}

function keyOf({ hash, host }: Pick<LedgerLine, 'hash' | 'host'>): string {
  return `${hash}\n${host}`;
}

/** A message that comes twice in a letter is one. */
function together(rows: readonly EnteredRow[]): EnteredRow[] {
  const byKey = new Map<string, EnteredRow>();
  for (const row of rows)
    byKey.set(keyOf(row), { ...row, count: row.count + (byKey.get(keyOf(row))?.count ?? 0) });
  return [...byKey.values()];
}

/** Times of lines are not trusted: one that cannot be is that of the letter. */
function timesOf({ first, last }: EnteredRow, made: number, forgetBefore: number) {
  const seen = last !== null && last >= forgetBefore && last <= made ? last : made;
  return { first: Math.round(Math.min(first ?? seen, seen)), last: Math.round(seen) };
}

/** With other numbers of its letters; 0 is none of them. */
function shifted(line: LedgerLine, by: number): LedgerLine {
  const letters = line.letters.map(([letter, count]) => [letter + by, count] as const);
  return { ...line, latest: line.latest === 0 ? 0 : line.latest + by, letters };
}

function union(a: LedgerLine, b: LedgerLine): LedgerLine {
  const counts = new Map(a.letters);
  for (const [letter, count] of b.letters) counts.set(letter, Math.max(count, counts.get(letter) ?? 0));
  return {
    ...a,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    latest: Math.max(a.latest, b.latest),
    letters: [...counts].sort(([one], [other]) => one - other).slice(-LETTERS_BACK),
  };
}
