import { randomBytes } from 'node:crypto';
import type { Storm } from '../../queue/fold.js';
import { type Field, json, orNull, text, whole } from '../../store/sqlite/decode.js';
import { storm } from '../../store/sqlite/stored-storm.js';
import {
  ALIVE,
  type Contact,
  type DifferingQueue,
  type KnownNode,
  type NodeId,
  type NodeReport,
  type ServedUntil,
} from '../meeting-place.js';
import { adoptOrphans } from './adopt.js';
import type { Queries } from './connection.js';
import { number, rowReader, stored } from './row.js';
import { NOW, past } from './schema.js';
import { storable } from './stored-text.js';

/** A storm as JSON. */
export const storedStorm: Field<Storm> = json(storm);

const stormRow = rowReader('series', { id: stored, storm: storedStorm });
const placeRow = rowReader('secret', { now: number, secret: orNull(text) });
const secretRow = rowReader('secret', { value: text });
const seenRow = rowReader('node', { seen: number });

/** Registers a node and its series. `elapsed`: how long ago (ms) the node has looked at its clock. */
export async function contact(queries: Queries, report: NodeReport, elapsed: () => number): Promise<Contact> {
  const before = elapsed();
  const [place] = await queries.query(
    `SELECT ${NOW} AS now, (SELECT value FROM tayori.secret WHERE id = 1) AS secret`,
  );
  const { now, secret } = placeRow(place);
  const ahead = Math.round(report.clock + (before + elapsed()) / 2 - now);
  const seen = await register(queries, report, now, ahead);
  if (seen !== null) return { kind: 'name-taken', seen };
  await writeSeries(queries, report);
  await adoptOrphans(queries, report);
  const ids = report.series.map(({ id }) => id);
  const storms = await queries.query(
    'SELECT id, storm FROM tayori.series WHERE id = ANY($1::text[]) AND storm IS NOT NULL',
    [ids],
  );
  return {
    ...{ kind: 'met', now, ahead },
    storms: new Map(storms.map(stormRow).map(({ id, storm }) => [id, storm])),
    differing: await differing(queries, ids, now),
    secret: secret ?? (await makeSecret(queries)),
  };
}

/** Bytes of the fleet's secret: as many as the hash that it is used with. */
const SECRET_BYTES = 32;

/** Of two nodes that come first at the same time, both get that of one. */
async function makeSecret(queries: Queries): Promise<string> {
  await queries.query('INSERT INTO tayori.secret (id, value) VALUES (1, $1) ON CONFLICT DO NOTHING', [
    randomBytes(SECRET_BYTES).toString('base64url'),
  ]);
  const [made] = await queries.query('SELECT value FROM tayori.secret WHERE id = 1');
  return secretRow(made).value;
}

/** Writes the row of the node. Where another state of its name was heard of instead: when, and nothing is written. */
async function register(
  queries: Queries,
  { node, version }: NodeReport,
  now: number,
  ahead: number,
): Promise<number | null> {
  const [name, state] = [storable(node.name), storable(node.state)];
  const added = await queries.query(
    `INSERT INTO tayori.node AS n (name, state, version, seen, ahead) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name) DO UPDATE
       SET state = excluded.state, version = excluded.version, seen = excluded.seen, ahead = excluded.ahead
       WHERE n.state = excluded.state OR n.seen <= $6
     RETURNING name`,
    [name, state, storable(version), now, ahead, now - ALIVE],
  );
  if (added.length > 0) {
    await dropFormerNames(queries, name, state, now);
    return null;
  }
  const [other] = await queries.query('SELECT seen FROM tayori.node WHERE name = $1', [name]);
  return other ? seenRow(other).seen : now;
}

/**
 * What a state reported under a name that it has no more, or another state under the name that it has now. A node of the same
 * state that lives beside this one is a copy of its machine, and is left.
 */
async function dropFormerNames(queries: Queries, name: string, state: string, now: number): Promise<void> {
  await queries.query('DELETE FROM tayori.node_series WHERE node = $1 AND state <> $2', [name, state]);
  const former = await queries.query(
    'DELETE FROM tayori.node WHERE state = $1 AND name <> $2 AND seen <= $3 RETURNING name',
    [state, name, now - ALIVE],
  );
  if (former.length > 0)
    await queries.query('DELETE FROM tayori.node_series WHERE node = ANY($1::text[])', [
      former.map((row) => row.name),
    ]);
}

