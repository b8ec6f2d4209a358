import { describe, expect, it } from 'vitest';
import { hasPostgres, sharedPostgres, startPostgres } from '../support/postgres-server.js';
import { Machines } from './machines.js';

/** All that a log says pages, but for what tayori says itself. */
const CONF = ['set queue page from@example.org tel@example.org [now] page', 'page ^(?!tayori: )'].join('\n');

/** What Postfix logs of a letter. */
function postfix(id: string, queueId = '4XyZab1CdEzFg'): string[] {
  return [
    `postfix/smtpd[12]: ${queueId}: client=localhost[127.0.0.1]`,
    `postfix/cleanup[13]: ${queueId}: message-id=${id}`,
    `postfix/qmgr[8]: ${queueId}: from=<from@example.org>, size=1203, nrcpt=1 (queue active)`,
    `postfix/smtp[14]: ${queueId}: to=<tel@example.org>, relay=x.org[192.0.2.1]:25, status=sent (250 ok)`,
    `postfix/qmgr[8]: ${queueId}: removed`,
  ];
}

/** Message-IDs of the mails that have come. */
function ids(machines: Machines): string[] {
  return machines.received.map(({ mime }) => /^Message-ID:\s*(<.*>)/im.exec(mime)?.[1] ?? '');
}

/** How many lines about own letters a node has read. */
function ownLines(machines: Machines, name: string): number {
  return machines.of(name).store.counters().get('own') ?? 0;
}

describe.skipIf(!hasPostgres)('lines that a letter of the fleet causes', () => {
  const server = sharedPostgres();

  it('are counted by no node, whoever has sent it; with a forged code they are', async () => {
    const machines = await Machines.meet(server(), CONF);
    await machines.start(['a', 'b']);
    machines.of('a').write('disk 1 fails');
    await machines.turns(2);
    const [id = ''] = ids(machines);
    machines.of('b').write(...postfix(id));
    await machines.turns(3);
    expect(machines.mails()).toHaveLength(1);
    expect(ownLines(machines, 'b')).toBe(5);

    const forged = id.replace(/[0-9a-f]{16}(?=\.[0-9a-f]{8}@)/, '0123456789abcdef');
    expect(forged).not.toBe(id);
    machines.of('b').write(`postfix/cleanup[13]: 4AnOther1CdEz: message-id=${forged}`);
    await machines.turns(2);
    expect(machines.mails()).toHaveLength(2);
    expect(machines.mails()[1]?.text).toContain(`message-id=${forged}`);
    expect(ownLines(machines, 'b')).toBe(5);
  });

  it('are counted by none after a restart while PostgreSQL is away, those of a page that went directly, too', async () => {
    const own = await startPostgres();
    const machines = await Machines.meet(own, CONF);
    await machines.start(['a', 'b']);
    machines.of('a').write('disk 1 fails');
    await machines.turns(2);
    const { write } = machines.of('b');
    await machines.stop('b');
    await own.kill();
    write(...postfix(ids(machines)[0] ?? ''));
    await machines.start(['b']);
    expect(ownLines(machines, 'b')).toBe(5);
    machines.of('a').write('disk 2 fails');
    await machines.turnAway(60_000);
    expect(machines.mails()).toHaveLength(2);
    machines.of('b').write(...postfix(ids(machines)[1] ?? '', '4OtherOneEzFg'));
    await machines.turnAway(60_000);
    expect(ownLines(machines, 'b')).toBe(10);
    expect(machines.mails()).toHaveLength(2);
  });
});
