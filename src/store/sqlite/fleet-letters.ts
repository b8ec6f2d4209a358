import type { ArchiveOptions } from '../ports/archive.js';
import type { FleetLetters, FleetOutcome, TakenLetter } from '../ports/fleet-letters.js';
import { archiveWriter } from './archive.js';
import { type Field, json, list, oneOf, rowDecoder, text, time, whole } from './decode.js';
import { letterWriter } from './letters.js';
import type { Sqlite } from './open-sqlite.js';
import { standbyWriter } from './second-ways.js';

/** Letters of a fleet, from the tables `fleet_letter`, `fleet_copy` and `fleet_recipient`. */
export function fleetLetters(db: Sqlite): FleetLetters {
  const hold = db.prepare<[number, number]>("UPDATE fleet_letter SET stage = 'held', until = ? WHERE id = ?");
  const forget = db.prepare<[number]>("DELETE FROM fleet_letter WHERE stage = 'gone' AND until <= ?");
  return {
    ...lists(db),
    takeOver: taker(db),
    holdOn: db.transaction((letters: readonly number[], until: number) => {
      for (const id of letters) hold.run(until, id);
    }),
    goAlone: loner(db),
    withdraw: withdrawer(db),
    noteSettled: settler(db),
    forgetGone: (now) => void forget.run(now),
  };
}

/** The condition that a copy of a letter of the fleet waits for recipients. */
const WAITS = `FROM fleet_copy JOIN recipient USING (letter)
  WHERE fleet = fleet_letter.id AND recipient.state = 'waiting'`;

/**
 * Outcomes that the fleet may hear. Who rejected a letter may get it by the second way: until that has gone, the fleet must
 * keep it, or it is lost with this machine. Of a letter that is gone, its new holder finds out.
 */
const MAY_BE_HEARD = `state = 'sent' OR (state = 'refused' AND stage IN ('held', 'alone') AND (way = 'second' OR
  NOT EXISTS (SELECT 1 FROM fleet_recipient AS other
    WHERE other.fleet = one.fleet AND other.way = 'second' AND other.state = 'waiting')
  AND NOT EXISTS (SELECT 1 FROM standby WHERE standby.letter = one.letter)))`;

function lists(db: Sqlite): Pick<FleetLetters, 'fleetLetters' | 'fleetOutcomes'> {
  const all = db.prepare<[]>(
    `SELECT id, queue, until, stage, EXISTS (SELECT 1 ${WAITS} AND post IS NULL) AS waitsForMail,
       NOT EXISTS (SELECT 1 ${WAITS} AND attempts > 0) AS isUntried FROM fleet_letter ORDER BY id`,
  );
  const letter = rowDecoder(db.name, 'fleet_letter', {
    id: whole,
    queue: text,
    until: time,
    stage: oneOf('held', 'alone', 'leaving', 'gone'),
    waitsForMail: flag,
    isUntried: flag,
  });
  const outcomes = db.prepare<[]>(
    `SELECT fleet AS id, way, json_group_array(CAST(address AS TEXT)) AS addresses
     FROM fleet_recipient AS one JOIN fleet_letter ON fleet_letter.id = fleet
     WHERE ${MAY_BE_HEARD} GROUP BY fleet, way ORDER BY fleet, way`,
  );
  const outcome = rowDecoder(db.name, 'fleet_recipient', {
    id: whole,
    way: oneOf('first', 'second'),
    addresses: json(list(text)),
  });
  return {
    fleetLetters: () => all.all().map(letter),
    fleetOutcomes: () => outcomes.all().map(outcome),
  };
}

const flag: Field<boolean> = (value) => whole(value) === 1;

