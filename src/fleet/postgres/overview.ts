import { orNull, whole } from '../../store/sqlite/decode.js';
import type { FleetOverview } from '../meeting-place.js';
import type { Queries } from './connection.js';
import { openLetters } from './letters.js';
import { knownNodes } from './nodes.js';
import { number, rowReader, stored, texts } from './row.js';
import { NOW, readVersion } from './schema.js';

const seriesRow = rowReader('series', {
  ...{ node: stored, id: stored, queue: stored, definition: stored, behind: orNull(number) },
});
const leaseRow = rowReader('series', { queue: stored, node: stored, until: number });
const letterRow = rowReader('letter', {
  ...{ queue: stored, subject: stored, sealed: number, holder: orNull(stored), recipients: texts },
});
const queueRow = rowReader('series', { id: stored, queue: stored });

/** The state of the fleet, for `tayori fleet`. */
export async function overview(queries: Queries): Promise<FleetOverview> {
  const [clock] = await queries.query(`SELECT ${NOW} AS now`);
  const now = whole(clock?.now);
  return {
    now,
    schema: await readVersion(queries),
    nodes: await nodes(queries),
    leases: (
      await queries.query(
        `SELECT queue, lease_node AS node, lease_until AS until FROM tayori.series WHERE lease_until > $1 ORDER BY queue, id`,
        [now],
      )
    ).map(leaseRow),
    waiting: await waiting(queries),
    outbox: await outbox(queries, now),
  };
}

async function nodes(queries: Queries): Promise<FleetOverview['nodes']> {
  const rows = await queries.query(
    `SELECT node, series.id, queue, definition, CASE
       WHEN sealed_until > coalesce(served, sealed_until - 1) THEN sealed_until
       ELSE (SELECT min(due) FROM tayori.open_letter
             WHERE open_letter.series = series.id AND due > coalesce(served, due - 1)) END AS behind
     FROM tayori.node_series JOIN tayori.series ON series.id = node_series.series ORDER BY node, queue, series.id`,
  );
  const all = rows.map(seriesRow);
  return (await knownNodes(queries, null)).map((node) => {
    const own = all.filter((one) => one.node === node.name);
    const behind = own.flatMap(({ behind }) => (behind === null ? [] : [behind]));
    return {
      ...node,
      behindSince: behind.length === 0 ? null : Math.min(...behind),
      queues: own.map(({ id, queue, definition }) => ({ id, queue, definition })),
    };
  });
}

async function waiting(queries: Queries): Promise<FleetOverview['waiting']> {
  const all = (await queries.query('SELECT id, queue FROM tayori.series')).map(queueRow);
  const queueOf = new Map(all.map(({ id, queue }) => [id, queue]));
  const open = await openLetters(queries, [...queueOf.keys()]);
  return open.map(({ series, due, contributions, missing }) => ({
    ...{ queue: queueOf.get(series) ?? '', due, contributions },
    missing: missing.map(({ name }) => name),
  }));
}

async function outbox(queries: Queries, now: number): Promise<FleetOverview['outbox']> {
  const rows = await queries.query(
    `SELECT queue, subject, sealed, CASE WHEN held_until > $1 THEN holder END AS holder, recipients
     FROM tayori.letter ORDER BY id`,
    [now],
  );
  return rows.map(letterRow).map((row) => ({ ...row, recipients: row.recipients.length }));
}
