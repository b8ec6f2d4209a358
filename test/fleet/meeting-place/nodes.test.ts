import { describe, expect, it } from 'vitest';
import type { Storm } from '../../../src/queue/fold.js';
import { hasPostgres, sharedPostgres } from '../../support/postgres-server.js';
import { A, B, C, contribution, MAIL, NOON, report, sealing } from '../given.js';
import { bothPlaces } from '../places.js';
import { openPlace } from '../postgres/open-place.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

const OTHER_MAIL = { id: 'mail-2', queue: 'mail', definition: 'hourly to root' };
const NEWS = { id: 'news-1', queue: 'news', definition: 'at once to ops' };
const DAY = 86_400_000;

describe.each(PLACES)('nodes of a fleet that meet %s', (_, open) => {
  async function fresh() {
    const { place, pass } = await open();
    /** Nobody is heard of for two minutes. */
    const silence = () => pass(120_000);
    return { place, silence };
  }

  it('learn how far their clock is from that of the meeting place', async () => {
    const { place } = await fresh();
    const first = await place.contact(report(A));
    if (first.kind !== 'met') throw new Error(first.kind);
    const asked = performance.now();
    const contact = await place.contact(report(A, [MAIL], first.now + 300_000));
    const took = Math.ceil(performance.now() - asked);
    if (contact.kind !== 'met') throw new Error(contact.kind);
    const error = Math.abs(contact.ahead - 300_000 + (contact.now - first.now));
    expect(error).toBeLessThanOrEqual(took); // it is half as much, for an answer that comes back as fast as the question
    expect((await place.overview()).nodes).toMatchObject([
      { name: 'a', version: '0.1.0', ahead: contact.ahead },
    ]);
  });

  it('cannot have the name of another one that lives', async () => {
    const { place, silence } = await fresh();
    await place.contact(report(A));
    const twin = { name: 'a', state: 'state-of-a-twin' };
    expect(await place.contact(report(twin))).toEqual({ kind: 'name-taken', seen: expect.any(Number) });
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
    await silence();
    expect(await place.contact(report(twin))).toMatchObject({ kind: 'met' });
    expect(await place.contact(report(A))).toMatchObject({ kind: 'name-taken' });
  });

  it('have reported nothing yet where a machine was set up anew under its name', async () => {
    const { place, silence } = await fresh();
    await place.contact(report(A));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    await silence();
    const anew = { name: 'a', state: 'anew' };
    await place.contact(report(anew));
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ due: NOON, missing: [{ name: 'a' }] }]);
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ missing: [{ name: 'a' }] }]);
    await place.reportServed(anew, [{ series: MAIL.id, due: NOON }]);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ missing: [] }]);
  });

  it('are not waited for under a name that they have no more', async () => {
    const { place, silence } = await fresh();
    await place.contact(report(A));
    await silence();
    await place.contact(report({ name: 'renamed', state: A.state }));
    expect((await place.overview()).nodes.map(({ name }) => name)).toEqual(['renamed']);
  });

  it('that are copies of one machine are both left', async () => {
    const { place } = await fresh();
    await place.contact(report(A));
    await place.contact(report({ name: 'copy', state: A.state }));
    expect((await place.overview()).nodes.map(({ name }) => name)).toEqual(['a', 'copy']);
  });

  it('hear of live nodes that define a queue of theirs differently', async () => {
    const { place, silence } = await fresh();
    await place.contact(report(A, [MAIL, NEWS]));
    const differing = [{ queue: 'mail', definition: OTHER_MAIL.definition, nodes: ['b', 'c'] }];
    await place.contact(report(B, [OTHER_MAIL]));
    await place.contact(report(C, [OTHER_MAIL, NEWS]));
    expect(await place.contact(report(A, [MAIL, NEWS]))).toMatchObject({ differing });
    const lease = await place.lease(MAIL.id, A, 1000);
    if (!lease) throw new Error('no lease');
    expect(await place.content(lease, { series: MAIL.id, due: NOON })).toMatchObject({ differing });
    await silence();
    expect(await place.contact(report(A, [MAIL, NEWS]))).toMatchObject({ differing: [] });
  });

  it('have what waits under a definition that none of them has any more, at once', async () => {
    const { place } = await fresh();
    for (const node of [A, B]) await place.contact(report(node));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    await place.handIn(contribution());
    await place.handIn(contribution({ node: B, due: null, status: 'flushing' }));
    const lease = await place.lease(MAIL.id, A, 60_000);
    await place.contact(report(A, [OTHER_MAIL, NEWS]));
    expect(await place.openLetters([OTHER_MAIL.id])).toEqual([]);
    await place.contact(report(B, [OTHER_MAIL, NEWS]));
    expect(await place.openLetters([MAIL.id])).toEqual([]);
    expect(await place.openLetters([OTHER_MAIL.id])).toMatchObject([{ due: null, contributions: 2 }]);
    if (!lease) throw new Error('no lease');
    expect(await place.seal(lease, sealing())).toBe(false);
    const asked = { series: OTHER_MAIL.id, due: null };
    const { contributions } = await place.content({ ...lease, series: OTHER_MAIL.id }, asked);
    expect(contributions.map(({ node, status }) => [node.name, status])).toEqual([
      ['a', 'reloading'],
      ['b', 'flushing'],
    ]);
  });

  it('that have another queue of what waits leave it, until somebody defines it again', async () => {
    const { place } = await fresh();
    await place.contact(report(A));
    await place.handIn(contribution());
    await place.contact(report(A, [NEWS]));
    expect(await place.openLetters([NEWS.id])).toEqual([]);
    await place.contact(report(B, [OTHER_MAIL]));
    expect(await place.openLetters([OTHER_MAIL.id])).toMatchObject([{ contributions: 1 }]);
  });

  it('are waited for with the queues that they have, and no longer with those that they dropped', async () => {
    const { place } = await fresh();
    await place.contact(report(A, [MAIL, NEWS]));
    await place.contact(report(B, [NEWS]));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    await place.reportServed(A, [{ series: NEWS.id, due: NOON }]);
    expect(await place.openLetters([MAIL.id, NEWS.id])).toMatchObject([
      { series: MAIL.id, missing: [] },
      { series: NEWS.id, missing: [{ name: 'b' }] },
    ]);
    await place.contact(report(B, []));
    expect(await place.openLetters([NEWS.id])).toMatchObject([{ missing: [] }]);
    expect(await place.openLetters([])).toEqual([]);
  });

  it('are not waited for once they are forgotten, and are known again when they come back', async () => {
    const { place } = await fresh();
    await place.contact(report(A));
    await place.contact(report(B));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    expect(await place.forget('b')).toBe(true);
    expect(await place.forget('b')).toBe(false);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ missing: [] }]);
    await place.contact(report(B));
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ missing: [{ name: 'b' }] }]);
  });

  it('mirror the storm of a queue', async () => {
    const { place } = await fresh();
    await place.contact(report(A, [MAIL, NEWS]));
    const storm: Storm = {
      ...{ began: 1, last: 2, pages: [1, 2], told: 2, next: 3, lines: 4, followed: 3, from: 1, to: 2 },
      ...{ hosts: ['h\0'], seen: ['x'], texts: ['half \ud83d'] },
    };
    const lease = await place.lease(NEWS.id, A, 1000);
    if (!lease) throw new Error('no lease');
    await place.seal(lease, sealing({ letter: { series: NEWS.id, due: null }, queue: 'news', storm }));
    expect(await place.contact(report(A, [MAIL, NEWS]))).toMatchObject({
      storms: new Map([[NEWS.id, storm]]),
    });
    expect(await place.contact(report(A, [MAIL]))).toMatchObject({ storms: new Map() });
  });

  it('are shown with the first due time that they are behind', async () => {
    const { place } = await fresh();
    await place.contact(report(A));
    await place.contact(report(B));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    await place.reportServed(A, [{ series: MAIL.id, due: NOON + DAY }]);
    const behind = async () => (await place.overview()).nodes.map(({ behindSince }) => behindSince);
    expect(await behind()).toEqual([null, NOON]);
    await place.handIn(contribution());
    expect((await place.overview()).waiting).toEqual([
      { queue: 'mail', due: NOON, contributions: 1, missing: ['b'] },
      { queue: 'mail', due: NOON + DAY, contributions: 1, missing: ['b'] },
    ]);
    await place.reportServed(B, [{ series: MAIL.id, due: NOON }]);
    expect(await behind()).toEqual([null, NOON + DAY]);
  });
});

describe.skipIf(!hasPostgres)('nodes that meet in PostgreSQL', () => {
  it('that are forgotten beside their contact are known whole, or not at all', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    const other = openPlace(server(), database);
    for (let round = 0; round < 20; round++) {
      await Promise.all([place.contact(report(B)), other.forget('b')]);
      const odd = await server().ask(
        database,
        `SELECT name, node FROM tayori.node FULL JOIN tayori.node_series ON node = name
         WHERE name IS NULL OR node IS NULL`,
      );
      expect(odd).toEqual([]);
    }
  });
});
