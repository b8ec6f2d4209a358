import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../support/postgres-server.js';
import { Machines } from './machines.js';

const CONF = [
  'set queue report from@example.org root@example.org [0 12 * * *] report',
  'set queue page from@example.org tel@example.org [now] page',
  'report ^report',
  'page ^panic',
  'trash .*',
].join('\n');

const NAMES = ['a', 'b', 'c'];

describe.skipIf(!hasPostgres)('three machines that meet in PostgreSQL', () => {
  const server = sharedPostgres();

  it('write one letter at noon', async () => {
    const machines = await Machines.meet(server(), CONF);
    await machines.start(NAMES);
    for (const name of NAMES) machines.of(name).write('report everywhere', `report only ${name}`);
    await machines.turn(60_000);
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(1);
    const [letter] = machines.mails();
    expect(letter?.text).toMatch(/3: report everywhere/);
    for (const name of NAMES) expect(letter?.text).toMatch(new RegExp(`1: report only ${name}`));
    for (const name of NAMES) expect(machines.of(name).daemon.outbox()).toEqual([]);
  });

  it('write it in time where the clock of one is five minutes fast, which it tells, and a fourth lacks the queue', async () => {
    // They would wait for whoever does not report.
    const machines = await Machines.meet(server(), `set fleet_wait 1h\n${CONF}`);
    await machines.start(['a', 'b']);
    await machines.start(['c'], { ahead: 300_000 });
    await machines.start(['d'], { conf: CONF.replace(/^(?:set queue )?report .*$/gm, '') });
    for (const name of NAMES) machines.of(name).write('report everywhere');
    await machines.turn(55_000);
    expect(machines.mails()).toEqual([]);
    await machines.turns(3);
    expect(machines.mails()).toHaveLength(1);
    expect(machines.mails()[0]?.text).toMatch(/3: report everywhere/);
    expect(machines.mails()[0]?.text).toMatch(/the clock of c is 5 min fast/);
    expect(machines.received[0]?.mime).toMatch(/^Date: Fri, 20 Nov 2026 12:00:0/m);
  });

  it('write a letter without a node that is dead at noon, name it, and tell its counts in the next one', async () => {
    const machines = await Machines.meet(server(), CONF);
    await machines.start(NAMES);
    for (const name of NAMES) machines.of(name).write(`report of ${name}`);
    await machines.turn(5000);
    await machines.stop('c');
    await machines.turn(55_000);
    await machines.turns(3, 30_000);
    expect(machines.mails()).toEqual([]);
    await machines.turns(2, 30_000);
    const [noon] = machines.mails();
    expect(noon?.text).toContain('report of b');
    expect(noon?.text).not.toContain('report of c');
    expect(noon?.text).toMatch(/not reported in time: c \(last heard of Nov 20 11:59\)/);

    machines.clock.advance(HOUR);
    await machines.start(['c']);
    await machines.turns(3);
    expect(machines.mails()).toHaveLength(1);
    for (const name of ['a', 'b']) machines.of(name).write(`report again of ${name}`);
    await machines.turn(23 * HOUR);
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(2);
    const next = machines.mails()[1];
    expect(next?.text).toMatch(/1: report of c/);
    expect(next?.text).toMatch(/late/);
  });

  it('lose nothing and write nothing twice while PostgreSQL is away for hours', async () => {
    const server = await startPostgres();
    const machines = await Machines.meet(server, CONF);
    await machines.start(NAMES);
    await machines.turns(2);
    for (let day = 0; day < 3; day++) {
      await server.kill();
      for (const name of NAMES) machines.of(name).write(`report ${day} of ${name}`);
      await machines.turnAway(12 * HOUR);
      await machines.turnAway(11 * HOUR);
      await server.start();
      await machines.turns(12);
      await machines.turn(HOUR);
      await machines.turns(4);
    }
    const counted = machines.mails().flatMap(({ text }) => text.match(/\d+: report \d of \w/g) ?? []);
    const expected = [0, 1, 2].flatMap((day) => NAMES.map((name) => `1: report ${day} of ${name}`));
    expect(counted.sort()).toEqual(expected.sort());
  });

  it('send one page for a storm that hits all of them, and one more for what followed', async () => {
    const machines = await Machines.meet(server(), `${CONF}\nset fold page 5m`);
    await machines.start(NAMES);
    machines.of('a').write('panic first');
    await machines.turn();
    expect(machines.mails()).toHaveLength(1);
    await machines.turns(3);
    for (let round = 0; round < 10; round++) {
      for (const name of NAMES) machines.of(name).write('panic first');
      await machines.turns(2);
    }
    expect(machines.mails()).toHaveLength(1);
    await machines.turns(40);
    expect(machines.mails()).toHaveLength(2);
    expect(machines.mails()[1]?.text).toMatch(/30: panic first/);
    machines.of('b').write('panic of another kind');
    await machines.turns(2);
    expect(machines.mails()).toHaveLength(3);
  });
});
