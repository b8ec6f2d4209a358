import { orNull, truth, whole } from '../../store/sqlite/decode.js';
import type { Lease, LetterAsked, LetterContent, MissingNode, NodeId, OpenLetter } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { contributionsFor } from './contributions.js';
import { differing, knownNodes, storedStorm } from './nodes.js';
import { number, rowReader, stored } from './row.js';
import { NOW, past } from './schema.js';
import { storable } from './stored-text.js';

const openRow = rowReader('open_letter', {
  ...{ series: stored, due: orNull(number), since: number, contributions: whole, now: number },
});

const missingRow = rowReader('node', { name: stored, seen: number });

/** Letters of these series that can be made: those that go at once first. */
export async function openLetters(queries: Queries, ids: readonly string[]): Promise<OpenLetter[]> {
  const atOnce = await queries.query(
    `SELECT series, NULL AS due, min(came) AS since, count(*) AS contributions, ${NOW} AS now
     FROM tayori.contribution WHERE series = ANY($1::text[]) AND due IS NULL GROUP BY series ORDER BY min(came)`,
    [ids],
  );
  const due = await queries.query(
    `SELECT series, open_letter.due, greatest(open_letter.due, opened) AS since, ${NOW} AS now,
       (SELECT count(*) FROM tayori.contribution
        WHERE contribution.series = open_letter.series AND contribution.due <= open_letter.due) AS contributions
     FROM tayori.open_letter JOIN tayori.series ON series.id = open_letter.series
     WHERE series = ANY($1::text[]) AND open_letter.due > coalesce(${past('sealed_until')}, open_letter.due - 1)
     ORDER BY open_letter.due, series`,
    [ids],
  );
  const letters: OpenLetter[] = atOnce.map((row) => ({ ...openRow(row), missing: [] }));
  for (const row of due.map(openRow)) letters.push({ ...row, missing: await missingFor(queries, row) });
  return letters;
}

/** Known nodes of a series that have not reported up to a due time. */
async function missingFor(queries: Queries, { series, due }: LetterAsked): Promise<MissingNode[]> {
  const rows = await queries.query(
    `SELECT name, seen FROM tayori.node JOIN tayori.node_series ON node = name
     WHERE series = $1 AND coalesce(${past('served')} < $2, true) ORDER BY name`,
    [series, due],
  );
  return rows.map(missingRow);
}

/**
 * Makes a node the editor. A series that is being sealed just now is passed over, so that no node waits for another one's
 * letter. The same node gets a new lease at any time: its process may have been started anew.
 */
export async function lease(
  queries: Queries,
  series: string,
  node: NodeId,
  span: number,
): Promise<Lease | null> {
  const rows = await queries.query(
    `WITH free AS (
       SELECT id FROM tayori.series
       WHERE id = $1 AND (lease_until IS NULL OR lease_until <= ${NOW} OR lease_state = $3)
       FOR UPDATE SKIP LOCKED)
     UPDATE tayori.series SET lease_token = lease_token + 1, lease_node = $2, lease_state = $3,
       lease_until = ${NOW} + $4
     WHERE id IN (SELECT id FROM free)
     RETURNING lease_token AS token, lease_until AS until, lease_until - $4 AS now`,
    [series, storable(node.name), storable(node.state), Math.round(span)],
  );
  const [row] = rows.map(leaseRow);
  return row ? { ...row, series, node } : null;
}

const leaseRow = rowReader('series', { token: whole, until: number, now: number });

/** Ends a lease, if no other one has followed. */
export async function release(queries: Queries, { series, token }: Lease): Promise<void> {
  await queries.query('UPDATE tayori.series SET lease_until = NULL WHERE id = $1 AND lease_token = $2', [
    series,
    token,
  ]);
}

const contentRow = rowReader('series', {
  storm: orNull(storedStorm),
  mailed: orNull(number),
  first: truth,
  now: number,
});

const queueRow = rowReader('queue', { name: stored, letters: whole });

/** All that the editor needs to know before it reads the rows. */
export async function content(
  queries: Queries,
  { series }: Lease,
  letter: LetterAsked,
): Promise<LetterContent> {
  const [row] = await queries.query(
    `SELECT storm, coalesce(series.mailed, queue.mailed) AS mailed, sealed_until IS NULL AS first, ${NOW} AS now
     FROM tayori.series LEFT JOIN tayori.queue ON queue.name = series.queue WHERE id = $1`,
    [series],
  );
  const { storm, mailed, first, now } = row
    ? contentRow(row)
    : { storm: null, mailed: null, first: true, now: 0 };
  const queues = (await queries.query('SELECT name, letters FROM tayori.queue')).map(queueRow);
  return {
    contributions: await contributionsFor(queries, letter),
    letters: new Map(queues.map(({ name, letters }) => [name, letters])),
    ...{ mailed, storm, isFirst: first },
    differing: await differing(queries, [series], now),
    nodes: await knownNodes(queries, series),
  };
}
