import { describe, expect, it } from 'vitest';
import type { Lease, MeetingPlace } from '../../../src/fleet/meeting-place.js';
import type { Snooze } from '../../../src/queue/snooze.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../../support/postgres-server.js';
import { proxyTo } from '../../support/tcp-proxy.js';
import { A, all, answered, B, contribution, letter, MAIL, NOON, report, sealing } from '../given.js';
import { bothPlaces } from '../places.js';
import { openPlace } from '../postgres/open-place.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

const DAY = 86_400_000;

const SNOOZE: Snooze = {
  ...{
    id: 'x',
    queue: 'mail',
    message: 'm\0',
    host: 'h',
    reason: '',
    began: 5,
    until: 9,
    usual: 1.5,
    held: 2,
  },
  ...{ day: 5, before: 0, ended: null, why: null },
};

const ENTRY = {
  ...{ queue: 'mail', made: NOON, regular: true, forgetBefore: 0 },
  rows: [{ host: 'h', hash: 'x', text: 'one', count: 2, first: null, last: null }],
};

async function leaseOf(place: MeetingPlace, node = A, span = 60_000): Promise<Lease> {
  const lease = await place.lease(MAIL.id, node, span);
  if (!lease) throw new Error('no lease');
  return lease;
}

describe.each(PLACES)('the editor %s', (_, open) => {
  /** `expire`: the time of all leases is over. */
  async function fresh() {
    const fleet = await open();
    await fleet.place.contact(report(A));
    await fleet.place.contact(report(B));
    return { ...fleet, expire: () => fleet.pass(600_000), letters: async () => (await fleet.ids()).length };
  }

  it('is one node at a time, until its time is over; each has a higher token', async () => {
    const { place, expire } = await fresh();
    const first = await leaseOf(place, A);
    expect(first).toMatchObject({ series: MAIL.id, node: A, until: expect.any(Number) });
    expect(first.until - first.now).toBe(60_000);
    expect(await place.lease(MAIL.id, B, 1000)).toBeNull();
    await expire();
    const second = await leaseOf(place, B);
    expect(second.token).toBeGreaterThan(first.token);
    expect(await place.lease(MAIL.id, A, 1000)).toBeNull();
    expect((await place.overview()).leases).toEqual([{ queue: 'mail', node: 'b', until: second.until }]);
  });

  it('of a series that nobody has registered is nobody', async () => {
    const { place } = await fresh();
    expect(await place.lease('nothing', A, 1000)).toBeNull();
  });

  it('is replaced at once where it gives its lease back, and not by an old lease that is given back', async () => {
    const { place, expire } = await fresh();
    const first = await leaseOf(place, A);
    await expire();
    const second = await leaseOf(place, B);
    await place.release(first);
    expect(await place.lease(MAIL.id, A, 1000)).toBeNull();
    await place.release(second);
    await leaseOf(place, A);
  });

  it('is the same node again after its restart, and what it began before ends in nothing', async () => {
    const { place, letters } = await fresh();
    const first = await leaseOf(place, A);
    const second = await leaseOf(place, A);
    expect(await place.seal(first, sealing())).toBe(false);
    expect(await place.seal(second, sealing())).toBe(true);
    expect(await letters()).toBe(1);
  });

  it('that another one has followed changes nothing', async () => {
    const { place, expire } = await fresh();
    await place.handIn(contribution());
    const old = await leaseOf(place, A);
    await expire();
    const late = await leaseOf(place, B);
    const contributions = (await place.content(late, { series: MAIL.id, due: NOON })).contributions.map(
      ({ id }) => id,
    );
    const whole = sealing({ contributions, entries: [ENTRY], snoozes: [SNOOZE] });
    expect(await place.seal(old, whole)).toBe(false);
    const { letters } = await place.content(late, { series: MAIL.id, due: NOON });
    expect(letters).toEqual(new Map());
    expect(await place.snoozes()).toEqual([]);
    expect(await place.seal(late, whole)).toBe(true);
    expect(await place.snoozes()).toEqual([SNOOZE]);
    expect((await place.content(late, { series: MAIL.id, due: NOON })).contributions).toEqual([]);
  });

  it('whose time is over seals all the same where nobody has followed', async () => {
    const { place, expire } = await fresh();
    const lease = await leaseOf(place, A);
    await expire();
    expect(await place.seal(lease, sealing())).toBe(true);
  });

  it('seals once, however often it says so', async () => {
    const { place, letters } = await fresh();
    const lease = await leaseOf(place, A);
    const whole = sealing({ entries: [ENTRY] });
    expect(await place.seal(lease, whole)).toBe(true);
    expect(await place.seal(lease, whole)).toBe(true);
    expect(await letters()).toBe(1);
    const [row] = (await all(place.ledger('mail'))).flat();
    expect(row?.letters).toEqual([[1, 2]]);
    const next = await leaseOf(place, B);
    expect(await place.seal(next, sealing())).toBe(true);
    expect(await place.seal(lease, whole)).toBe(false);
  });

  it('with nothing to tell ends a letter without one', async () => {
    const { place, letters } = await fresh();
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    expect(await place.seal(await leaseOf(place), sealing({ sealed: null }))).toBe(true);
    expect(await letters()).toBe(0);
    expect(await place.openLetters([MAIL.id])).toEqual([]);
    const after = await place.content(await leaseOf(place), { series: MAIL.id, due: NOON });
    expect(after.mailed).toBeNull();
  });

  it('leaves what has come while it wrote for the next letter', async () => {
    const { place } = await fresh();
    await place.handIn(contribution({ due: null }));
    const lease = await leaseOf(place);
    const asked = { series: MAIL.id, due: null };
    const contributions = (await place.content(lease, asked)).contributions.map(({ id }) => id);
    await place.handIn(contribution({ edition: 2, due: null }));
    expect(await place.seal(lease, sealing({ letter: asked, contributions }))).toBe(true);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ due: null, contributions: 1 }]);
    const [left] = (await place.content(await leaseOf(place), asked)).contributions;
    expect(left).toMatchObject({ edition: 2 });
  });

  it('knows how many letters there were, and when the last one was made', async () => {
    const { place } = await fresh();
    const section = { ...ENTRY, queue: 'section', regular: false };
    await place.seal(await leaseOf(place), sealing({ entries: [ENTRY, section] }));
    const content = await place.content(await leaseOf(place), { series: MAIL.id, due: NOON + DAY });
    expect(content).toMatchObject({ mailed: letter().sealed, contributions: [] });
    expect(content.letters).toEqual(
      new Map([
        ['mail', 1],
        ['section', 0],
      ]),
    );
  });
});

