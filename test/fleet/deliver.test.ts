import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Away } from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import { MAX_FLEET_HOLD } from '../../src/store/ports/fleet-letters.js';
import { type PickyServer, startPickyServer, startScriptedServer } from '../mail/servers.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { sharedPostgres } from '../support/postgres-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { startWebServer } from '../support/web-server.js';
import { type DeliveringNode, startNode } from './delivering-node.js';
import { B, report } from './given.js';
import { bothPlaces, type TestedPlace } from './places.js';
import { type Watched, watched } from './watched.js';

const postgres = sharedPostgres();
const PLACES = bothPlaces(postgres);

const MINUTE = 60_000;
const NOWHERE = { kind: 'smtp', host: '127.0.0.1', port: 1, tls: 'off', ca: null, login: null } as const;

const AWAY = new Away('away', { forGood: false });

let clock: HeldClock;
let fleet: TestedPlace;
let place: Watched;
let server: PickyServer;

function letter(name: string, ...to: string[]): SealedLetter {
  const posts = to
    .filter((address) => address.startsWith('http'))
    .map((url) => [url, { type: 'text/plain', title: name, body: name }] as const);
  return {
    queue: 'page',
    subject: name,
    messageId: `<${name}@fleet>`,
    from: 'f@x.org',
    to,
    mime: Buffer.from(`Message-ID: <${name}@fleet>\r\nSubject: ${name}\r\n\r\n${name}\r\n`),
    sealed: clock.now(),
    ...(posts.length > 0 ? { posts: new Map(posts) } : {}),
  };
}

async function start(
  name: string,
  more: Partial<Parameters<typeof startNode>[1]> = {},
): Promise<DeliveringNode> {
  const node = startNode(name, { place, clock, route: server.route, ...more });
  await fleet.place.contact(report(node.node));
  return node;
}

/** Time passes, for all. */
async function pass(time: number): Promise<void> {
  clock.advance(time);
  await fleet.pass(time);
}

/** Time passes, while the nodes stand still. */
async function hang(time: number): Promise<void> {
  clock.jump(time);
  await fleet.pass(time);
}

/** Who got what, such as `one > t@x.org`. */
const got = (): string[] =>
  server.received.map(({ to, mime }) => `${/^Subject: (.*)\r$/m.exec(mime)?.[1]} > ${to.join(' ')}`);

