import { quote } from '../../base/text/quote.js';
import type { FoundById } from './find-entry.js';

/** Why an id names no entry, or not one alone, in lines for a terminal. `away`: why the fleet could not be asked for it. */
export function describeMissingEntry(
  typed: string,
  found: Exclude<FoundById, { kind: 'found' }>,
  away: string | null = null,
): string[] {
  switch (found.kind) {
    case 'malformed':
      return [`tayori: ${quote(typed)} is no id; it has seven characters, as letters show it: 4kq2m9z`];
    case 'none':
      return [
        `tayori: no entry has the id ${quote(typed)}: neither what is counted now, nor the letters that are remembered`,
        ...(away === null ? [] : [`tayori: the fleet, which may know it, could not be asked (${away})`]),
      ];
    case 'several':
      return [
        `tayori: ${found.entries.length} entries have this id; write one of these`,
        ...found.entries.map(({ id, queue, message }) => `  ${id}  [${queue}] ${message}`),
      ];
  }
}
