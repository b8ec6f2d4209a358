import { ledgerHash, wholeId } from '../../letter/entry-id.js';
import type { TallyRow } from '../../queue/tally.js';
import type { Entries, FoundEntry, KnownOnHost } from '../ports/entries.js';
import { rowDecoder, text, time } from './decode.js';
import { ledger, letters } from './ledger.js';
import type { Sqlite } from './open-sqlite.js';
import type { RunMerging } from './run-merging.js';
import { TALLY_COLUMNS, tallyDecoder } from './tally-rows.js';

/** An entry while its rows are collected. */
interface Collected {
  readonly message: string;
  readonly queue: string;
  readonly waiting: TallyRow[];
  readonly known: KnownOnHost[];
}

/** Searches the tables `tally` and `ledger`; SQLite calls a function for each row. */
export function entries(db: Sqlite, merging: RunMerging): Entries {
  db.function('id_of_message', (queue, message) => wholeId(String(queue), ledgerHash(plain(message))));
  db.function('id_of_hash', (queue, hash) => wholeId(String(queue), String(hash)));
  const open = db.prepare<[string]>(
    `SELECT queue, id_of_message(queue, message) AS id, ${TALLY_COLUMNS}
     FROM tally JOIN edition ON edition.id = tally.edition
     WHERE instr(id_of_message(queue, message), ?) = 1 ORDER BY queue, host`,
  );
  const known = db.prepare<[string]>(
    `SELECT queue, id_of_hash(queue, hash) AS id, host, text AS message, first, last, letters
     FROM ledger WHERE instr(id_of_hash(queue, hash), ?) = 1 ORDER BY queue, host`,
  );
  const named = rowDecoder(db.name, 'tally', { queue: text, id: text });
  const decode = tallyDecoder(db);
  const decodeKnown = rowDecoder(db.name, 'ledger', {
    ...{ queue: text, id: text, host: text, message: text, first: time, last: time },
    letters,
  });
  const { lettersOf } = ledger(db);
  return {
    entriesOf(id) {
      merging.mergeAll(null);
      const found = new Map<string, Collected>();
      const entryOf = (whole: string, queue: string, message: string): Collected => {
        const entry = found.get(whole) ?? { queue, message, waiting: [], known: [] };
        found.set(whole, entry);
        return entry;
      };
      for (const row of open.all(id)) {
        const { queue, id: whole } = named(row);
        const counted = decode(row);
        const entry = entryOf(whole, queue, counted.message);
        entry.waiting.push(counted);
      }
      for (const { queue, id: whole, message, ...rest } of known.all(id).map(decodeKnown))
        entryOf(whole, queue, message).known.push(rest);
      return [...found].map(([whole, entry]): FoundEntry => {
        const hash = ledgerHash(entry.message);
        return {
          ...entry,
          id: whole,
          isCut: wholeId(entry.queue, hash) !== whole,
          letters: lettersOf(entry.queue),
        };
      });
    },
  };
}

/** Text with a NUL is kept as the bytes of its UTF-8. */
function plain(message: unknown): string {
  return message instanceof Uint8Array ? Buffer.from(message).toString() : String(message);
}