describe.each(PLACES)('with the meeting place %s,', (_, open) => {
  beforeEach(async () => {
    clock = heldClock();
    fleet = await open();
    place = watched(fleet.place);
    server = await startPickyServer();
  });

  describe('a letter of the fleet', () => {
    it('is delivered once, with its bytes, and the fleet hears of it', async () => {
      await fleet.put(letter('one', 't@x.org', 'u@x.org'));
      const a = await start('a');
      await a.turn();
      expect(got()).toEqual(['one > t@x.org u@x.org']);
      expect(server.received[0]?.mime).toBe(letter('one').mime.toString());
      expect(await fleet.ids()).toEqual([]);
      await a.turn();
      expect(got()).toHaveLength(1);
      expect(a.store.fleetLetters()).toEqual([]);
      expect(a.store.archivedLetters()).toMatchObject([{ subject: 'one', to: ['t@x.org', 'u@x.org'] }]);
    });

    it('is taken by its own editor at once, which holds it', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await fleet.put(letter('one', 't@x.org'), a.node, MAX_FLEET_HOLD);
      await b.turn();
      expect(got()).toEqual([]);
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
    });

    it('is taken again when the answer of the claim was lost, and is there once', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      place.losesAnswerOf.set('claim', 1);
      await expect(a.meet()).rejects.toThrow('cut');
      expect(a.store.outbox()).toEqual([]);
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
      expect(await fleet.ids()).toEqual([]);
    });

    it('is there once, however often it is taken over', async () => {
      const { store } = await start('a');
      const taken = { id: 7, letter: letter('one', 't@x.org'), until: clock.now() + MINUTE };
      const archiving = { packed: Buffer.from(''), most: 5 };
      expect(store.takeOver(taken, archiving)).toBe(true);
      expect(store.takeOver({ ...taken, until: taken.until + 1 }, archiving)).toBe(false);
      expect(store.outbox()).toHaveLength(1);
      expect(store.archivedLetters()).toHaveLength(1);
      expect(store.fleetLetters()).toMatchObject([{ id: 7, until: taken.until + 1 }]);
    });

    it('each goes once when two nodes take many of them at the same time', async () => {
      for (let number = 0; number < 45; number += 1) await fleet.put(letter(`n${number}`, 't@x.org'));
      const nodes = [await start('a'), await start('b')];
      await Promise.all(nodes.map((node) => node.meet()));
      expect(nodes.map(({ store }) => store.outbox().length)).toEqual([20, 20]); // neither takes all
      for (let turn = 0; turn < 3; turn += 1) await Promise.all(nodes.map((node) => node.turn()));
      expect(got()).toHaveLength(45);
      expect(new Set(got()).size).toBe(45);
      expect(await fleet.ids()).toEqual([]);
    });

    it('is told to the fleet as soon as it is sent', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      await a.mail();
      while ((await fleet.ids()).length > 0) await setImmediate();
      expect(got()).toEqual(['one > t@x.org']);
    });

    it('whose outcome was lost on the way is told again', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      place.away = AWAY;
      await a.mail();
      await expect(a.meet()).rejects.toThrow('away');
      expect(await fleet.ids()).toHaveLength(1);
      place.away = null;
      await a.turn();
      expect(await fleet.ids()).toEqual([]);
      expect(got()).toHaveLength(1);
    });
  });

  describe('the holder of a letter', () => {
    it('that dies before its first try is replaced, and sends nothing when it comes back', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.meet();
      await pass(MAX_FLEET_HOLD - 20_000);
      await b.turn();
      expect(got()).toEqual([]);
      await pass(20_000);
      await b.turn();
      expect(got()).toEqual(['one > t@x.org']);
      await a.mail(); // it does not know yet
      expect(got()).toHaveLength(1);
      await a.turn();
      expect(a.events.map(({ kind }) => kind)).toEqual(['letter-taken', 'letter-lost']);
      expect(a.store.outbox()).toEqual([]);
      expect(a.store.archivedLetters()).toEqual([]);
      expect(a.store.openDeliveryNotices(['page'])).toEqual([]);
    });

    it('that dies after a try tells the outcome when it comes back, and nobody gets it twice', async () => {
      const file = join(temporaryFolder(), 'tayori.db');
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a', { file });
      await a.meet();
      place.away = AWAY; // the fleet does not hear of it before it dies
      await a.mail();
      await expect(a.meet()).rejects.toThrow('away');
      place.away = null;
      const again = await start('a', { file });
      await pass(5000);
      await again.turn();
      await pass(5 * MINUTE);
      await (await start('b')).turn();
      expect(got()).toEqual(['one > t@x.org']);
      expect(await fleet.ids()).toEqual([]);
    });

    it('that dies before a try goes on with it after its restart', async () => {
      const file = join(temporaryFolder(), 'tayori.db');
      await fleet.put(letter('one', 't@x.org'));
      await (await start('a', { file })).meet();
      await pass(5000);
      await (await start('a', { file })).turn();
      expect(got()).toEqual(['one > t@x.org']);
      expect(await fleet.ids()).toEqual([]);
    });

    it('that dies within a session with the server is replaced by one that sends the same bytes', async () => {
      const slow = await startScriptedServer({ dot: 'held' });
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a', { route: slow.route });
      await a.meet();
      const trying = a.mail();
      await until(() => slow.held > 0);
      await pass(MAX_FLEET_HOLD);
      await (await start('b')).turn();
      expect(server.received.map(({ mime }) => mime)).toEqual([...slow.letters]);
      expect(slow.letters[0]).toBe(letter('one').mime.toString());
      slow.release();
      await trying;
      await a.turn();
      expect(a.store.outbox()).toEqual([]);
    });

    it('tells what became of a try that was under way when it was replaced', async () => {
      const slow = await startScriptedServer({ dot: 'held' });
      await fleet.put(letter('one', 't@x.org'));
      const [a, b] = [await start('a', { route: slow.route }), await start('b')];
      await a.meet();
      const trying = a.mail();
      await until(() => slow.held > 0);
      await pass(MAX_FLEET_HOLD);
      await b.meet();
      await a.meet();
      expect(a.store.fleetLetters()).toMatchObject([{ stage: 'gone' }]);
      slow.release();
      await trying;
      await a.meet();
      await b.meet(); // the letter is gone
      await pass(20_000);
      await b.turn();
      expect(server.received).toEqual([]);
      expect(await fleet.ids()).toEqual([]);
    });

    it('that hangs and comes back does not try what it may have lost', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.meet();
      await hang(5 * MINUTE);
      await a.mail();
      expect(got()).toEqual([]);
      await b.turn();
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
    });

    it('that hangs and is not replaced goes on', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      await hang(5 * MINUTE);
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
    });

    it('does not trust a hold that lies too far ahead, since the clock was set back', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      clock.jump(-60 * MINUTE);
      await a.mail();
      expect(got()).toEqual([]);
      await a.turn();
      expect(got()).toHaveLength(1);
    });

    it('holds what waits on, and no more often than needed', async () => {
      await fleet.put(letter('one', 'rcpt451@x.org'));
      const a = await start('a');
      await a.turn();
      const before = place.asked.length;
      for (let second = 0; second < 300; second += 5) {
        await pass(5000);
        await a.turn();
        expect(a.store.fleetLetters()[0]?.until).toBeGreaterThan(clock.now());
      }
      const calls = place.asked.slice(before).filter((call) => call === 'hold');
      expect(calls).toHaveLength(15);
      expect(await fleet.holderOf((await fleet.ids())[0] ?? 0)).toBe(a.node.state);
    });
  });

  describe('when another node takes a letter over', () => {
    it('a recipient that has it gets nothing twice', async () => {
      await fleet.put(letter('one', 't@x.org', 'rcpt451@x.org'));
      const a = await start('a');
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
      await pass(MAX_FLEET_HOLD);
      const b = await start('b');
      await b.turn();
      expect(b.store.outbox().map(({ address }) => address)).toEqual(['rcpt451@x.org']);
      expect(got()).toHaveLength(1);
      await a.turn();
      expect(a.store.outbox()).toEqual([]);
      expect(a.store.archivedLetters()).toMatchObject([{ to: ['t@x.org'] }]);
      expect(b.store.archivedLetters()).toMatchObject([{ to: ['rcpt451@x.org'] }]);
    });

    it('a rejection is told once', async () => {
      await fleet.put(letter('one', 'rcpt550@x.org', 'rcpt451@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.turn();
      await pass(MAX_FLEET_HOLD);
      await b.turn();
      await a.turn();
      expect(a.store.openDeliveryNotices(['page'])).toMatchObject([
        { kind: 'refused', address: 'rcpt550@x.org' },
      ]);
      expect(b.store.openDeliveryNotices(['page'])).toEqual([]);
      expect([...a.mailed, ...b.mailed].filter(({ kind }) => kind === 'rejected')).toHaveLength(1);
      expect(a.store.outbox()).toMatchObject([{ state: 'refused' }]);
    });

    it('a URL gets its post from the one that holds it', async () => {
      const web = await startWebServer();
      web.say(503);
      await fleet.put(letter('one', `${web.origin}/x`, 't@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.turn();
      expect(got()).toEqual(['one > t@x.org']);
      await pass(MAX_FLEET_HOLD);
      web.say(200);
      await b.turn();
      await a.turn();
      await pass(5 * MINUTE);
      await a.turn();
      expect(web.got.map(({ body }) => body)).toEqual(['one', 'one']); // the first was refused
      expect(got()).toHaveLength(1);
      expect(await fleet.ids()).toEqual([]);
    });
  });

  describe('the second way of a letter', () => {
    const withSecond = (to: string, second: string): SealedLetter => ({
      ...letter('one', to),
      standby: { letter: letter('second', second), due: clock.now() + MINUTE / 2 },
    });

    it('is taken once, although its first way is taken over', async () => {
      await fleet.put(withSecond('rcpt451@x.org', 's@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.turn();
      await pass(MINUTE / 2);
      await a.turn();
      expect(got()).toEqual(['second > s@x.org']);
      await pass(MAX_FLEET_HOLD);
      for (let turn = 0; turn < 10; turn += 1) {
        await b.turn();
        await pass(20_000);
      }
      expect(got()).toHaveLength(1);
      expect(b.store.outbox()).toMatchObject([{ address: 'rcpt451@x.org' }]);
    });

    it('is not lost with the node that was to take it', async () => {
      await fleet.put(withSecond('rcpt550@x.org', 'rcpt451@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.turn();
      expect(a.store.outbox().map(({ address }) => address)).toEqual(['rcpt550@x.org', 'rcpt451@x.org']);
      expect(await fleet.ids()).toHaveLength(1); // rejected, but the second way is open
      await pass(MAX_FLEET_HOLD);
      await b.turn();
      await a.turn();
      expect(a.store.outbox().map(({ address }) => address)).toEqual(['rcpt550@x.org']);
      expect(b.store.outbox().map(({ address }) => address)).toEqual(['rcpt550@x.org', 'rcpt451@x.org']);
    });

    it('ends the letter when it has gone instead of one that was rejected', async () => {
      await fleet.put(withSecond('rcpt550@x.org', 's@x.org'));
      const a = await start('a');
      await a.turn();
      expect(got()).toEqual(['second > s@x.org']);
      await a.turn();
      expect(await fleet.ids()).toEqual([]);
      expect(a.store.fleetLetters()).toEqual([]);
    });

    it('is not taken by a node that may have lost the letter', async () => {
      await fleet.put(withSecond('rcpt451@x.org', 's@x.org'));
      const a = await start('a');
      await a.turn();
      await hang(5 * MINUTE);
      await a.mail();
      expect(got()).toEqual([]);
    });
  });

  describe('a node whose mail server cannot be reached', () => {
    it('gives its letters back, and takes none until the others have looked', async () => {
      for (let number = 0; number < 30; number += 1) await fleet.put(letter(`n${number}`, 't@x.org'));
      const a = await start('a', { route: NOWHERE });
      const b = await start('b');
      await a.turn();
      await a.turn();
      expect(a.events.at(-1)).toMatchObject({ kind: 'letters-given-back', letters: 20 });
      expect(a.store.outbox()).toEqual([]);
      expect(a.deliverer.holdFor).toBe(0);
      await pass(5000);
      await a.turn(); // its courier may try again, but the others have not looked yet
      expect(a.store.outbox()).toEqual([]);
      for (let turn = 0; turn < 3; turn += 1) await b.turn();
      expect(got()).toHaveLength(30);
      expect(a.store.openDeliveryNotices(['page'])).toEqual([]);
    });

    it('keeps a letter that came back to it, since nobody does better', async () => {
      for (let number = 0; number < 30; number += 1) await fleet.put(letter(`n${number}`, 't@x.org'));
      const nodes = await Promise.all(['a', 'b', 'c'].map((name) => start(name, { route: NOWHERE })));
      for (let turn = 0; turn < 40; turn += 1) {
        for (const node of nodes) await node.turn();
        for (const { node } of nodes) await fleet.place.contact(report(node));
        await pass(5000);
      }
      const given = nodes.flatMap(({ events }) =>
        events.map((event) => (event.kind === 'letters-given-back' ? event.letters : 0)),
      );
      expect(given.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(90);
      expect(nodes.map(({ store }) => store.outbox().length)).toEqual([1, 1, 1]);
      const healed = await start('d');
      for (let turn = 0; turn < 5; turn += 1) await healed.turn();
      expect(got()).toHaveLength(27);
    });

    it('keeps its letters where no other node lives', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a', { route: NOWHERE });
      for (let turn = 0; turn < 30; turn += 1) {
        await a.turn();
        await fleet.place.contact(report(a.node));
        await pass(5000);
      }
      expect(a.store.outbox()).toHaveLength(1);
      expect(a.events.map(({ kind }) => kind)).toEqual(['letter-taken']);
    });

    it('keeps letters for URLs', async () => {
      const web = await startWebServer();
      web.say(503);
      await fleet.put(letter('one', 't@x.org'));
      await fleet.put(letter('two', `${web.origin}/x`));
      const a = await start('a', { route: NOWHERE });
      await start('b');
      await a.turn();
      expect(a.store.outbox().map(({ subject }) => subject)).toEqual(['two']);
    });

    it('gives letters back again when the answer was lost, and does not try them meanwhile', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const [a, b] = [await start('a', { route: NOWHERE }), await start('b')];
      await a.meet();
      await a.mail();
      place.losesAnswerOf.set('giveBack', 1);
      await expect(a.meet()).rejects.toThrow('cut');
      expect(a.store.fleetLetters()).toMatchObject([{ stage: 'leaving' }]);
      await b.turn();
      await a.turn();
      expect(a.store.fleetLetters()).toMatchObject([{ stage: 'gone' }]);
      expect(got()).toEqual(['one > t@x.org']);
    });
  });

  describe('while the meeting place is away', () => {
    it('a letter is tried until it is not held any more, and then waits', async () => {
      await fleet.put(letter('one', 'rcpt451@x.org'));
      const a = await start('a');
      await a.turn();
      place.away = AWAY;
      const tried = (): number => a.mailed.length;
      await pass(10_000);
      await expect(a.meet()).rejects.toThrow('away');
      await a.mail();
      expect(tried()).toBe(2);
      for (let minute = 0; minute < 10; minute += 1) {
        await pass(MINUTE);
        await expect(a.meet()).rejects.toThrow('away');
        await a.mail();
      }
      expect(tried()).toBe(2);
      expect(a.store.outbox()).toHaveLength(1);
      place.away = null;
      await a.turn();
      expect(tried()).toBe(3);
    });

    it('for long, a letter goes all the same, and says that it may come twice', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      place.away = AWAY;
      for (let minute = 0; minute < 20; minute += 1) {
        await pass(MINUTE);
        await expect(a.meet()).rejects.toThrow('away');
        await a.mail();
      }
      expect(got()).toEqual(['one > t@x.org']);
      expect(a.events.at(-1)).toEqual({ kind: 'letters-alone', letters: 1, away: 15 * MINUTE });
      expect(server.received[0]?.mime.replace(/\r\n /g, ' ')).toMatch(
        /^X-tayori-delayed: 16 min; the meeting place of the fleet has been away for 15 min; another node may have sent it, too\r\n/,
      );
      place.away = null;
      await a.turn();
      expect(await fleet.ids()).toEqual([]);
    });

    it('for long, a letter that another node took meanwhile is withdrawn when it is back', async () => {
      await fleet.put(letter('one', 'rcpt451@x.org'));
      const a = await start('a');
      await a.meet();
      place.away = AWAY;
      for (let minute = 0; minute < 20; minute += 1) {
        await pass(MINUTE);
        await expect(a.meet()).rejects.toThrow('away');
      }
      await a.mail();
      place.away = null;
      await (await start('b')).turn();
      await a.turn();
      expect(a.store.outbox()).toEqual([]);
    });

    it('is not counted while the machine slept', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      place.away = AWAY;
      await expect(a.meet()).rejects.toThrow('away');
      await hang(600 * MINUTE);
      await expect(a.meet()).rejects.toThrow('away');
      await pass(5000);
      await expect(a.meet()).rejects.toThrow('away');
      await a.mail();
      expect(got()).toEqual([]);
    });
  });

  describe('a node that ends', () => {
    it('leaves its letters to another', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const [a, b] = [await start('a'), await start('b')];
      await a.meet();
      await a.close();
      await a.deliverer.stop();
      expect(await fleet.holderOf((await fleet.ids())[0] ?? 0)).toBeNull();
      await b.turn();
      expect(got()).toEqual(['one > t@x.org']);
    });

    it('keeps them where there is no other, or the meeting place is away', async () => {
      await fleet.put(letter('one', 't@x.org'));
      const a = await start('a');
      await a.meet();
      await a.close();
      await a.deliverer.stop();
      expect(await fleet.holderOf((await fleet.ids())[0] ?? 0)).toBe(a.node.state);
      await fleet.place.contact(report(B));
      place.away = AWAY;
      await pass(2 * MINUTE);
      await a.deliverer.stop();
      expect(a.store.outbox()).toHaveLength(1);
    });
  });
});
