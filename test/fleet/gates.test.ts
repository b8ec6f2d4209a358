import { describe, expect, it } from 'vitest';
import { answerHit, type GateAnswer, type GateQuestion } from '../../src/queue/timed/fleet-gate.js';
import type { GatePlan } from '../../src/queue/timed/gate-plan.js';
import { QueueGates } from '../../src/queue/timed/queue-gates.js';
import { TimedKeys } from '../../src/queue/timed/timed-keys.js';
import { startDaemon } from '../daemon/start-daemon.js';
import { hasPostgres, sharedPostgres } from '../support/postgres-server.js';
import { createRandom } from '../support/random.js';
import { A, B, C, report } from './given.js';
import { Machines, TURN } from './machines.js';
import { openPlace } from './postgres/open-place.js';

const CONF = [
  'set queue page from@example.org tel@example.org [now] page',
  String.raw`page ^sshd: Failed password from (?<ip>\S+)`,
  'trash .*',
].join('\n');

const NAMES = ['a', 'b', 'c'];
const MINUTE = 60_000;

const failed = (ip: string): string => `sshd: Failed password from ${ip}`;

describe.skipIf(!hasPostgres)('on three machines that meet in PostgreSQL', () => {
  const server = sharedPostgres();

  it('three hits of a key on three of them fill a window of the fleet, and make one page', async () => {
    const machines = await Machines.meet(server(), `set window page 3 10m by ip fleet\n${CONF}`);
    await machines.start(NAMES);
    for (const name of NAMES) {
      expect(machines.mails()).toEqual([]);
      machines.of(name).write(failed('192.0.2.1'));
      machines.of(name).write(failed(`192.0.2.2${name}`));
      await machines.turns(2);
    }
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(1);
    expect(machines.mails()[0]?.text).toMatch(
      /3: sshd: Failed password from ___ \(3 within 10 min: ip 192\.0\.2\.1\)/,
    );
    machines.of('a').write(failed('192.0.2.1'));
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(1); // it counts anew
  });

  it('a throttle of the fleet lets a key make one page, and the rest comes with the next', async () => {
    const machines = await Machines.meet(server(), `set throttle page 1h by ip fleet\n${CONF}`);
    await machines.start(NAMES);
    for (let round = 0; round < 3; round++)
      for (const name of NAMES) {
        machines.of(name).write(failed('192.0.2.1'));
        await machines.turns(3);
      }
    expect(machines.mails()).toHaveLength(1);
    machines.of('b').write(failed('192.0.2.7'));
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(2);
  });

  it('a machine whose config has no fleet any more counts by itself what waited', async () => {
    const machines = await Machines.meet(server(), `set window page 2 10m by ip fleet\n${CONF}`);
    await machines.start(['a']);
    await machines.turn();
    await server().kill();
    machines.of('a').write(failed('192.0.2.1'), failed('192.0.2.1'));
    await machines.turnAway(TURN);
    const { folder, store } = machines.of('a');
    expect(store.askedHits(9)).toHaveLength(2);
    await machines.stop('a');
    await server().start();
    const alone = await startDaemon(`set window page 2 10m by ip\n${CONF}`, {
      clock: machines.clock,
      folder,
    });
    await alone.daemon.poll();
    expect(alone.store.askedHits(9)).toEqual([]);
    expect(alone.store.archivedLetters()).toHaveLength(1);
  });

  it('a machine that is started anew counts no hit twice, and loses none', async () => {
    const machines = await Machines.meet(server(), `set window page 4 10m by ip fleet\n${CONF}`);
    await machines.start(NAMES);
    machines.of('a').write(failed('192.0.2.1'));
    await machines.turn();
    await machines.stop('a');
    await machines.start(['a']);
    await machines.turns(2);
    machines.of('b').write(failed('192.0.2.1'));
    machines.of('c').write(failed('192.0.2.1'));
    await machines.turns(4);
    expect(machines.mails()).toEqual([]);
    machines.of('a').write(failed('192.0.2.1'));
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(1);
  });

  it('hits wait while PostgreSQL is away, and after a minute each machine counts its own, and says so', async () => {
    const machines = await Machines.meet(server(), `set window page 2 10m by ip fleet\n${CONF}`);
    await machines.start(NAMES);
    await machines.turn();
    await server().kill();
    machines.of('a').write(failed('192.0.2.1'), failed('192.0.2.1'));
    machines.of('b').write(failed('192.0.2.1'));
    await machines.turnAway(TURN);
    await machines.turnAway(TURN);
    expect(machines.mails()).toEqual([]);
    for (let at = 0; at < 4; at++) await machines.turnAway(30_000);
    expect(machines.mails()).toHaveLength(1);
    expect(machines.mails()[0]?.text.replace(/\s+/g, ' ')).toContain(
      'counted on this machine alone: the fleet could not be asked',
    );
    await server().start();
    await machines.turns(20);
    machines.of('c').write(failed('192.0.2.1'));
    machines.of('b').write(failed('192.0.2.1'));
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(2);
  });

  it('all that has waited for a minute is counted by each machine, however many lines a storm brings meanwhile', async () => {
    const machines = await Machines.meet(server(), `set window page 2 10m by ip fleet\n${CONF}`);
    await machines.start(['a']);
    await machines.turn();
    await server().kill();
    machines.of('a').write(...Array.from({ length: 3000 }, (_, at) => failed(`10.0.${at >> 8}.${at & 255}`)));
    await machines.turnAway(TURN);
    await machines.turnAway(60_000);
    await machines.turnAway(30_000);
    expect(machines.of('a').events).toContainEqual({ kind: 'hits-alone', hits: 3000 });
    await server().start();
  });
});

