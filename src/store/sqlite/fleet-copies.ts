import { MAX_FLEET_HOLD } from '../ports/fleet-letters.js';
import type { Sqlite } from './open-sqlite.js';

/** Selects letters of the outbox that must not be tried at `@now`: another node may have them. */
export const NOT_HELD = `SELECT fleet_copy.letter FROM fleet_copy JOIN fleet_letter ON fleet_letter.id = fleet
  WHERE NOT (stage = 'alone' OR (stage = 'held' AND until > @now AND until <= @now + ${MAX_FLEET_HOLD}))`;

/** Makes the function that notes a letter as one of the second way, if its first way is the fleet's; for use within a transaction. */
export function copyWriter(db: Sqlite): (letter: number, firstWay: number) => void {
  const add = db.prepare(
    'INSERT INTO fleet_copy (letter, fleet) SELECT @letter, fleet FROM fleet_copy WHERE letter = @firstWay',
  );
  const addRecipients = db.prepare(
    `INSERT INTO fleet_recipient (letter, address, fleet, way)
       SELECT recipient.letter, address, fleet, 'second' FROM recipient JOIN fleet_copy USING (letter)
       WHERE recipient.letter = @letter`,
  );
  return (letter, firstWay) => {
    if (add.run({ letter, firstWay }).changes > 0) addRecipients.run({ letter });
  };
}

/** Makes the function that keeps an outcome until the fleet has heard it; for use within the transaction that records it. */
export function fleetNoter(db: Sqlite, state: 'sent' | 'refused'): (letter: number, address: string) => void {
  const note = db.prepare(`UPDATE fleet_recipient SET state = '${state}' WHERE letter = ? AND address = ?`);
  return (letter, address) => void note.run(letter, address);
}
