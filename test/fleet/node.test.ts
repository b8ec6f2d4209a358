import { cpSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { Away } from '../../src/fleet/meeting-place.js';
import { decodeBlock } from '../../src/store/sqlite/run-block.js';
import type { Running } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { until } from '../support/until.js';
import { MemoryPlace } from './memory-place.js';
import { fleetConf, NOON, startNode } from './node.js';
import { type Step, watched } from './watched.js';

/** A minute before noon. */
const BEFORE = NOON - 60_000;

async function meeting(...more: readonly string[]) {
  const clock = heldClock(BEFORE);
  const place = watched(new MemoryPlace(() => clock.now()));
  const node = await startNode(place, fleetConf('a', ...more), { clock });
  return { clock, place, node };
}

/** What waits in the meeting place: queue, due time (null: at once), and lines by message. */
function handedIn(place: MemoryPlace) {
  return place.taken.map(({ contribution: { series, due, status }, blocks }) => ({
    queue: series.queue,
    due,
    status,
    messages: Object.fromEntries(
      blocks
        .flat()
        .flatMap(decodeBlock)
        .map(({ message, count }) => [message, count]),
    ),
  }));
}

async function turn({ clock }: { readonly clock: ReturnType<typeof heldClock> }, node: Running, time = 5000) {
  clock.advance(time);
  await node.daemon.poll();
}

describe('a node of a fleet', () => {
  it('hands in what a letter is due for, once, and keeps nothing of it', async () => {
    const met = await meeting();
    met.node.write('report x', 'report x', 'report y');
    await turn(met, met.node, 60_000);
    await turn(met, met.node);
    expect(handedIn(met.place)).toEqual([
      { queue: 'report', due: NOON, status: null, messages: { 'report x': 2, 'report y': 1 } },
    ]);
    expect(met.node.store.closedEditions()).toEqual([]);
    expect(met.place.remembered).toBe(0);
    expect(met.node.daemon.outbox()).toEqual([]);
  });

  it('hands in a page in the turn in which its line is read', async () => {
    const met = await meeting();
    met.node.write('panic');
    await turn(met, met.node);
    expect(handedIn(met.place)).toEqual([{ queue: 'page', due: null, status: null, messages: { panic: 1 } }]);
  });

  it('hands in a page before a letter on a schedule, which comes with the next round, whatever pages then', async () => {
    const met = await meeting();
    met.node.write('report x', 'panic');
    await turn(met, met.node, 60_000);
    expect(handedIn(met.place).map(({ queue }) => queue)).toEqual(['page']);
    met.node.write('panic');
    await turn(met, met.node);
    expect(handedIn(met.place).map(({ queue }) => queue)).toEqual(['page', 'report', 'page']);
  });

  it('hands in at once what a signal asks for, with the reason', async () => {
    const met = await meeting();
    met.node.write('report x');
    await met.node.daemon.flush('flushing');
    expect(handedIn(met.place)).toEqual([
      { queue: 'report', due: null, status: 'flushing', messages: { 'report x': 1 } },
    ]);
  });

  it('asks nothing between two contacts while nothing is due', async () => {
    const met = await meeting();
    await turn(met, met.node);
    met.place.asked.length = 0;
    await turn(met, met.node);
    const quiet = [...met.place.asked];
    await turn(met, met.node);
    expect([quiet, met.place.asked]).toEqual([[], ['contact', 'snoozes', 'openLetters', 'claim']]);
  });

  it('reports that it has served a due time, once, also when it has nothing to hand in', async () => {
    const met = await meeting();
    met.place.asked.length = 0;
    for (let at = 0; at < 5; at++) await turn(met, met.node, 60_000);
    expect(met.place.asked.filter((step) => step === 'reportServed')).toHaveLength(1);
    expect(met.place.sealings.at(-1)?.letter.due).toBe(NOON);
  });

  it.each<[string, Step]>([
    ['the meeting place has taken it, and the answer is lost', 'handIn'],
    ['it was dropped here, and the meeting place has not heard of that', 'confirm'],
    ['what it has served was told', 'reportServed'],
  ])('counts nothing twice and loses nothing when it is killed after %s', async (_, step) => {
    const met = await meeting();
    met.node.write('report x', 'report x', 'panic');
    met.place.losesAnswerOf.set(step, 1);
    await turn(met, met.node, 60_000);
    await met.node.stop();
    const again = await startNode(met.place, fleetConf('a'), { clock: met.clock, folder: met.node.folder });
    await turn(met, again);
    const got = handedIn(met.place).filter(({ queue }) => queue === 'report');
    expect(got).toEqual([{ queue: 'report', due: NOON, status: null, messages: { 'report x': 2 } }]);
    expect(met.place.remembered).toBe(0);
    expect(again.store.closedEditions()).toEqual([]);
  });
});

describe('a node whose meeting place is away', () => {
  const gone = (reason = 'connection refused', forGood = false) => new Away(reason, { forGood });

  it('sends pages directly, and says so in them, in the same turn', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    met.place.away = gone();
    met.node.write('panic');
    await turn(met, met.node);
    const [letter] = met.node.store.archivedLetters();
    expect(letter?.queue).toBe('page');
    expect(String(met.node.store.archivedMail(letter?.id ?? 0))).toContain('same may come twice');
    expect(handedIn(met.place)).toEqual([]);
  });

  it('says so to a pager in a line behind the page', async () => {
    const pager = 'set queue pager from@example.org pager:tel@example.org [now] pager\npager,page ^panic';
    const met = await meeting(`set mailserver 127.0.0.1:1\n${pager}`);
    met.place.away = gone();
    met.node.write('panic');
    await turn(met, met.node);
    const letter = met.node.store.archivedLetters().find(({ queue }) => queue === 'pager');
    const mail = String(met.node.store.archivedMail(letter?.id ?? 0)).replaceAll('=\r\n', '');
    expect(mail).toMatch(
      /,1,panic\r\n\*,1,this machine has sent this alone, since its fleet could not be asked: /,
    );
  });

  it('keeps the letters of schedules for hours, and hands in each when it is back', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    met.place.away = gone();
    for (let day = 0; day < 3; day++) {
      met.node.write(`report ${day}`);
      await turn(met, met.node, 24 * HOUR);
    }
    expect(met.node.store.archivedLetters()).toEqual([]);
    met.place.away = null;
    await turn(met, met.node, 30_000);
    expect(handedIn(met.place).map(({ due, messages }) => [due, messages])).toEqual([
      [NOON, { 'report 0': 1 }],
      [NOON + 24 * HOUR, { 'report 1': 1 }],
      [NOON + 48 * HOUR, { 'report 2': 1 }],
    ]);
  });

  it('tells once that it is away, and that it is back', async () => {
    const met = await meeting();
    met.place.away = gone();
    for (let at = 0; at < 10; at++) await turn(met, met.node, 15_000);
    met.place.away = null;
    await turn(met, met.node, 30_000);
    await turn(met, met.node, 15_000);
    const told = met.node.events.filter(({ kind }) => kind.startsWith('fleet-'));
    expect(told).toMatchObject([
      { kind: 'fleet-away', reason: 'connection refused', address: 'postgresql://tayori@localhost/tayori' },
      { kind: 'fleet-back' },
    ]);
  });

  it('tells so once also where it answers, and takes nothing of what was counted', async () => {
    const met = await meeting();
    const handIn = met.place.handIn.bind(met.place);
    met.place.handIn = () => Promise.reject(gone());
    met.node.write('report one');
    await turn(met, met.node, 24 * HOUR);
    for (let at = 0; at < 10; at++) await turn(met, met.node, 30_000);
    expect(met.node.store.meta().fleet).toMatchObject({ state: 'away', reason: 'connection refused' });
    met.place.handIn = handIn;
    await turn(met, met.node, 30_000);
    const told = met.node.events.filter(({ kind }) => kind.startsWith('fleet-'));
    expect(told.map(({ kind }) => kind)).toEqual(['fleet-away', 'fleet-back']);
    expect(told[1]).toMatchObject({ away: 330_000 });
    expect(met.node.store.meta().fleet).toMatchObject({ state: 'met', reason: null });
  });

  it('asks again after a second, then more seldom, and every half a minute at the latest', async () => {
    const met = await meeting();
    met.place.away = gone();
    await turn(met, met.node, 15_000);
    met.place.asked.length = 0;
    const asked: number[] = [];
    for (let second = 1; second <= 120; second++) {
      await turn(met, met.node, 1000);
      if (met.place.asked.splice(0).length > 0) asked.push(second);
    }
    expect(asked).toEqual([1, 3, 7, 15, 31, 61, 91]);
  });
});

