import { describe, expect, it } from 'vitest';
import type { MeetingPlace, NodeId } from '../../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../../src/letter/letter.js';
import type { Snooze } from '../../../src/queue/snooze.js';
import { hasPostgres, sharedPostgres } from '../../support/postgres-server.js';
import { A, B, C, letter, MAIL, NOON, report, sealing } from '../given.js';
import { bothPlaces } from '../places.js';
import { openPlace } from '../postgres/open-place.js';

const server = sharedPostgres();
const PLACES = bothPlaces(server);

/** A node seals a letter, which it holds then. */
async function seal(place: MeetingPlace, sealed = letter()): Promise<void> {
  const lease = await place.lease(MAIL.id, A, 1000);
  if (lease) await place.seal(lease, sealing({ sealed }));
}

describe.each(PLACES)('the outbox of a fleet %s', (_, open) => {
  async function fresh() {
    const fleet = await open();
    await fleet.place.contact(report(A));
    return { ...fleet, expire: () => fleet.pass(120_000) };
  }

  it('gives a letter to the node that has sealed it, and to another one when that is silent', async () => {
    const { place, expire } = await fresh();
    await seal(place);
    expect(await place.claim(B, 60_000, [])).toBeNull();
    const held = await place.claim(A, 60_000, []);
    expect(held?.letter).toEqual(letter());
    expect(await place.claim(A, 60_000, [held?.id ?? 0])).toBeNull();
    expect(await place.claim(B, 60_000, [])).toBeNull();
    await expire();
    expect((await place.claim(B, 60_000, []))?.id).toBe(held?.id);
    expect(await place.hold(A, [held?.id ?? 0], 60_000)).toEqual([]);
    expect(await place.hold(B, [held?.id ?? 0, 999], 60_000)).toEqual([held?.id]);
  });

  it('gives a letter to the holder that holds on, though its time was over, where nobody has taken it', async () => {
    const { place, expire } = await fresh();
    await seal(place);
    const held = await place.claim(A, 60_000, []);
    await expire();
    expect(await place.hold(A, [held?.id ?? 0], 60_000)).toEqual([held?.id]);
    expect(await place.claim(B, 60_000, [])).toBeNull();
  });

  it('does not give a letter again soon to the node that has given it back', async () => {
    const { place, expire } = await fresh();
    await seal(place);
    const held = await place.claim(A, 60_000, []);
    await place.giveBack(B, [held?.id ?? 0]);
    expect(await place.claim(B, 60_000, [])).toBeNull();
    await place.giveBack(A, [held?.id ?? 0]);
    expect((await place.overview()).outbox).toMatchObject([{ holder: null, recipients: 2 }]);
    expect(await place.claim(A, 60_000, [])).toBeNull();
    expect((await place.claim(B, 60_000, []))?.id).toBe(held?.id);
    await place.giveBack(B, [held?.id ?? 0]);
    expect(await place.claim(B, 60_000, [])).toBeNull();
    await expire();
    expect((await place.claim(A, 60_000, []))?.id).toBe(held?.id);
  });

  it('drops a letter when all have it, whoever says so', async () => {
    const { place, expire, ids } = await fresh();
    await seal(place);
    const held = await place.claim(A, 60_000, []);
    await expire();
    await place.claim(B, 60_000, []);
    await place.settle(held?.id ?? 0, ['root@example.org'], 'first');
    await place.settle(held?.id ?? 0, ['root@example.org', 'nobody'], 'first');
    expect((await place.overview()).outbox).toMatchObject([{ holder: 'b', recipients: 1 }]);
    await place.settle(held?.id ?? 0, ['ops@example.org'], 'first');
    await place.settle(held?.id ?? 0, ['ops@example.org'], 'first');
    expect(await ids()).toEqual([]);
    expect(await place.hold(B, [held?.id ?? 0], 1000)).toEqual([]);
  });

  it('keeps all of a letter: its bytes, posts, and what stands by', async () => {
    const { place } = await fresh();
    const whole: SealedLetter = {
      ...letter({
        subject: 'odd \0 \ud83d',
        to: ['root@example.org', 'https://x/'],
        mime: Buffer.alloc(300_000, '\0\xfe'),
      }),
      posts: new Map([['https://x/', { type: 'text/plain', title: null, body: '\0' }]]),
      standby: { due: 5, letter: letter({ to: ['pager@x'], posts: new Map(), mime: Buffer.from('second') }) },
    };
    await seal(place, whole);
    const held = await place.claim(A, 1, []);
    expect(held?.letter).toEqual(whole);
    await place.settle(held?.id ?? 0, ['https://x/'], 'first');
    await place.giveBack(A, [held?.id ?? 0]);
    expect((await place.claim(B, 1, []))?.letter).toEqual({
      ...whole,
      to: ['root@example.org'],
      posts: new Map(),
    });
  });

  it('keeps the bytes of a letter of any size, and of what stands by', async () => {
    const { place } = await fresh();
    const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));
    for (const length of [0, 499_999, 500_000, 1_700_001]) {
      const whole = letter({
        mime: bytes(length),
        standby: { due: NOON, letter: letter({ mime: bytes(length + 7) }) },
      });
      await seal(place, whole);
      const held = await place.claim(A, 60_000, []);
      expect(held?.letter.mime.equals(whole.mime)).toBe(true);
      expect(held?.letter.standby?.letter.mime.equals(bytes(length + 7))).toBe(true);
      await place.settle(held?.id ?? 0, whole.to, 'first');
    }
  });

  it('does not keep a letter for nobody', async () => {
    const { place } = await fresh();
    await seal(place, letter({ to: [] }));
    expect((await place.overview()).outbox).toEqual([]);
  });
});

