import { describe, expect, it } from 'vitest';
import { hasPostgres, sharedPostgres } from '../support/postgres-server.js';
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
});
