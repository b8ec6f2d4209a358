import { describe, expect, it } from 'vitest';
import type { Lease, MeetingPlace, NodeId } from '../../../src/fleet/meeting-place.js';
import { hasPostgres, sharedPostgres } from '../../support/postgres-server.js';
import { A, B, contribution, MAIL, NOON, report, sealing } from '../given.js';
import { openPlace } from './open-place.js';

const ENTRY = {
  ...{ queue: 'mail', made: NOON, regular: true, forgetBefore: 0 },
  rows: [{ host: 'h', hash: 'x', text: 'one', count: 2, first: null, last: null }],
};

async function leaseOf(place: MeetingPlace, node: NodeId): Promise<Lease> {
  const lease = await place.lease(MAIL.id, node, 60_000);
  if (!lease) throw new Error('no lease');
  return lease;
}

describe.skipIf(!hasPostgres)('PostgreSQL, an editor', () => {
  const server = sharedPostgres();

  async function fresh() {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    await place.contact(report(B));
    const ask = (sql: string) => server().ask(database, sql);
    /** The time of all leases is over. */
    const expire = () => ask('UPDATE tayori.series SET lease_until = lease_until - 600000');
    const letters = async () => (await ask('SELECT count(*)::int AS letters FROM tayori.letter'))[0]?.letters;
    return { place, database, expire, letters };
  }

  it('is followed by nobody while it seals, however long that takes: two of them would replace each other for ever', async () => {
    const { place, database, expire, letters } = await fresh();
    await place.seal(await leaseOf(place, A), sealing({ sealed: null, entries: [ENTRY] }));
    const other = openPlace(server(), database);
    const lease = await leaseOf(place, A);
    await expire();
    const lock = await server().connect(database);
    await lock.query("BEGIN; SELECT 1 FROM tayori.queue WHERE name = 'mail' FOR UPDATE");
    const sealed = place.seal(lease, sealing({ entries: [ENTRY] }));
    const isWaiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    while ((await lock.query(isWaiting)).rowCount === 0);
    expect(await other.lease(MAIL.id, B, 60_000)).toBeNull();
    // Neither do those wait who say that they live, hand in, or report.
    await other.contact(report({ name: 'c', state: 'state-c' }));
    expect(await other.handIn(contribution({ node: B }))).toBe('taken');
    await other.reportServed(B, [{ series: MAIL.id, due: NOON }]);
    await lock.end();
    expect(await sealed).toBe(true);
    expect(await letters()).toBe(1);
    await leaseOf(other, B);
  });

  it('that stands still while it seals loses its transaction, and with it the lease', async () => {
    const { place, database, expire, letters } = await fresh();
    const lease = await leaseOf(place, A);
    await expire();
    const editor = await server().connect(database);
    await editor.query('SET idle_in_transaction_session_timeout = 50; BEGIN');
    await editor.query('SELECT 1 FROM tayori.series WHERE id = $1 FOR UPDATE', [MAIL.id]);
    let other: Lease | null = null;
    while (!other) other = await place.lease(MAIL.id, B, 60_000);
    expect(await place.seal(lease, sealing())).toBe(false);
    expect(await place.seal(other, sealing())).toBe(true);
    expect(await letters()).toBe(1);
    await editor.end().catch(() => undefined);
  });
});
