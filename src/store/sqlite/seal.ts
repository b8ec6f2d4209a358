import type { Editions } from '../ports/editions.js';
import { archiveWriter } from './archive.js';
import { ledgerWriter } from './ledger.js';
import { letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { snoozeWriter } from './snoozes.js';

/** Turns an edition into a letter in the outbox, in the ledger and in the archive, in one transaction. */
export function sealer(db: Sqlite): Editions['seal'] {
  const write = letterWriter(db);
  const mailed = db.prepare('UPDATE queue SET mailed = ? WHERE name = ?');
  const dropEdition = db.prepare('DELETE FROM edition WHERE id = ?');
  const markMentioned = db.prepare('UPDATE mishap SET told_in = ? WHERE id = ? AND told_in IS NULL');
  const enter = ledgerWriter(db);
  const keep = archiveWriter(db);
  const writeSnoozes = snoozeWriter(db);
  const seal: Editions['seal'] = (
    edition,
    letter,
    mentioned = [],
    entry = null,
    archiving = null,
    snoozed = null,
  ) => {
    if (entry) enter(entry);
    if (letter) {
      const id = write(letter);
      for (const notice of mentioned) markMentioned.run(id, notice);
      mailed.run(letter.sealed, letter.queue);
      if (archiving) keep(id, letter, archiving);
    }
    if (snoozed) writeSnoozes(snoozed);
    dropEdition.run(edition);
  };
  return db.transaction(seal);
}
