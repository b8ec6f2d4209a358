import type { SealedLetter } from '../digest/letter.js';
import type { Sqlite } from './open-sqlite.js';
import { dropDelivered, letterWriter } from './sqlite-letters.js';
import type { Store } from './store.js';

/** Puts letters into the outbox again, as letters of their own. */
export function resender(db: Sqlite): Store['resend'] {
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