describe('a node that meets trouble', () => {
  it('hands in what others have counted when one edition is damaged', async () => {
    const met = await meeting();
    met.node.write('report x');
    await turn(met, met.node);
    const { blocks } = met.node.store;
    met.node.store.blocks = (edition) => {
      if (edition === 1) throw new Error('it is damaged');
      return blocks(edition);
    };
    met.node.write('panic');
    await turn(met, met.node, 60_000);
    await turn(met, met.node);
    expect(handedIn(met.place).map(({ queue }) => queue)).toEqual(['page']);
    expect(met.node.events.filter(({ kind }) => kind === 'unsealed')).toEqual([
      { kind: 'unsealed', queue: 'report', reason: 'it is damaged' },
    ]);
    met.node.store.blocks = blocks;
    await turn(met, met.node, 60_000);
    expect(handedIn(met.place).map(({ queue }) => queue)).toEqual(['page', 'report']);
  });

  it('sends a page directly when there is no answer within four seconds', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    met.place.contact = () => new Promise(() => {});
    met.node.write('panic');
    met.clock.advance(5000);
    const polled = met.node.daemon.poll();
    await until(() => met.node.store.closedEditions().length > 0);
    await until(() => met.clock.waiting > 0);
    met.clock.advance(4000);
    await polled;
    expect(met.node.store.archivedLetters().map(({ queue }) => queue)).toEqual(['page']);
  });

  it('begins anew where what talks to the meeting place could not be loaded', async () => {
    const clock = heldClock(BEFORE);
    const place = new MemoryPlace(() => clock.now());
    let tries = 0;
    const open = async () => {
      tries += 1;
      if (tries === 1) throw new Error('it was replaced');
      return place;
    };
    const node = await startNode(open, fleetConf('a'), { clock });
    node.write('report x');
    await turn({ clock }, node, 60_000);
    expect(handedIn(place)).toHaveLength(1);
  });

  it('counts for itself when it is a copy of another one with a name of its own', async () => {
    const met = await meeting();
    met.node.write('report x');
    await turn(met, met.node);
    await met.node.stop();
    cpSync(met.node.folder, `${met.node.folder}-copy`, { recursive: true });
    onTestFinished(() => rmSync(`${met.node.folder}-copy`, { recursive: true }));
    const nodes = [
      await startNode(met.place, fleetConf('a'), { clock: met.clock, folder: met.node.folder }),
      await startNode(met.place, fleetConf('b'), { clock: met.clock, folder: `${met.node.folder}-copy` }),
    ];
    for (const node of nodes) await turn(met, node, 60_000);
    expect(handedIn(met.place)).toHaveLength(2);
  });
});