const HIT = { host: 'h', count: 1 };

describe.skipIf(!hasPostgres)('the gate in PostgreSQL', () => {
  const server = sharedPostgres();

  it('says of random hits of three nodes what one node says of them, and says it again', async () => {
    const random = createRandom(5);
    const database = await server().database();
    const own = NAMES.map(() => openPlace(server(), database));
    for (const [at, node] of [A, B, C].entries()) await own[at]?.contact(report(node));
    const keys = new TimedKeys();
    // Both count by the clock of PostgreSQL, which forgets a key whose span is over: no run of this test takes as long.
    const now = (await own[0]?.overview())?.now ?? 0;
    const begun = now - 100 * MINUTE;
    const ids = [0, 0, 0];
    for (let batch = 0; batch < 60; batch++) {
      const at = random.below(3);
      const place = own[at];
      const node = [A, B, C][at] ?? A;
      const hits = Array.from({ length: 1 + random.below(6) }, () => {
        const key = `k${random.below(4)}\0`;
        const question: GateQuestion = {
          ...HIT,
          host: `h${at}`,
          count: 1 + random.below(2),
          time: begun + batch * MINUTE + random.below(20 * MINUTE) - 10 * MINUTE,
          window: random.below(3) > 0 ? { space: 'w', key, count: 3, span: 5 * MINUTE } : null,
          throttle: random.below(2) > 0 ? { space: 't', key, span: 8 * MINUTE } : null,
        };
        ids[at] = (ids[at] ?? 0) + 1;
        return { id: ids[at] ?? 0, question };
      });
      const expected = new Map<number, GateAnswer>(
        hits.map(({ id, question }) => [id, answerHit(question, keys, now)]),
      );
      expect((await place?.gate(node, hits))?.answers).toEqual(expected);
      if (random.below(3) === 0) expect((await place?.gate(node, hits))?.answers).toEqual(expected);
    }
  });

  it('counts each of many hits of one key once, when all nodes come at the same time', async () => {
    const database = await server().database();
    const nodes = [A, B, C];
    const places = nodes.map(() => openPlace(server(), database));
    for (const [at, node] of nodes.entries()) await places[at]?.contact(report(node));
    const asked = (from: number): { id: number; question: GateQuestion }[] =>
      Array.from({ length: 20 }, (_, at) => ({
        id: from + at,
        question: {
          ...{ ...HIT, time: Date.now(), throttle: null },
          window: { space: 'w', key: `k${at % 2}`, count: 10, span: 60_000 },
        },
      }));
    const passes = await Promise.all(
      [1, 21, 41].flatMap((from) =>
        nodes.map(async (node, at) => (await places[at]?.gate(node, asked(from)))?.answers.values() ?? []),
      ),
    );
    const all = passes.flatMap((answers) => [...answers]);
    expect(all).toHaveLength(180);
    expect(all.filter(({ kind }) => kind === 'passes')).toHaveLength(18);
  });

  it('forgets keys whose time is over', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    const hit = (id: number, key: string): { id: number; question: GateQuestion } => ({
      id,
      question: { ...HIT, time: Date.now(), window: { space: 'w', key, count: 3, span: 1 }, throttle: null },
    });
    await place.gate(A, [hit(1, 'x'), hit(2, 'y')]);
    await server().ask(database, 'UPDATE tayori.timed_key SET expires = 0');
    await place.gate(A, [hit(3, 'z')]);
    expect(await server().ask(database, 'SELECT key FROM tayori.timed_key')).toEqual([{ key: 'z' }]);
    expect(await server().ask(database, 'SELECT hit FROM tayori.gate_answer')).toEqual([{ hit: '3' }]);
  });
});

describe('lines of several nodes, asked in the order in which one node would read them', () => {
  it.each([1, 2, 3])('pass where that node lets them pass (random lines, seed %i)', (seed) => {
    const random = createRandom(seed);
    const plan: GatePlan = {
      ...{ queue: 'q', isTimed: true, ofFleet: true, follows: [], mutedBy: [], gather: null, remembered: [] },
      window: { space: 'window q ip', by: ['ip'], count: 1 + random.below(3), span: 4000, words: '' },
      throttle: { space: 'throttle q ip', by: ['ip'], span: 6000 },
      ...{ namesKey: true, program: null },
    };
    const plans = { queues: new Map([['q', plan]]), exemptions: [] };
    const one = new QueueGates(plans, new TimedKeys());
    const nodes = NAMES.map(() => new QueueGates(plans, new TimedKeys()));
    const fleet = new TimedKeys();
    for (let now = 1_000_000; now < 1_300_000; now += random.below(2000)) {
      const groups = new Map([['ip', `192.0.2.${random.below(5)}`]]);
      const hit = { time: now - random.below(6000), host: `h${random.below(3)}`, count: 1, groups };
      const node = nodes[random.below(3)] as QueueGates;
      const asked = node.ask(plan, hit, now);
      if (asked.kind !== 'asks') throw new Error('it was stopped');
      const answer = answerHit(asked.question, fleet, now);
      expect(node.answered(plan, hit, asked.muted, answer, now)).toEqual(one.take(plan, hit, now));
    }
  });
});
