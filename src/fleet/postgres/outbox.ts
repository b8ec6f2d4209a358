import type { SealedLetter } from '../../letter/letter.js';
import { whole } from '../../store/sqlite/decode.js';
import type { HeldLetter, NodeId } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { letterContent, restoreLetter, storeLetter } from './letter-form.js';
import { rowReader, texts } from './row.js';
import { NOW } from './schema.js';
import { storable } from './stored-text.js';

/** For so long a node does not take a letter again that it has given back (ms). */
const GIVEN_BACK_WAIT = 60_000;

/**
 * Makes of the number that a row has got one that no other letter has had, whatever became of the database: nodes know the
 * letters that they hold by it, also where the database was made anew and counts from 1, or an old copy of it is in its place.
 */
const NEW_ID = `${NOW} * 4096 + id % 4096`;

/**
 * Bytes of a letter that are written or read with one query: a line of 60 kB/s brings so many, as base64, within the time of a
 * query, and a letter with a large report attached would never come over it as a whole.
 */
const MAX_PIECE = 500_000;

/** Puts a letter into the fleet's outbox, held by a node that has not taken it yet. */
export async function addLetter(
  queries: Queries,
  letter: SealedLetter,
  { name, state }: NodeId,
  holdFor: number,
): Promise<void> {
  if (letter.to.length === 0) return;
  const { content, mime } = storeLetter(letter);
  const [added] = await queries.query(
    `INSERT INTO tayori.letter
       (queue, subject, sealed, content, mime, recipients, second, holder, holder_state, held_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${NOW} + $10) RETURNING id`,
    [
      ...[storable(letter.queue), storable(letter.subject), Math.round(letter.sealed), content],
      mime.subarray(0, MAX_PIECE),
      ...[JSON.stringify(letter.to), JSON.stringify(letter.standby?.letter.to ?? [])],
      ...[storable(name), storable(state), Math.round(holdFor)],
    ],
  );
  for (let from = MAX_PIECE; from < mime.length; from += MAX_PIECE)
    await queries.query('UPDATE tayori.letter SET mime = mime || $2 WHERE id = $1', [
      added?.id,
      mime.subarray(from, from + MAX_PIECE),
    ]);
  await queries.query(`UPDATE tayori.letter SET id = ${NEW_ID} WHERE id = $1`, [added?.id]);
}

const claimed = rowReader('letter', {
  ...{ id: whole, content: letterContent, bytes: whole, recipients: texts, second: texts },
});

/** Takes a letter: first one that this node holds without having it, then the oldest one that nobody holds any more. */
export async function claim(
  queries: Queries,
  node: NodeId,
  holdFor: number,
  has: readonly number[],
): Promise<HeldLetter | null> {
  const isForgotten = 'holder_state = $2 AND NOT (id = ANY($4::bigint[]))';
  const rows = await queries.query(
    `WITH free AS (
       SELECT id FROM tayori.letter
       WHERE (holder_state IS NULL OR (holder_state <> $2 AND held_until <= ${NOW}) OR (${isForgotten}))
         AND NOT EXISTS (SELECT 1 FROM tayori.given_back
           WHERE letter = letter.id AND state = $2 AND at > ${NOW} - ${GIVEN_BACK_WAIT})
       ORDER BY CASE WHEN ${isForgotten} THEN 0 ELSE 1 END, id
       LIMIT 1 FOR UPDATE SKIP LOCKED)
      UPDATE tayori.letter SET holder = $1, holder_state = $2, held_until = ${NOW} + $3
      WHERE id IN (SELECT id FROM free)
      RETURNING id, content, length(mime) AS bytes, recipients, second`,
    [storable(node.name), storable(node.state), Math.round(holdFor), has],
  );
  const [row] = rows.map(claimed);
  const mime = row && (await bytesOf(queries, row.id, row.bytes));
  return row && mime ? { id: row.id, letter: restoreLetter(row.content, mime, row) } : null;
}

/** The bytes of a letter; null: it is gone meanwhile. */
async function bytesOf(queries: Queries, id: number, length: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  for (let from = 0; from < length; from += MAX_PIECE) {
    const [row] = await queries.query(
      "SELECT encode(substring(mime FROM $2::int FOR $3::int), 'base64') AS piece FROM tayori.letter WHERE id = $1",
      [id, from + 1, MAX_PIECE],
    );
    if (!row) return null;
    pieces.push(Buffer.from(String(row.piece), 'base64'));
  }
  return Buffer.concat(pieces);
}

/** Holds letters on; which of them the node still has. */
export async function hold(
  queries: Queries,
  { state }: NodeId,
  letters: readonly number[],
  holdFor: number,
): Promise<number[]> {
  const rows = await queries.query(
    `UPDATE tayori.letter SET held_until = ${NOW} + $3
     WHERE id = ANY($1::bigint[]) AND holder_state = $2 RETURNING id`,
    [letters, storable(state), Math.round(holdFor)],
  );
  return rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
}

const remaining = rowReader('letter', { recipients: texts, second: texts });

/**
 * Notes that recipients have a letter, which is gone when all of its first way have it. Whoever says so is believed: a node
 * that is not the holder any more has delivered it all the same.
 */
export async function settle(
  queries: Queries,
  letter: number,
  addresses: readonly string[],
  way: 'first' | 'second',
): Promise<void> {
  const [row] = await queries.query('SELECT recipients, second FROM tayori.letter WHERE id = $1 FOR UPDATE', [
    letter,
  ]);
  if (!row) return;
  const column = way === 'first' ? 'recipients' : 'second';
  const left = remaining(row)[column].filter((address) => !addresses.includes(address));
  if (way === 'second' || left.length > 0) {
    await queries.query(`UPDATE tayori.letter SET ${column} = $2 WHERE id = $1`, [
      letter,
      JSON.stringify(left),
    ]);
    return;
  }
  await queries.query('DELETE FROM tayori.letter WHERE id = $1', [letter]);
  await queries.query('DELETE FROM tayori.given_back WHERE letter = $1', [letter]);
}

export async function giveBack(
  queries: Queries,
  { state }: NodeId,
  letters: readonly number[],
): Promise<void> {
  const given = await queries.query(
    `UPDATE tayori.letter SET holder = NULL, holder_state = NULL, held_until = NULL
     WHERE id = ANY($1::bigint[]) AND holder_state = $2 RETURNING id`,
    [letters, storable(state)],
  );
  await queries.query(
    `INSERT INTO tayori.given_back (letter, state, at)
     SELECT id, $2, ${NOW} FROM unnest($1::bigint[]) AS given (id)
     ON CONFLICT (letter, state) DO UPDATE SET at = excluded.at`,
    [given.map(({ id }) => id), storable(state)],
  );
}