describe('a node that is not alone', () => {
  it('hands in nothing while another one has its name, sends its pages, and hands in later', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    const second = await startNode(met.place, fleetConf('a', 'set mailserver 127.0.0.1:1'), {
      clock: met.clock,
    });
    second.write('report x', 'panic');
    met.clock.advance(60_000);
    await met.node.daemon.poll();
    await second.daemon.poll();
    expect(second.events.filter(({ kind }) => kind === 'name-taken')).toHaveLength(1);
    expect(handedIn(met.place)).toEqual([]);
    expect(second.store.archivedLetters().map(({ queue }) => queue)).toEqual(['page']);
    await met.node.stop();
    await turn(met, second, 61_000);
    expect(handedIn(met.place)).toMatchObject([{ queue: 'report', due: NOON, messages: { 'report x': 1 } }]);
  });

  it('closes its letters by the clock of the fleet, and tells that its own is wrong', async () => {
    const clock = heldClock(BEFORE);
    const fast = 5 * 60_000;
    const place = new MemoryPlace(() => clock.now() - fast);
    const node = await startNode(place, fleetConf('a'), { clock });
    node.write('report x');
    await turn({ clock }, node, 60_000); // noon by its own clock
    expect(handedIn(place)).toEqual([]);
    expect(node.events).toContainEqual({ kind: 'clock-wrong', ahead: fast });
    await node.stop();
    const again = await startNode(place, fleetConf('a'), { clock, folder: node.folder });
    await turn({ clock }, again, fast - 5000);
    expect(handedIn(place)).toEqual([]);
    await turn({ clock }, again, 5000);
    expect(handedIn(place)).toMatchObject([{ due: NOON, messages: { 'report x': 1 } }]);
  });

  it('begins the schedule of a queue by the clock of the fleet, however fast its own was when it first saw the queue', async () => {
    const clock = heldClock(NOON + 60_000);
    const fast = 5 * 60_000;
    const place = new MemoryPlace(() => clock.now() - fast);
    const node = await startNode(place, fleetConf('a'), { clock });
    node.write('report x');
    await turn({ clock }, node, 60_000);
    await turn({ clock }, node, 60_000);
    expect(handedIn(place)).toEqual([]);
    await turn({ clock }, node, 2 * 60_000); // noon by the fleet's
    expect(handedIn(place)).toMatchObject([{ due: NOON, messages: { 'report x': 1 } }]);
  });

  it('tells once that another one defines a queue differently', async () => {
    const met = await meeting();
    const other = fleetConf('b').replace('root@', 'ops@');
    const second = await startNode(met.place, other, { clock: met.clock });
    for (let at = 0; at < 4; at++) {
      await turn(met, met.node, 15_000);
      await second.daemon.poll();
    }
    const told = (running: Running) => running.events.filter(({ kind }) => kind === 'queue-differs');
    expect(told(met.node)).toMatchObject([{ queue: 'report', nodes: ['b'] }]);
    expect(told(second)).toMatchObject([{ queue: 'report', nodes: ['a'] }]);
  });

  it('holds a page that another one has told, and hands in what is new at once', async () => {
    const met = await meeting('set fold page 5m');
    const second = await startNode(met.place, fleetConf('b', 'set fold page 5m'), { clock: met.clock });
    met.node.write('panic one');
    await turn(met, met.node);
    await turn(met, second, 15_000);
    second.write('panic one');
    await turn(met, second, 15_000);
    expect(handedIn(met.place)).toHaveLength(1);
    second.write('panic two');
    await turn(met, second);
    expect(handedIn(met.place)[1]).toMatchObject({ messages: { 'panic one': 1, 'panic two': 1 } });
  });

  it('has the snoozes of the others, and they have its own', async () => {
    const met = await meeting();
    const second = await startNode(met.place, fleetConf('b'), { clock: met.clock });
    const began = met.clock.now();
    met.node.store.addSnooze({
      ...{ id: 'x', queue: 'report', message: 'm', host: '', reason: 'r', began, until: began + HOUR },
      ...{ usual: 1, held: 0, day: began, before: 0, ended: null, why: null },
    });
    await turn(met, met.node, 15_000);
    await second.daemon.poll();
    expect(second.store.snoozes()).toMatchObject([{ id: 'x', until: began + HOUR }]);
    const [snooze] = second.store.snoozes();
    if (snooze) second.store.endSnooze(snooze, met.clock.now(), 'hand');
    await turn(met, second, 15_000);
    await turn(met, met.node, 15_000);
    expect(met.node.store.snoozes()).toMatchObject([{ id: 'x', why: 'hand' }]);
  });
});

