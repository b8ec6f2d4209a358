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
export function findEntry(typed: string, store: Entries & Archive): FoundById {
  const id = readId(typed);
  if (id === null) return { kind: 'malformed' };
  const found = store.entriesOf(id);
  const entries = found.length > 0 ? found : inArchive(id, store);
  const [entry] = entries;
  if (!entry) return { kind: 'none' };
  return entries.length === 1 ? { kind: 'found', entry } : { kind: 'several', entries };
}

/** Letters to pagers and plain ones are not in the ledger. */
function inArchive(id: string, store: Archive): FoundEntry[] {
  for (const { id: letter, queue } of store.archivedLetters()) {
    const mime = store.archivedMail(letter);
    if (!mime) continue;
    for (const line of readMail(mime).text.split('\n')) {
      const said = messageIn(line, queue);
      const whole = said && wholeId(queue, ledgerHash(said));
      if (said && whole?.startsWith(id))
        return [{ id: whole, queue, message: said, isCut: false, waiting: [], known: [], letters: 0 }];
    }
  }
  return [];
}

/** `    3: MESSAGE [ID]`, `  [3x] MESSAGE [ID]` or `web1,3,MESSAGE [ID]`; null: the line is none, or its id is another one's. */
function messageIn(line: string, queue: string): string | null {
  const [, text, id] =
    /^(?: +\S*\d+[^ :]*:? |(?:"(?:[^"]|"")*"|[^,]*),\d+,)(.*) \[([0-9a-z]{7})\]$/.exec(line) ?? [];
  return text !== undefined && entryId(queue, text) === id ? text : null;
}