describe.each(PLACES)('snoozes of a fleet %s', (_, open) => {
  it('are kept as they are now, by entry and host', async () => {
    const { place } = await open();
    const snooze: Snooze = {
      ...{
        id: 'x',
        queue: 'mail',
        message: 'm\0\ud800',
        host: '',
        reason: 'why',
        began: 9,
        until: 99,
        usual: 1.5,
      },
      ...{ held: 2, day: 9, before: 0, ended: null, why: null },
    };
    const ended: Snooze = { ...snooze, host: 'h\0', began: 5, ended: 50, why: 'hand' };
    await place.keepSnoozes([snooze, ended], []);
    expect(await place.snoozes()).toEqual([ended, snooze]);
    await place.keepSnoozes([{ ...snooze, held: 7 }], [ended, { id: 'nothing', host: '' }]);
    expect(await place.snoozes()).toEqual([{ ...snooze, held: 7 }]);
  });
});

describe.skipIf(!hasPostgres)('the outbox of a fleet in PostgreSQL', () => {
  async function fresh() {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    return { place, database };
  }

  it('gives no letter the number of an earlier one, also where the database was made anew: its holder would take it for that', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    await seal(place, letter({ messageId: '<old@x>' }));
    const old = await place.claim(A, 60_000, []);
    await server().ask(database, 'DROP SCHEMA tayori CASCADE');
    await expect(place.contact(report(A))).rejects.toThrow();
    await place.contact(report(A));
    await seal(place, letter({ messageId: '<new@x>' }));
    await place.settle(old?.id ?? 0, letter().to, 'first');
    expect(await place.hold(A, [old?.id ?? 0], 60_000)).toEqual([]);
    expect((await place.claim(A, 60_000, [old?.id ?? 0]))?.letter.messageId).toBe('<new@x>');
  });

  it('gives each letter to one of many that ask at the same time', async () => {
    const { place, database } = await fresh();
    for (let at = 0; at < 10; at++) await seal(place, letter({ messageId: `<${at}@x>` }));
    await server().ask(
      database,
      'UPDATE tayori.letter SET held_until = NULL, holder = NULL, holder_state = NULL',
    );
    const others = [place, openPlace(server(), database), openPlace(server(), database)];
    const takeAll = async (other: MeetingPlace, node: NodeId): Promise<number[]> => {
      const has: number[] = [];
      for (let held = await other.claim(node, 60_000, has); held; held = await other.claim(node, 60_000, has))
        has.push(held.id);
      return has;
    };
    const ids = (await Promise.all(others.map((other, at) => takeAll(other, [A, B, C][at] ?? A)))).flat();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(10);
  });

  it('keeps recipients apart that two nodes settle at the same time', async () => {
    const { place, database } = await fresh();
    const other = openPlace(server(), database);
    for (let round = 0; round < 10; round++) {
      await seal(place);
      const held = await place.claim(A, 60_000, []);
      await Promise.all([
        place.settle(held?.id ?? 0, ['root@example.org'], 'first'),
        other.settle(held?.id ?? 0, ['ops@example.org'], 'first'),
      ]);
    }
    expect((await place.overview()).outbox).toEqual([]);
  });
});