function taker(db: Sqlite): FleetLetters['takeOver'] {
  const isHere = db.prepare<{ id: number; until: number }>(
    "UPDATE fleet_letter SET stage = 'held', until = @until WHERE id = @id AND stage IN ('held', 'alone')",
  );
  const add = db.prepare<{ id: number; queue: string; until: number }>(
    "REPLACE INTO fleet_letter (id, queue, until, stage) VALUES (@id, @queue, @until, 'held')",
  );
  const addCopy = db.prepare<[number, number]>('INSERT INTO fleet_copy (letter, fleet) VALUES (?, ?)');
  const addRecipients = db.prepare<{ copy: number; id: number }>(
    `INSERT INTO fleet_recipient (letter, address, fleet, way)
       SELECT letter, address, @id, 'first' FROM recipient WHERE letter = @copy`,
  );
  const mailed = db.prepare<{ at: number; queue: string }>(
    'UPDATE queue SET mailed = max(mailed, @at) WHERE name = @queue',
  );
  const write = letterWriter(db);
  const standBy = standbyWriter(db);
  const keep = archiveWriter(db);
  return db.transaction(({ id, letter, until }: TakenLetter, archiving: ArchiveOptions): boolean => {
    if (isHere.run({ id, until }).changes > 0) return false;
    const { queue, sealed, standby } = letter;
    add.run({ id, queue, until });
    const copy = write(letter);
    addCopy.run(copy, id);
    addRecipients.run({ copy, id });
    if (standby) standBy(copy, standby);
    keep(copy, letter, archiving);
    mailed.run({ at: sealed, queue });
    return true;
  });
}

/** Words for why they are late are kept where there are none: a header in front of the mail says them. */
function loner(db: Sqlite): FleetLetters['goAlone'] {
  const release = db.prepare<[number]>(
    "UPDATE fleet_letter SET stage = 'alone' WHERE id = ? AND stage = 'held'",
  );
  const explain = db.prepare<[string, number]>(
    `UPDATE recipient SET last_error = ? WHERE state = 'waiting' AND last_error IS NULL
       AND letter IN (SELECT letter FROM fleet_copy WHERE fleet = ?)`,
  );
  return db.transaction((letters: readonly number[], reason: string) => {
    for (const id of letters) if (release.run(id).changes > 0) explain.run(reason, id);
  });
}

/** What this node has brought to somebody stays in its archive, with those who have it. */
function withdrawer(db: Sqlite): FleetLetters['withdraw'] {
  const copies = '(SELECT letter FROM fleet_copy WHERE fleet = @id)';
  const steps = [
    `DELETE FROM standby WHERE letter IN ${copies}`,
    `UPDATE past_letter SET recipients = (
       SELECT json_group_array(value) FROM json_each(recipients) WHERE value NOT IN (
         SELECT address FROM recipient WHERE letter = past_letter.id AND state = 'waiting')
     ) WHERE id IN ${copies}`,
    `DELETE FROM past_letter WHERE id IN ${copies} AND recipients = '[]'`,
    `DELETE FROM recipient WHERE letter IN ${copies} AND state = 'waiting'`,
    `DELETE FROM letter WHERE id IN ${copies}
       AND NOT EXISTS (SELECT 1 FROM recipient WHERE letter = letter.id AND state <> 'sent')`,
    'DELETE FROM fleet_copy WHERE fleet = @id',
  ].map((sql) => db.prepare<{ id: number }>(sql));
  const mark = db.prepare<{ id: number; stage: string; until: number }>(
    'UPDATE fleet_letter SET stage = @stage, until = @until WHERE id = @id',
  );
  return db.transaction((letters: readonly number[], stage: 'leaving' | 'gone', until: number) => {
    for (const id of letters) {
      for (const step of steps) step.run({ id });
      mark.run({ id, stage, until });
    }
  });
}

function settler(db: Sqlite): FleetLetters['noteSettled'] {
  const settle = db.prepare<{ id: number; way: string; addresses: string }>(
    `DELETE FROM fleet_recipient WHERE fleet = @id AND way = @way AND state <> 'waiting'
       AND address IN (SELECT value FROM json_each(@addresses))`,
  );
  const end = db.prepare<{ id: number }>(
    `DELETE FROM fleet_letter WHERE id = @id
       AND NOT EXISTS (SELECT 1 FROM fleet_recipient WHERE fleet = @id AND way = 'first')`,
  );
  return db.transaction(({ id, way, addresses }: FleetOutcome) => {
    settle.run({ id, way, addresses: JSON.stringify(addresses) });
    end.run({ id });
  });
}
