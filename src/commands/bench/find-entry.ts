import type { Config } from '../../config/config.js';
import { sectionsOf } from '../../config/sections.js';
import { entryId, ledgerHash, readId, wholeId } from '../../letter/entry-id.js';
import { readMail } from '../../letter/mime/read-mail.js';
import type { Archive } from '../../store/ports/archive.js';
import type { Entries, FoundEntry } from '../../store/ports/entries.js';

/** What an id stands for, as it was typed. */
export type FoundById =
  | { readonly kind: 'found'; readonly entry: FoundEntry }
  /** Of several entries: their whole ids tell them apart. */
  | { readonly kind: 'several'; readonly entries: readonly FoundEntry[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' };

/** Searches what is counted, the ledger, and the texts of past letters, where `set ids` has put ids into them. */
export function findEntry(typed: string, store: Entries & Archive, config: Config): FoundById {
  const id = readId(typed);
  if (id === null) return { kind: 'malformed' };
  const found = store.entriesOf(id);
  const entries = found.length > 0 ? found : inArchive(id, store, config);
  const [entry] = entries;
  if (!entry) return { kind: 'none' };
  return entries.length === 1 ? { kind: 'found', entry } : { kind: 'several', entries };
}

/** Letters to pagers and plain ones are not in the ledger. */
function inArchive(id: string, store: Archive, config: Config): FoundEntry[] {
  for (const { id: letter, queue: mailed } of store.archivedLetters()) {
    const mime = store.archivedMail(letter);
    if (!mime) continue;
    const queues = [mailed, ...sectionsOf(mailed, config)];
    for (const line of readMail(mime).text.split('\n'))
      for (const queue of queues) {
        const found = entryIn(line, queue);
        if (found?.id.startsWith(id)) return [found];
      }
  }
  return [];
}

function entryIn(line: string, queue: string): FoundEntry | null {
  const message = messageIn(line, queue);
  if (message === null) return null;
  const id = wholeId(queue, ledgerHash(message));
  return { id, queue, message, isCut: false, waiting: [], known: [], letters: 0 };
}

/** `    3: MESSAGE [ID]`, `  [3x] MESSAGE [ID]` or `web1,3,MESSAGE [ID]`; null: the line is none, or its id is another one's. */
function messageIn(line: string, queue: string): string | null {
  const [, text, id] =
    /^(?: +\S*\d+[^ :]*:? |(?:"(?:[^"]|"")*"|[^,]*),\d+,)(.*) \[([0-9a-z]{7})\]$/.exec(line) ?? [];
  return text !== undefined && entryId(queue, text) === id ? text : null;
}
