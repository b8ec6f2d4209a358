import type { Editions } from '../ports/editions.js';
import { archiveWriter } from './archive.js';
import { ledgerWriter } from './ledger.js';
import { letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { standbyWriter } from './second-ways.js';
import { snoozeWriter } from './snoozes.js';

/** Turns an edition into a letter in the outbox, in the ledger and in the archive, in one transaction. */
export function sealer(db: Sqlite): Editions['seal'] {
  const write = letterWriter(db);
  const mailed = db.prepare<{ at: number; queue: string; edition: number }>(
    `UPDATE queue SET mailed = @at
       WHERE name = @queue OR name IN (SELECT queue FROM edition WHERE part_of = @edition)`,
  );
  const dropEdition = db.prepare<{ edition: number }>(
    'DELETE FROM edition WHERE id = @edition OR part_of = @edition',
  );
  const markMentioned = db.prepare('UPDATE mishap SET told_in = ? WHERE id = ? AND told_in IS NULL');
  const enter = ledgerWriter(db);
  const keep = archiveWriter(db);
  const standBy = standbyWriter(db);
  const writeSnoozes = snoozeWriter(db);
  const seal: Editions['seal'] = (
    edition,
    letter,
    mentioned = [],
    entries = [],
    archiving = null,
    snoozed = null,
  ) => {
    for (const entry of entries) enter(entry);
    if (letter) {
      const id = write(letter);
      for (const notice of mentioned) markMentioned.run(id, notice);
      mailed.run({ at: letter.sealed, queue: letter.queue, edition });
      if (letter.standby) standBy(id, letter.standby);
      if (archiving) keep(id, letter, archiving);
    }
    if (snoozed) writeSnoozes(snoozed);
    dropEdition.run({ edition });
  };
  return db.transaction(seal);
}
