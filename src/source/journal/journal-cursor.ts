/** A cursor as `journalctl` prints it: `s=` is the journal's sequence of numbers, `i=` the number of the entry. */
const CURSOR = /^s=([0-9a-f]{32});i=([0-9a-f]{1,16});/;

/** The boot in which an entry was written, without dashes; null: its cursor does not say. */
export function bootOf(cursor: string): string | null {
  return /;b=([0-9a-f]{32});/.exec(cursor)?.[1] ?? null;
}

/**
 * How many entries are gone that stood between the one where reading stopped, itself gone, and the first that is left;
 * null: the two are not of the same sequence.
 */
export function goneBetween(stopped: string, first: string): number | null {
  const [, sequence, before = ''] = CURSOR.exec(stopped) ?? [];
  const [, same, after = ''] = CURSOR.exec(first) ?? [];
  if (sequence === undefined || sequence !== same) return null;
  const gone = BigInt(`0x${after}`) - BigInt(`0x${before}`) - 1n;
  return gone >= 0n ? Number(gone) : null;
}
