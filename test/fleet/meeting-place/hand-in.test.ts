import { describe, expect, it } from 'vitest';
import type { MeetingPlace } from '../../../src/fleet/meeting-place.js';
import { decodeBlock } from '../../../src/store/sqlite/run-block.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../../support/postgres-server.js';
import { proxyTo } from '../../support/tcp-proxy.js';
import { A, all, B, contribution, MAIL, NOON, part, report } from '../given.js';
import { bothPlaces } from '../places.js';
import { openPlace } from '../postgres/open-place.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

async function contentOf(place: MeetingPlace, due: number | null = NOON) {
  const lease = await place.lease(MAIL.id, A, 1000);
  if (!lease) throw new Error('no lease');
  return (await place.content(lease, { series: MAIL.id, due })).contributions;
}

/** Who has handed in what waits. */
async function waiting(place: MeetingPlace) {
  return (await contentOf(place)).map(({ node, edition }) => [node.state, edition]);
}

describe.each(PLACES)('a contribution to the meeting place %s', (_, open) => {
  async function fresh() {
    const { place } = await open();
    await place.contact(report(A));
    return place;
  }

  it('counts once, until its node has dropped it', async () => {
    const place = await fresh();
    const edition = contribution();
    expect(await place.handIn(edition)).toBe('taken');
    expect(await place.handIn(edition)).toBe('known');
    expect(await place.handIn(contribution({ node: B }))).toBe('taken');
    await place.confirm(A, [1]);
    await place.confirm(A, []);
    expect(await place.handIn(contribution({ node: B }))).toBe('known');
    expect(await waiting(place)).toEqual([
      [A.state, 1],
      [B.state, 1],
    ]);
  });

  it('is not read where it is known', async () => {
    const place = await fresh();
    await place.handIn(contribution());
    const blocks = (): never => {
      throw new Error('it was read');
    };
    expect(await place.handIn(contribution({ parts: [{ ...part(), blocks }] }))).toBe('known');
  });

  it('leaves nothing behind where its blocks cannot be read', async () => {
    const place = await fresh();
    const fail = (): never => {
      throw new Error('a fault of ours');
    };
    await expect(place.handIn(contribution({ parts: [{ ...part(), blocks: fail }] }))).rejects.toThrow(
      'a fault of ours',
    );
    expect(await waiting(place)).toEqual([]);
    expect(await place.handIn(contribution())).toBe('taken');
  });

  it('of a state that is a copy of another is not taken for the edition of that one', async () => {
    const place = await fresh();
    await place.handIn(contribution());
    const copy = { name: 'copy', state: A.state };
    await expect(place.handIn(contribution({ node: copy, closed: NOON + 77 }))).rejects.toMatchObject({
      message: expect.stringContaining('the node a has handed in another edition 1 of the same state'),
      forGood: true,
    });
  });

  it('keeps its blocks in order, however many they are', async () => {
    const place = await fresh();
    const messages = Array.from({ length: 11 }, (_, at) => `message ${at}`);
    const blocks = () => messages.flatMap((message) => [...part([message]).blocks()]);
    await place.handIn(contribution({ parts: [part(), { ...part(), blocks }] }));
    const [found] = await contentOf(place);
    const rows = (await all(place.blocks(found?.id ?? 0, 1))).flatMap(decodeBlock);
    expect(rows.map(({ message }) => message)).toEqual(messages);
  });

  it('that is late goes with the next letter, and what goes at once with its own', async () => {
    const place = await fresh();
    const DAY = 86_400_000;
    await place.handIn(contribution({ edition: 1, due: NOON + DAY, closed: NOON + DAY }));
    await place.handIn(contribution({ edition: 2, due: NOON, closed: NOON + 1 }));
    await place.handIn(contribution({ edition: 3, due: null, closed: NOON + 2 }));
    await place.handIn(contribution({ edition: 4, due: NOON + 2 * DAY, closed: NOON + 3 }));
    const editions = async (due: number | null) =>
      (await contentOf(place, due)).map(({ edition }) => edition);
    expect(await editions(NOON + DAY)).toEqual([2, 1]);
    expect(await editions(null)).toEqual([3]);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ due: null, contributions: 1, missing: [] }]);
  });
});

describe.skipIf(!hasPostgres)('a contribution to PostgreSQL', () => {
  async function fresh() {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    return { place, database };
  }

  it('counts once where two connections bring it at the same time', async () => {
    const { place, database } = await fresh();
    const other = openPlace(server(), database);
    for (let edition = 1; edition <= 20; edition++) {
      const both = await Promise.all([place, other].map((one) => one.handIn(contribution({ edition }))));
      expect(both.sort()).toEqual(['known', 'taken']);
    }
    expect(await waiting(place)).toHaveLength(20);
  });

  it.each([
    ['before it was carried out', 'INSERT INTO tayori.block', 'taken'],
    ['with the answer to COMMIT', 'COMMIT\0', 'known'],
  ] as const)('counts once where the connection was cut %s', async (_name, text, second) => {
    const { database } = await fresh();
    const proxy = await proxyTo(server().port);
    const address = { ...server().address(database), port: proxy.port };
    const place = openPlace(server(), database, { address });
    await place.contact(report(A));
    proxy.loseAnswerTo(text);
    await expect(place.handIn(contribution())).rejects.toMatchObject({ forGood: false });
    expect(await place.handIn(contribution())).toBe(second);
    expect(await waiting(place)).toHaveLength(1);
  });

  it('counts once where PostgreSQL is killed in the middle of it', async () => {
    const own = await startPostgres();
    const database = await own.database();
    const place = openPlace(own, database);
    await place.contact(report(A));
    const [block] = [...part().blocks()];
    let hasEnded: Promise<void> | null = null;
    function* blocks() {
      if (block) yield block;
      hasEnded ??= own.kill();
      if (block) yield block;
    }
    const edition = contribution({ parts: [{ ...part(), blocks }] });
    await expect(place.handIn(edition)).rejects.toMatchObject({ forGood: false });
    await hasEnded;
    await own.start();
    expect(await place.handIn(edition)).toBe('taken');
    expect(await place.handIn(edition)).toBe('known');
    expect(await own.ask(database, 'SELECT count(*)::int AS rows FROM tayori.block')).toEqual([{ rows: 2 }]);
  });

  it('keeps texts that PostgreSQL has no place for, and numbers and times as they are', async () => {
    const { place } = await fresh();
    const node = { name: 'a\0\ud800', state: 's\0' };
    const untaken = { lines: [{ value: '\0#\udc00', count: 1e15 }], about: true };
    const parts = [
      {
        ...part(),
        since: NOON - 3.2,
        held: 7,
        counters: new Map([
          ['__proto__', 1],
          ['x\0', 2],
        ]),
        untaken,
      },
      { ...part([]), queue: 'section', lines: 0, messages: 0, blocks: () => [] },
    ];
    const given = {
      node,
      edition: 2 ** 52,
      closed: NOON + 0.4,
      status: 'by\0hand',
      remarks: ['\u0001', ''],
      parts,
    };
    await place.handIn(contribution(given));
    const [found] = await contentOf(place);
    const [first, second] = parts.map(({ blocks: _, ...rest }) => rest);
    expect(found).toMatchObject({ ...given, closed: NOON, parts: [{ ...first, since: NOON - 3 }, second] });
    expect(await all(place.blocks(found?.id ?? 0, 1))).toEqual([]);
    expect(await all(place.blocks(-1, 0))).toEqual([]);
  });
});
