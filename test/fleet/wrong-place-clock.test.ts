import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { hasPostgres, sharedPostgres } from '../support/postgres-server.js';
import { Machines } from './machines.js';

const CONF = 'set queue report f@example.org root@example.org [*/5 * * * *] report\nreport ^report';

const YEAR = 365 * 24 * HOUR;

describe.skipIf(!hasPostgres)('a clock of PostgreSQL that is wrong and then set right', () => {
  const server = sharedPostgres();

  /** Writes a line on each node and lets ten minutes pass, which hold two due times. */
  async function pass(machines: Machines, text: string): Promise<void> {
    for (const name of ['a', 'b']) machines.of(name).write(`report ${text} of ${name}`);
    await machines.turns(20, 30_000);
  }

  it.each([
    ['an hour fast', HOUR],
    ['a year fast', YEAR],
    ['an hour slow', -HOUR],
  ])('%s: no letter waits until that time has come', async (_, ahead) => {
    const machines = await Machines.meet(server(), CONF);
    await machines.start(['a', 'b']);
    await pass(machines, 'before');
    machines.ahead = ahead;
    await pass(machines, 'meanwhile');
    machines.ahead = 0;
    await pass(machines, 'after');
    const mails = machines.mails().map(({ text }) => text);
    for (const when of ['before', 'meanwhile', 'after'])
      for (const name of ['a', 'b'])
        expect(mails.filter((text) => text.includes(`1: report ${when} of ${name}`))).toHaveLength(1);
  });
});
