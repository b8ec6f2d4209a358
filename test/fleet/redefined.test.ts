import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { hasPostgres, sharedPostgres } from '../support/postgres-server.js';
import { Machines } from './machines.js';

const RULES = 'set flush_on_signal off\nset fleet_wait 1h\nreport ^report\ntrash .*';

function queue(to: string, schedule = '0 12 * * *'): string {
  return `set queue report from@example.org ${to}@example.org [${schedule}] report`;
}

/** All nodes but c, which is dead at noon and waited for, have handed in; then the queue is redefined. */
async function redefined(machines: Machines, before: string, after: string): Promise<void> {
  await machines.start(['a', 'b', 'c'], { more: before });
  machines.of('a').write('report of a');
  machines.of('b').write('report of b');
  await machines.turn(5000);
  await machines.stop('c');
  await machines.turn(55_000);
  await machines.turns(3);
  expect(machines.mails()).toEqual([]);
  for (const name of ['a', 'b']) await machines.stop(name);
  await machines.start(['a', 'b', 'c'], { more: after });
  await machines.turns(6);
}

describe.skipIf(!hasPostgres)('a queue that all nodes redefine while its letter waits', () => {
  const server = sharedPostgres();

  it('loses nothing of what was handed in: it goes at once, to whom the queue is mailed now', async () => {
    const machines = await Machines.meet(server(), RULES);
    await redefined(machines, queue('old'), queue('new'));
    expect(machines.mails()).toHaveLength(1);
    expect(machines.received[0]?.mime).toMatch(/^To: .*new@example/m);
    expect(machines.mails()[0]?.text).toMatch(/report of a[\s\S]*report of b/);
    await machines.turn(24 * HOUR);
    await machines.turns(4);
    expect(machines.mails()).toHaveLength(1);
  });

  it('loses nothing where its letters go at once now', async () => {
    const machines = await Machines.meet(server(), RULES);
    await redefined(machines, queue('old'), queue('new', 'now'));
    expect(machines.mails()).toHaveLength(1);
    expect(machines.mails()[0]?.text).toMatch(/report of a[\s\S]*report of b/);
  });

  it('sends no empty letter for a due time that was over before it was defined so', async () => {
    const machines = await Machines.meet(server(), `set empty report on\n${RULES}`);
    await machines.start(['a', 'b'], { more: queue('old') });
    await machines.turns(3);
    expect(machines.mails()).toEqual([]);
    await machines.turn(60_000);
    await machines.turns(3);
    expect(machines.mails()).toHaveLength(1);
    for (const name of ['a', 'b']) await machines.stop(name);
    await machines.start(['a', 'b'], { more: queue('new') });
    await machines.turns(6);
    expect(machines.mails()).toHaveLength(1);
    await machines.turn(24 * HOUR);
    await machines.turns(3);
    expect(machines.mails()).toHaveLength(2);
  });
});
