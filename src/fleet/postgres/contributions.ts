import { count, json, list, mapOf, object, orNull, text, truth, whole } from '../../store/sqlite/decode.js';
import type { Contribution, LetterAsked, NodeId, StoredContribution } from '../meeting-place.js';
import { Away } from '../meeting-place.js';
import type { PostgresConnection, Queries } from './connection.js';
import { number, type Row, rowReader, stored, texts } from './row.js';
import { NOW, past } from './schema.js';
import { storable } from './stored-text.js';

const parts = json(
  list(
    object({
      queue: text,
      since: number,
      held: orNull(number),
      counters: mapOf(count),
      untaken: object({ lines: list(object({ value: text, count })), about: truth }),
      lines: count,
      messages: whole,
    }),
  ),
);

/** Takes a contribution, unless it has come before. */
export async function handIn(queries: Queries, contribution: Contribution): Promise<'taken' | 'known'> {
  const { node, edition, series, closed } = contribution;
  const receipt = [storable(node.state), edition, storable(node.name), Math.round(closed)];
  const taken = await queries.query(
    `INSERT INTO tayori.receipt (state, edition, node, closed) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING edition`,
    receipt,
  );
  if (taken.length === 0) {
    await checkReceipt(queries, contribution);
    return 'known';
  }
  await queries.query(
    'INSERT INTO tayori.series (id, queue, definition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [series.id, storable(series.queue), storable(series.definition)],
  );
  const [row] = await queries.query(
    `INSERT INTO tayori.contribution (series, due, came, node, state, edition, closed, status, remarks, parts)
     VALUES ($1, $2, ${NOW}, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    columnsOf(contribution),
  );
  for (const [part, { blocks }] of contribution.parts.entries()) {
    let number = 0;
    for (const block of blocks())
      await queries.query(
        'INSERT INTO tayori.block (contribution, part, number, content) VALUES ($1, $2, $3, $4)',
        [...[row?.id, part, number++, block]],
      );
  }
  return 'taken';
}

/** An edition of that number that was closed at another time is another one: a copy of its state is at work, too. */
async function checkReceipt(queries: Queries, { node, edition, closed }: Contribution): Promise<void> {
  const [row] = await queries.query(
    'SELECT node, closed FROM tayori.receipt WHERE state = $1 AND edition = $2',
    [storable(node.state), edition],
  );
  if (!row || row.closed === Math.round(closed)) return;
  const { node: other } = receiptRow(row);
  throw new Away(
    `the node ${other} has handed in another edition ${edition} of the same state: the state of ${node.name} is a copy, so give one of them a new one`,
    { forGood: true },
  );
}

const receiptRow = rowReader('receipt', { node: stored });

function columnsOf({ series, due, node, edition, closed, status, remarks, parts }: Contribution): unknown[] {
  const stored = parts.map(({ queue, since, held, counters, untaken, lines, messages }) => ({
    ...{ queue, since: Math.round(since), held: held === null ? null : Math.round(held) },
    ...{ counters: Object.fromEntries(counters), untaken, lines, messages },
  }));
  return [
    ...[series.id, due === null ? null : Math.round(due), storable(node.name), storable(node.state), edition],
    ...[Math.round(closed), status === null ? null : storable(status)],
    ...[JSON.stringify(remarks), JSON.stringify(stored)],
  ];
}

export async function confirm(
  queries: Queries,
  { state }: NodeId,
  editions: readonly number[],
): Promise<void> {
  await queries.query('DELETE FROM tayori.receipt WHERE state = $1 AND edition = ANY($2::bigint[])', [
    storable(state),
    editions,
  ]);
}

/** The contributions that wait for a letter, oldest first. */
export async function contributionsFor(
  queries: Queries,
  { series, due }: LetterAsked,
): Promise<StoredContribution[]> {
  const rows = await queries.query(
    `SELECT id, node, state, edition, due, closed, status, remarks, parts, came FROM tayori.contribution
     WHERE series = $1 AND CASE WHEN $2::bigint IS NULL THEN due IS NULL
       ELSE due <= $2 OR ${past('due')} IS NULL AND due IS NOT NULL END ORDER BY closed, id`,
    [series, due],
  );
  return rows.map(storedContribution);
}

const contributionRow = rowReader('contribution', {
  ...{ id: whole, node: stored, state: stored, edition: whole, due: orNull(number), closed: number },
  ...{ status: orNull(stored), remarks: texts, parts, came: number },
});

function storedContribution(row: Row): StoredContribution {
  const { node, state, ...rest } = contributionRow(row);
  return { ...rest, node: { name: node, state } };
}

const blockRow = rowReader('block', { number: whole, content: text });

/**
 * The blocks of a part, in order. Each has a query of its own: it is of some 500 kB, which come as base64, so that a line of
 * 60 kB/s still brings it within the time of a query.
 */
export async function* blocksOf(
  connection: PostgresConnection,
  contribution: number,
  part: number,
): AsyncGenerator<Buffer> {
  for (let after = -1; ; ) {
    const [row] = await connection.run((queries) =>
      queries.query(
        `SELECT number, encode(content, 'base64') AS content FROM tayori.block
         WHERE contribution = $1 AND part = $2 AND number > $3 ORDER BY number LIMIT 1`,
        [contribution, part, after],
      ),
    );
    if (!row) return;
    const { number, content } = blockRow(row);
    yield Buffer.from(content, 'base64');
    after = number;
  }
}

export async function dropContributions(queries: Queries, ids: readonly number[]): Promise<void> {
  await queries.query('DELETE FROM tayori.block WHERE contribution = ANY($1::bigint[])', [ids]);
  await queries.query('DELETE FROM tayori.contribution WHERE id = ANY($1::bigint[])', [ids]);
}
