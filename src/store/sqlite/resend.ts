import type { SealedLetter } from '../../letter/letter.js';
import type { Archive } from '../ports/archive.js';
import { dropDelivered, letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';

/** Puts letters into the outbox again, as letters of their own. */
export function resender(db: Sqlite): Archive['resend'] {
  const write = letterWriter(db);
  const replace = db.prepare("DELETE FROM recipient WHERE letter = ? AND address = ? AND state = 'refused'");
  const drop = dropDelivered(db);
  return db.transaction((letter: SealedLetter, before: number): number => {
    const id = write(letter);
    for (const address of letter.to) replace.run(before, address);
    drop(before);
    return id;
  });
}