/** Writes what has changed, which is seldom anything. */
async function writeSeries(queries: Queries, { node, series }: NodeReport): Promise<void> {
  const [name, state] = [storable(node.name), storable(node.state)];
  const found = await queries.query('SELECT series FROM tayori.node_series WHERE node = $1', [name]);
  const known = new Set(found.map((row) => row.series));
  const added = series.filter(({ id }) => !known.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const ids = series.map(({ id }) => id);
  if (found.length > series.length - added.length)
    await queries.query('DELETE FROM tayori.node_series WHERE node = $1 AND NOT series = ANY($2::text[])', [
      ...[name, ids],
    ]);
  if (added.length === 0) return;
  await queries.query(
    `INSERT INTO tayori.series (id, queue, definition)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
    [
      added.map(({ id }) => id),
      added.map(({ queue }) => storable(queue)),
      added.map(({ definition }) => storable(definition)),
    ],
  );
  await queries.query(
    `INSERT INTO tayori.node_series (node, series, state) SELECT $1, id, $3 FROM unnest($2::text[]) AS s (id)
     ON CONFLICT DO NOTHING`,
    [name, added.map(({ id }) => id), state],
  );
}

/** Queues of these series that live nodes define in another way. */
export async function differing(
  queries: Queries,
  ids: readonly string[],
  now: number,
): Promise<DifferingQueue[]> {
  const rows = await queries.query(
    `SELECT other.queue, other.id, other.definition, node.name
     FROM tayori.series AS other
       JOIN tayori.node_series ON node_series.series = other.id
       JOIN tayori.node ON node.name = node_series.node
     WHERE node.seen > $2 AND NOT other.id = ANY($1::text[])
       AND other.queue IN (SELECT queue FROM tayori.series WHERE id = ANY($1::text[]))
     ORDER BY other.queue, other.id, node.name`,
    [ids, now - ALIVE],
  );
  const byId = new Map<unknown, { queue: string; definition: string; nodes: string[] }>();
  for (const row of rows) {
    const { queue, definition, name } = differingRow(row);
    const known = byId.get(row.id) ?? { queue, definition, nodes: [] };
    known.nodes.push(name);
    byId.set(row.id, known);
  }
  return [...byId.values()];
}

const differingRow = rowReader('series', { queue: stored, definition: stored, name: stored });

/** The nodes of a series, or all of them. */
export async function knownNodes(queries: Queries, series: string | null): Promise<KnownNode[]> {
  const rows = await queries.query(
    `SELECT name, version, seen, ahead FROM tayori.node
     WHERE $1::text IS NULL OR name IN (SELECT node FROM tayori.node_series WHERE series = $1) ORDER BY name`,
    [series],
  );
  return rows.map(knownNode);
}

const knownNode = rowReader('node', { name: stored, version: stored, seen: whole, ahead: number });

/** Notes how far a node has come, and opens the letters of due times that were not sealed before. */
export async function reportServed(
  queries: Queries,
  { name, state }: NodeId,
  served: readonly ServedUntil[],
): Promise<void> {
  const given = [served.map(({ series }) => series), served.map(({ due }) => Math.round(due))];
  await queries.query(
    `UPDATE tayori.node_series SET served = greatest(${past('served')}, given.due)
     FROM unnest($1::text[], $2::bigint[]) AS given (series, due)
     WHERE node = $3 AND state = $4 AND node_series.series = given.series`,
    [...given, storable(name), storable(state)],
  );
  // Where a letter is sealed meanwhile this leaves a row that `openLetters` passes over and the next seal deletes.
  await queries.query(
    `INSERT INTO tayori.open_letter (series, due, opened)
     SELECT given.series, given.due, ${NOW} FROM unnest($1::text[], $2::bigint[]) AS given (series, due)
       JOIN tayori.series ON series.id = given.series
     WHERE given.due > coalesce(${past('series.sealed_until')}, given.due - 1)
     ORDER BY given.series, given.due ON CONFLICT DO NOTHING`,
    given,
  );
}

/** Forgets a node; false: there is none. */
export async function forget(queries: Queries, name: string): Promise<boolean> {
  const rows = await queries.query('DELETE FROM tayori.node WHERE name = $1 RETURNING name', [
    storable(name),
  ]);
  // A node that makes its first contact just now has series already, which are not to go without it.
  if (rows.length > 0)
    await queries.query('DELETE FROM tayori.node_series WHERE node = $1', [storable(name)]);
  return rows.length > 0;
}