describe.skipIf(!hasPostgres)('the editor in PostgreSQL', () => {
  async function fresh() {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    await place.contact(report(B));
    const ask = (sql: string) => server().ask(database, sql);
    const expire = () => ask('UPDATE tayori.series SET lease_until = lease_until - 600000');
    const letters = async () => (await place.overview()).outbox.length;
    return { place, database, expire, letters };
  }

  it('is one of many that try at the same time', async () => {
    const { place, database } = await fresh();
    const others = Array.from({ length: 6 }, () => openPlace(server(), database));
    for (let round = 0; round < 10; round++) {
      const tries = others.map((other, at) =>
        other.lease(MAIL.id, { name: `n${at}`, state: `s${at}` }, 60_000),
      );
      const found = (await Promise.all(tries)).filter((lease) => lease !== null);
      expect(found).toHaveLength(1);
      for (const lease of found) await place.release(lease);
    }
  });

  it('seals once where the answer to COMMIT was lost', async () => {
    const { database, letters } = await fresh();
    const proxy = await proxyTo(server().port);
    const address = { ...server().address(database), port: proxy.port };
    const place = openPlace(server(), database, { address });
    const lease = await leaseOf(place, A);
    proxy.loseAnswerTo('COMMIT\0');
    await expect(place.seal(lease, sealing())).rejects.toMatchObject({ forGood: false });
    expect(await place.seal(lease, sealing())).toBe(true);
    expect(await letters()).toBe(1);
  });

  it('seals once where PostgreSQL is killed in the middle of it', async () => {
    const own = await startPostgres();
    const database = await own.database();
    const place = openPlace(own, database);
    await place.contact(report(A));
    const lease = await leaseOf(place, A);
    const rows = Array.from({ length: 20_000 }, (_, at) => ({ ...ENTRY.rows[0]!, hash: `x${at}` }));
    const whole = sealing({ entries: [{ ...ENTRY, rows }] });
    const sealed = place.seal(lease, whole);
    const failed = expect(sealed).rejects.toMatchObject({ forGood: false });
    const isUnderWay =
      "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%INTO tayori.ledger%' AND pid <> pg_backend_pid()";
    while ((await own.ask(database, isUnderWay)).length === 0);
    await own.kill();
    await failed;
    await own.start();
    expect((await all(place.ledger('mail'))).flat()).toEqual([]);
    expect(await place.seal(lease, whole)).toBe(true);
    expect((await all(place.ledger('mail'))).flat()).toHaveLength(rows.length);
  });

  it('frees what it held where the network was cut in the middle of it', async () => {
    const { database } = await fresh();
    const proxy = await proxyTo(server().port);
    const address = { ...server().address(database), port: proxy.port };
    const place = openPlace(server(), database, { address, connectTimeout: 300, queryTimeout: 300 });
    const lease = await answered(() => leaseOf(place, A));
    proxy.freeze();
    await expect(place.seal(lease, sealing())).rejects.toMatchObject({ forGood: false });
    expect(await answered(() => place.seal(lease, sealing()))).toBe(true);
  });
});

