import { describe, expect, it } from 'vitest';
import { decodeBlock } from '../../../src/store/sqlite/run-block.js';
import { sharedPostgres } from '../../support/postgres-server.js';
import { A, all, B, contribution, letter, MAIL, NOON, part, report, sealing } from '../given.js';
import { bothPlaces } from '../places.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

describe.each(PLACES)('one letter of two nodes that meet %s', (_, open) => {
  it('goes from their editions to the recipients', async () => {
    const { place } = await open();
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met', differing: [] });
    expect(await place.contact(report(B))).toMatchObject({ kind: 'met' });

    expect(await place.handIn(contribution({ parts: [part(['one', 'two'])] }))).toBe('taken');
    expect(await place.handIn(contribution())).toBe('known');
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    const [asked] = await place.openLetters([MAIL.id]);
    expect(asked).toMatchObject({ series: MAIL.id, due: NOON, contributions: 1, missing: [{ name: 'b' }] });
    await place.handIn(contribution({ node: B, remarks: ['b says\0so'] }));
    await place.reportServed(B, [{ series: MAIL.id, due: NOON }]);
    expect(await place.openLetters([MAIL.id])).toMatchObject([{ missing: [], contributions: 2 }]);

    const lease = await place.lease(MAIL.id, A, 60_000);
    expect(await place.lease(MAIL.id, B, 60_000)).toBeNull();
    if (!lease || !asked) throw new Error('no lease');
    const content = await place.content(lease, asked);
    expect(content).toMatchObject({ mailed: null, storm: null, nodes: [{ name: 'a' }, { name: 'b' }] });
    expect(content.contributions).toMatchObject([
      {
        node: A,
        edition: 1,
        due: NOON,
        closed: NOON + 5,
        parts: [{ queue: 'mail', counters: new Map([['lines', 3]]) }],
      },
      { node: B, remarks: ['b says\0so'] },
    ]);
    const [first, second] = content.contributions;
    const blocks = await all(place.blocks(first?.id ?? 0, 0));
    expect(blocks.flatMap(decodeBlock).map(({ message }) => message)).toEqual(['one', 'two']);

    const rows = [{ host: 'h', hash: 'x', text: 'one', count: 2, first: NOON - 5, last: NOON - 1 }];
    const entries = [{ queue: 'mail', made: NOON, regular: true, rows, forgetBefore: NOON - 1e9 }];
    const contributions = [first?.id ?? 0, second?.id ?? 0];
    expect(await place.seal(lease, sealing({ contributions, entries }))).toBe(true);
    expect(await place.openLetters([MAIL.id])).toEqual([]);
    expect((await all(place.ledger('mail'))).flat()).toEqual([
      { hash: 'x', host: 'h', text: 'one', first: NOON - 5, last: NOON - 1, latest: 1, letters: [[1, 2]] },
    ]);

    expect(await place.claim(B, 60_000, [])).toBeNull();
    const held = await place.claim(A, 60_000, []);
    expect(held?.letter).toEqual(letter());
    expect(await place.hold(A, [held?.id ?? 0], 60_000)).toEqual([held?.id]);
    await place.settle(held?.id ?? 0, ['root@example.org'], 'first');
    await place.giveBack(A, [held?.id ?? 0]);
    expect(await place.claim(A, 60_000, [])).toBeNull();
    const again = await place.claim(B, 60_000, []);
    expect(again?.letter.to).toEqual(['ops@example.org']);
    expect((await place.overview()).outbox).toMatchObject([{ holder: 'b', recipients: 1 }]);
    await place.settle(held?.id ?? 0, ['ops@example.org'], 'first');
    expect((await place.overview()).outbox).toEqual([]);
    expect(await place.forget('b')).toBe(true);
    expect(await place.forget('b')).toBe(false);
    expect((await place.overview()).nodes).toMatchObject([{ name: 'a', behindSince: null, queues: [MAIL] }]);
  });
});