describe('what of a node is not for the fleet', () => {
  it('is what waits in a queue that the config has dropped: it goes from here', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    met.node.write('report x');
    await turn(met, met.node);
    await met.node.stop();
    const conf = fleetConf('a', 'set mailserver 127.0.0.1:1').replace(/^(?:set queue )?report .*$/gm, '');
    const again = await startNode(met.place, conf, { clock: met.clock, folder: met.node.folder });
    await turn(met, again);
    expect(again.store.archivedLetters().map(({ queue }) => queue)).toEqual(['report']);
    expect(handedIn(met.place)).toEqual([]);
  });

  it('is what goes to the program of set csv', async () => {
    const met = await meeting('set csv [0 12 * * *] /bin/cat > /dev/null', 'csv ^report');
    met.node.write('report x');
    await turn(met, met.node, 60_000);
    expect(handedIn(met.place)).toEqual([]);
    expect(met.node.store.closedEditions()).toEqual([]);
  });

  it('is the note that ends a storm: the editor sums it up for all', async () => {
    const met = await meeting('set fold page 5m');
    met.node.write('panic');
    await turn(met, met.node);
    met.node.write('panic');
    for (let at = 0; at < 30; at++) await turn(met, met.node, 60_000);
    expect(handedIn(met.place).map(({ messages }) => messages)).toEqual([{ panic: 1 }, { panic: 1 }]);
    expect(met.node.store.closedEditions()).toEqual([]);
  });
});

describe('a node that ends', () => {
  it('hands in all that it has, where a stop mails all queues', async () => {
    const met = await meeting();
    met.node.write('report x');
    await met.node.daemon.flush('terminating');
    await met.node.stop();
    expect(handedIn(met.place)).toMatchObject([
      { queue: 'report', due: null, status: 'terminating', messages: { 'report x': 1 } },
    ]);
  });

  it('sends it from here where the meeting place is away', async () => {
    const met = await meeting('set mailserver 127.0.0.1:1');
    met.place.away = new Away('no answer', { forGood: false });
    met.node.write('report x');
    await met.node.daemon.flush('terminating');
    expect(met.node.store.archivedLetters().map(({ queue }) => queue)).toEqual(['report']);
  });
});

describe('the remarks of a node', () => {
  it('tell what happened to its mail, once', async () => {
    const met = await meeting();
    const { store } = met.node;
    for (const id of [1, 2]) {
      met.node.write('report x');
      await turn(met, met.node);
      if (id === 1) reject(store, met.clock.now());
      await met.node.daemon.flush('flushing');
    }
    const told = met.place.taken.map(({ contribution }) => contribution.remarks.length);
    expect(told).toEqual([1, 0]);
    expect(met.place.taken[0]?.contribution.remarks[0]).toContain('was rejected for good');
    expect(store.deliveryNotices(['report'])).toEqual([]);
  });
});

/** A letter of this node that a server has rejected. */
function reject(store: Running['store'], at: number): void {
  const letter = { queue: 'other', messageId: 'm@x', subject: 's', from: 'f@x', to: ['a@x'] };
  store.resend({ ...letter, mime: Buffer.from('x'), sealed: at }, 0);
  const [{ id } = { id: 0 }] = store.outbox();
  store.recordRejected(id, 'a@x', 'no such user', at);
}
