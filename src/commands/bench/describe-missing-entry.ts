import { quote } from '../../base/text/quote.js';
import type { FoundById } from './find-entry.js';

/** Why an id names no entry, or not one alone, in lines for a terminal. */
export function describeMissingEntry(typed: string, found: Exclude<FoundById, { kind: 'found' }>): string[] {
  switch (found.kind) {
    case 'malformed':
      return [`tayori: ${quote(typed)} is no id; it has seven characters, as letters show it: 4kq2m9z`];
    case 'none':
      return [
        `tayori: no entry has the id ${quote(typed)}: neither what is counted now, nor the letters that are remembered`,
      ];
    case 'several':
      return [
        `tayori: ${found.entries.length} entries have this id; write one of these`,
        ...found.entries.map(({ id, queue, message }) => `  ${id}  [${queue}] ${message}`),
      ];
  }
}