describe.each(PLACES)('a due time %s', (_, open) => {
  async function fresh() {
    const { place } = await open();
    await place.contact(report(A));
    await place.contact(report(B));
    const reported = (node = A, due = NOON) => place.reportServed(node, [{ series: MAIL.id, due }]);
    const dueTimes = async () => (await place.openLetters([MAIL.id])).map(({ due }) => due);
    return { place, reported, dueTimes };
  }

  it('that was sealed is not opened again by a late report, nor by an earlier one', async () => {
    const { place, reported, dueTimes } = await fresh();
    await reported(A, NOON);
    await place.seal(await leaseOf(place), sealing());
    await reported(B, NOON);
    await reported(B, NOON - DAY);
    expect(await dueTimes()).toEqual([]);
    await reported(B, NOON + DAY);
    expect(await dueTimes()).toEqual([NOON + DAY]);
  });

  it('that was sealed stays so when an earlier letter is sealed after it', async () => {
    const { place, reported, dueTimes } = await fresh();
    await place.seal(await leaseOf(place), sealing({ letter: { series: MAIL.id, due: NOON + DAY } }));
    await place.seal(await leaseOf(place), sealing({ letter: { series: MAIL.id, due: NOON } }));
    await place.seal(await leaseOf(place), sealing({ letter: { series: MAIL.id, due: null } }));
    await reported(A, NOON + DAY);
    expect(await dueTimes()).toEqual([]);
  });

  it('is sealed with those before it', async () => {
    const { place, reported, dueTimes } = await fresh();
    await reported(A, NOON);
    await reported(A, NOON + DAY);
    await reported(A, NOON + 2 * DAY);
    expect(await dueTimes()).toEqual([NOON, NOON + DAY, NOON + 2 * DAY]);
    await place.seal(await leaseOf(place), sealing({ letter: { series: MAIL.id, due: NOON + DAY } }));
    expect(await dueTimes()).toEqual([NOON + 2 * DAY]);
  });

  it('waits since it was reached, or since the first node has reported, if that was later', async () => {
    const { place, reported } = await fresh();
    await reported(A);
    const [letter] = await place.openLetters([MAIL.id]);
    const after = (letter?.now ?? 0) + DAY;
    await reported(A, after);
    const [, later] = await place.openLetters([MAIL.id]);
    expect(letter?.since).toBeGreaterThan(NOON);
    expect(later?.since).toBe(after);
    await reported(B);
    expect((await place.openLetters([MAIL.id]))[0]?.since).toBe(letter?.since);
  });

  it('is reported by a node only as far as it has come: an earlier report changes nothing', async () => {
    const { place, reported } = await fresh();
    await reported(A, NOON + DAY);
    await reported(A, NOON);
    await reported(B, NOON);
    expect(await place.openLetters([MAIL.id])).toMatchObject([
      { due: NOON, missing: [] },
      { due: NOON + DAY, missing: [{ name: 'b' }] },
    ]);
  });
});
