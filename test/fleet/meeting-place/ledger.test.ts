import { describe, expect, it } from 'vitest';
import type { LedgerLine, MeetingPlace } from '../../../src/fleet/meeting-place.js';
import type { EnteredRow, LedgerEntry } from '../../../src/letter/history/ledger.js';
import { memoryStore } from '../../store/memory-store.js';
import { hasPostgres, sharedPostgres } from '../../support/postgres-server.js';
import { A, all, MAIL, NOON, report, sealing } from '../given.js';
import { bothPlaces } from '../places.js';
import { openPlace } from '../postgres/open-place.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

const DAY = 86_400_000;

function row(given: Partial<EnteredRow> = {}): EnteredRow {
  return { host: 'h', hash: 'x', text: 'one', count: 1, first: NOON - 5, last: NOON - 1, ...given };
}

function entry(rows: readonly EnteredRow[], given: Partial<LedgerEntry> = {}): LedgerEntry {
  return { queue: 'mail', made: NOON, regular: true, forgetBefore: NOON - 30 * DAY, rows, ...given };
}

async function enter(place: MeetingPlace, ...entries: LedgerEntry[]): Promise<void> {
  const lease = await place.lease(MAIL.id, A, 60_000);
  if (!lease || !(await place.seal(lease, sealing({ sealed: null, entries })))) throw new Error('not sealed');
}

const linesOf = async (place: MeetingPlace, queue = 'mail') => (await all(place.ledger(queue))).flat();

describe.each(PLACES)('the ledger of a fleet %s', (_, open) => {
  async function fresh() {
    const { place } = await open();
    await place.contact(report(A));
    return place;
  }

  it('keeps what that of one machine keeps', async () => {
    const place = await fresh();
    const entries = [
      entry([row(), row({ host: 'g' })]),
      entry([row({ count: 7, first: NOON - 9, last: NOON + 5 })], { made: NOON + 10 }),
      entry([row({ count: 3, first: null, last: null }), row({ hash: 'y' })], {
        made: NOON + DAY,
        regular: false,
      }),
      entry([row({ last: NOON - 90 * DAY, first: NOON - 99 * DAY })], { made: NOON + 2 * DAY }),
      entry([row({ last: NOON + 99 * DAY, first: NOON + 98 * DAY })], { made: NOON + 3 * DAY }),
      ...Array.from({ length: 30 }, (_, at) => entry([row({ count: at })], { made: NOON + (4 + at) * DAY })),
      entry([row({ host: 'g', count: 5 })], { made: NOON + 40 * DAY, forgetBefore: NOON - 4 }),
      entry([], { made: NOON + 41 * DAY, forgetBefore: NOON + 33 * DAY }),
    ];
    const single = memoryStore();
    single.markQueue('mail', { schedule: 'x', dueAfter: NOON });
    for (const one of entries) {
      single.seal(0, null, [], [one]);
      await enter(place, one);
      for (const { host, hash } of [row(), row({ host: 'g' }), row({ hash: 'y' })]) {
        const found = (await linesOf(place)).find((line) => line.host === host && line.hash === hash);
        const known = found ? { first: found.first, last: found.last, letters: found.letters } : null;
        expect(known).toEqual(single.known('mail', host, hash).known);
      }
    }
  });

  it('counts the letters of each queue by itself, and only regular ones', async () => {
    const place = await fresh();
    await enter(place, entry([row()]), entry([row()], { queue: 'section' }));
    await enter(place, entry([row()], { regular: false }), entry([row()], { queue: 'section' }));
    const lease = await place.lease(MAIL.id, A, 1000);
    if (!lease) throw new Error('no lease');
    expect((await place.content(lease, { series: MAIL.id, due: NOON })).letters).toEqual(
      new Map([
        ['mail', 1],
        ['section', 2],
      ]),
    );
    expect(await linesOf(place)).toMatchObject([{ latest: 1, letters: [[1, 1]] }]);
    expect(await linesOf(place, 'section')).toMatchObject([
      {
        latest: 2,
        letters: [
          [1, 1],
          [2, 1],
        ],
      },
    ]);
  });

  it('keeps a message that comes twice in one letter once', async () => {
    const place = await fresh();
    await enter(place, entry([row({ count: 2 }), row({ count: 3 })]));
    expect(await linesOf(place)).toMatchObject([{ letters: [[1, 5]] }]);
  });

  it('forgets what is old in queues that have no letters any more, too', async () => {
    const place = await fresh();
    await enter(place, entry([row({ last: NOON - DAY })], { queue: 'gone' }));
    const many = Array.from({ length: 1000 }, (_, at) => row({ hash: `${at}` }));
    await enter(place, entry(many, { forgetBefore: NOON - 2 * DAY }));
    expect(await linesOf(place, 'gone')).toHaveLength(1);
    await enter(place, entry(many, { forgetBefore: NOON - 100 }));
    expect(await linesOf(place, 'gone')).toEqual([]);
    expect(await linesOf(place)).toHaveLength(1000);
  });

  it('is read in pieces, each message once', async () => {
    const place = await fresh();
    const rows = Array.from({ length: 5001 }, (_, at) => row({ hash: `${at % 2500}`, host: `h${at}` }));
    await enter(place, entry(rows));
    const pieces = await all(place.ledger('mail'));
    expect(pieces.length).toBeGreaterThan(2);
    expect(new Set(pieces.flat().map(({ host }) => host)).size).toBe(rows.length);
    expect(await all(place.ledger('other'))).toEqual([]);
  });

  it('takes the history of a node along, under the numbers of its own letters', async () => {
    const place = await fresh();
    const line = (given: Partial<LedgerLine>): LedgerLine => ({
      ...{
        host: 'h',
        hash: 'x',
        text: 'one',
        first: NOON - 50,
        last: NOON - 40,
        latest: 40,
        letters: [[40, 4]],
      },
      ...given,
    });
    await enter(place, entry([row()]));
    const lines = [
      line({
        letters: [
          [39, 2],
          [40, 4],
        ],
      }),
      line({ hash: 'never', latest: 0, letters: [] }),
      line({ hash: 'old', latest: 20, letters: [[20, 1]] }),
    ];
    expect(await place.importLedger('mail', 40, lines)).toBe(2);
    const merged = [
      { hash: 'never', latest: 0, letters: [] },
      { hash: 'old', latest: 20, letters: [[20, 1]] },
      {
        hash: 'x',
        first: NOON - 50,
        last: NOON - 1,
        latest: 40,
        letters: [
          [39, 2],
          [40, 4],
        ],
      },
    ];
    expect(await linesOf(place)).toMatchObject(merged);
    expect(await place.importLedger('mail', 40, lines)).toBe(0);
    expect(await linesOf(place)).toMatchObject(merged);
    // A second node with fewer letters: its last one is that of the fleet, too.
    expect(await place.importLedger('mail', 10, [line({ hash: 'z', latest: 9, letters: [[9, 1]] })])).toBe(1);
    expect(await linesOf(place)).toContainEqual(
      expect.objectContaining({ hash: 'z', latest: 39, letters: [[39, 1]] }),
    );
    await enter(place, entry([row()]));
    expect(await linesOf(place)).toContainEqual(
      expect.objectContaining({
        hash: 'x',
        latest: 41,
        letters: [
          [39, 2],
          [40, 4],
          [41, 1],
        ],
      }),
    );
  });

  it('takes the history of a node along that has more letters than the fleet and more messages than go at once', async () => {
    const place = await fresh();
    await enter(place, entry(Array.from({ length: 3000 }, (_, at) => row({ hash: `f${at}` }))));
    const lines = Array.from({ length: 4500 }, (_, at) => ({
      ...{
        host: 'h',
        hash: `n${at}`,
        text: 'one',
        first: NOON,
        last: NOON,
        latest: 7,
        letters: [[7, 1]] as const,
      },
    }));
    expect(await place.importLedger('mail', 7, lines)).toBe(4500);
    const found = await linesOf(place);
    expect(found).toHaveLength(7500);
    expect(found.filter(({ latest }) => latest !== 7)).toEqual([]);
  });
});

describe.skipIf(!hasPostgres)('the ledger of a fleet in PostgreSQL', () => {
  async function fresh() {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    return { place, database };
  }

  it('keeps texts, counts and times that PostgreSQL has no place for', async () => {
    const { place } = await fresh();
    const odd = row({
      host: 'h\0',
      hash: '\ud800',
      text: '\u0001 \0 \udfff " \\ {} NULL',
      count: 1e15,
      last: NOON - 0.5,
    });
    await enter(place, entry([odd, row({ host: 'h', hash: '', text: '' })]));
    const lines = await linesOf(place);
    expect(lines).toHaveLength(2);
    expect(lines).toContainEqual({
      ...{ host: odd.host, hash: odd.hash, text: odd.text, first: NOON - 5, last: NOON },
      ...{ latest: 1, letters: [[1, 1e15]] },
    });
  });

  it('forgets many messages in pieces: one query for a million of them would take longer than any may', async () => {
    const { place, database } = await fresh();
    for (const sql of [
      `INSERT INTO tayori.ledger SELECT 'mail', n::text, 'h', 'old', 1, 1, 1, '[1,1]' FROM generate_series(1, 50001) AS s (n)`,
      'CREATE TABLE deleted (rows bigint); GRANT INSERT ON deleted TO tayori',
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.deleted SELECT count(*) FROM gone; RETURN NULL; END $$`,
      `CREATE TRIGGER note AFTER DELETE ON tayori.ledger REFERENCING OLD TABLE AS gone
         FOR EACH STATEMENT EXECUTE FUNCTION note()`,
    ])
      await server().ask(database, sql);
    await enter(place, entry([row()]));
    expect(await linesOf(place)).toHaveLength(1);
    const deleted = (await server().ask(database, 'SELECT rows FROM deleted')).map(({ rows }) =>
      Number(rows),
    );
    expect(deleted.reduce((sum, rows) => sum + rows, 0)).toBe(50_001);
    expect(Math.max(...deleted)).toBeLessThanOrEqual(20_000);
  });

  it('is entered by two queues that name the same rows in other orders', async () => {
    const { place, database } = await fresh();
    const news = { id: 'news-1', queue: 'news', definition: 'x' };
    await place.contact(report(A, [MAIL, news]));
    const other = openPlace(server(), database);
    const rows = Array.from({ length: 500 }, (_, at) => row({ hash: `${at}` }));
    for (let round = 0; round < 10; round++) {
      const first = await place.lease(MAIL.id, A, 60_000);
      const second = await place.lease(news.id, A, 60_000);
      if (!first || !second) throw new Error('no lease');
      const both = [
        place.seal(first, sealing({ sealed: null, entries: [entry(rows), entry(rows, { queue: 'news' })] })),
        other.seal(second, {
          ...sealing({ sealed: null, letter: { series: news.id, due: NOON } }),
          entries: [entry([...rows].reverse(), { queue: 'news' }), entry([...rows].reverse())],
        }),
      ];
      expect(await Promise.all(both)).toEqual([true, true]);
    }
    const [line] = await linesOf(place);
    expect(line).toMatchObject({ latest: 20 });
  });
});
