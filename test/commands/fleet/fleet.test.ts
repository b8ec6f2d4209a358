import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/base/time/duration.js';
import { letterText, NOON, type Running, startDaemon } from '../../daemon/start-daemon.js';
import { A, all, B, MAIL, report, sealing } from '../../fleet/given.js';
import { openPlace } from '../../fleet/postgres/open-place.js';
import { heldClock } from '../../support/held-clock.js';
import { maildir } from '../../support/maildir.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../../support/postgres-server.js';
import { type Ran, runCli } from '../../support/run-cli.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const QUEUES = 'set state state\nset queue mail f@x.org t@x.org [30 12 * * *] S\nmail .\n';

/** Runs the command by a config of its own. */
async function fleet(conf: string, ...argv: string[]): Promise<Ran> {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(path, `${QUEUES}set logfile /var/log/x\nset timezone UTC\n${conf}`);
  const { out, err, code } = await runCli(['fleet', '-c', path, ...argv]);
  return { code, out, err: err.replaceAll(path, 'tenshi.conf') };
}

describe('tayori fleet', () => {
  it.each<[name: string, conf: string, argv: readonly string[], code: number, told: string]>([
    ['a config without a fleet', '', [], 1, 'tayori: tenshi.conf names no fleet, so this machine writes'],
    ['to forget nobody', '', ['forget'], 2, 'which node? Write tayori fleet forget NODE'],
    ['to import a name', '', ['import', 'web1'], 2, 'leave "web1" out'],
    ['JSON of what is done', '', ['forget', 'web1', '--json'], 2, '--json is for the list, without forget'],
    ['another word', '', ['leave'], 2, 'forget'],
    [
      'a database that is away',
      'set fleet postgresql://u@127.0.0.1:1/logs\n',
      [],
      1,
      'tayori: postgresql://u@127.0.0.1:1/logs: nothing listens there, so look whether it is running; the machines go on counting, and hand in what waits when it is back\n',
    ],
    [
      'a password that cannot be read',
      'set fleet postgresql://u@127.0.0.1:1/logs\nset fleet_password /no/such\n',
      [],
      1,
      'nothing listens there',
    ],
  ])('refuses %s', async (_, conf, argv, code, told) => {
    const ran = await fleet(conf, ...argv);
    expect(ran.err).toContain(told);
    expect([ran.code, ran.out]).toEqual([code, '']);
  });

  it('ends with 1 at a config with an error, which it tells', async () => {
    const { code, err } = await fleet('set fleet db\n');
    expect([code, err]).toEqual([1, expect.stringContaining('error: "db" as an address')]);
  });
});

describe.skipIf(!hasPostgres)('tayori fleet, with PostgreSQL', () => {
  const server = sharedPostgres();
  const lineOf = (database: string): string =>
    `set fleet postgresql://tayori@127.0.0.1:${server().port}/${database}\n`;

  it('says of a database that nobody has used that there is no node', async () => {
    const { out, err, code } = await fleet(lineOf(await server().database()));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('0 nodes at postgresql://tayori@127.0.0.1:');
  });

  it('shows nodes, with what they wait for, and forgets one', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    const { now } = await place.overview();
    for (const node of [A, B]) await place.contact(report(node, [MAIL], now));
    await place.reportServed(A, [{ series: MAIL.id, due: NOON }]);
    const { out } = await fleet(lineOf(database));
    expect(out).toMatch(/^2 nodes at /);
    expect(out).toMatch(/\n {2}a {2}0\.1\.0 {2}heard of \d+ s ago {2}clock right {2}1 queue\n/);
    expect(out).toMatch(/\n {2}b .* 1 queue {2}behind since Fri 20 Nov/);
    expect(out).toMatch(/\n {2}\[mail\] {2}due Fri 20 Nov.* 0 parts {2}without b\n/);
    const json = await fleet(lineOf(database), '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      nodes: [
        { name: 'a', behindSince: null },
        { name: 'b', behindSince: new Date(NOON).toISOString() },
      ],
      waiting: [{ queue: 'mail', contributions: 0, missing: ['b'] }],
    });
    const unknown = await fleet(lineOf(database), 'forget', 'web1');
    expect([unknown.code, unknown.err]).toEqual([1, 'tayori: there is no node "web1"; nodes are a, b\n']);
    const forgotten = await fleet(lineOf(database), 'forget', 'b');
    expect([forgotten.code, forgotten.out]).toEqual([
      0,
      expect.stringMatching(/^b is forgotten: no letter waits for it any more; .*\n$/),
    ]);
    expect((await fleet(lineOf(database))).out).toContain('nobody is missing');
  });

  it('leaves a schema of somebody else alone, and says so', async () => {
    const database = await server().database();
    await server().ask(database, 'CREATE SCHEMA tayori CREATE TABLE x (y int)');
    const { code, err } = await fleet(lineOf(database));
    expect(code).toBe(1);
    expect(err).toContain('its schema tayori is not of this program: give the fleet a database');
    expect(err).toContain('letters wait until that is mended: see tayori-fleet(7)');
  });

  it('tells a wrong password, and repeats nothing of it', async () => {
    const locked = await startPostgres({ password: 'right' });
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, 'WRONG\n', { mode: 0o600 });
    const line = `set fleet postgresql://tayori@127.0.0.1:${locked.port}/${await locked.database()}\n`;
    const { code, err } = await fleet(`${line}set fleet_password ${file}\n`);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('it does not take the password of the user tayori: put the right one where'),
    ]);
    expect(err).not.toContain('WRONG');
    writeFileSync(file, 'right');
    expect(await fleet(`${line}set fleet_password ${file}\n`)).toMatchObject({ code: 0, err: '' });
    const none = await fleet(line);
    expect(none.err).toContain('asks for a password: write set fleet_password FILE');
  });

  describe('import', () => {
    const takeAlong = ({ folder }: Running): Promise<Ran> =>
      runCli(['fleet', 'import', '-c', join(folder, 'tenshi.conf')]);

    /** A daemon that has written a letter of three messages. */
    async function withHistory(database: string): Promise<Running> {
      const clock = heldClock(NOON - DAY);
      const running = await startDaemon(`${QUEUES}set letter full\n`, { clock });
      running.write('cron x', 'disk sda', 'cron y');
      await running.daemon.poll();
      clock.advance(DAY);
      await running.daemon.poll();
      expect(maildir(running.folder).map(letterText)).toHaveLength(1);
      const conf = join(running.folder, 'tenshi.conf');
      writeFileSync(conf, `set timezone UTC\nset logfile x.log\n${QUEUES}${lineOf(database)}`);
      return running;
    }

    it('takes the history of letters along beside the daemon, once', async () => {
      const database = await server().database();
      const place = openPlace(server(), database);
      const running = await withHistory(database);
      expect(await takeAlong(running)).toEqual({
        code: 0,
        err: '',
        out: 'The history of letters is taken along to the fleet:\n  [mail]  3 messages\n',
      });
      const imported = (await all(place.ledger('mail'))).flat();
      expect(imported.map(({ text, latest }) => [text, latest]).sort()).toEqual([
        ['cron x', 1],
        ['cron y', 1],
        ['disk sda', 1],
      ]);
      const again = await takeAlong(running);
      expect(again.out).toBe(
        'The history of letters is taken along to the fleet:\n  [mail]  3 messages, which the fleet knew already\n',
      );
      expect((await all(place.ledger('mail'))).flat()).toEqual(imported);
    });

    it('changes nothing when it is run again after letters of the fleet', async () => {
      const database = await server().database();
      const place = openPlace(server(), database);
      const running = await withHistory(database);
      await takeAlong(running);
      await place.contact(report(A));
      const lease = await place.lease(MAIL.id, A, 60_000);
      if (!lease) throw new Error('no lease');
      const [line] = (await all(place.ledger('mail'))).flat();
      if (!line) throw new Error('no history');
      const rows = [{ ...line, count: 7, first: NOON + 1, last: NOON + 1 }];
      const entries = [{ queue: 'mail', made: NOON + 9, regular: true, rows, forgetBefore: 0 }];
      expect(await place.seal(lease, sealing({ entries }))).toBe(true);
      const before = (await all(place.ledger('mail'))).flat();
      expect(before.map(({ latest }) => latest).sort()).toEqual([1, 1, 2]);
      await takeAlong(running);
      expect((await all(place.ledger('mail'))).flat()).toEqual(before);
    });

    it('says where there is nothing to take along', async () => {
      const database = await server().database();
      const running = await startDaemon(`${QUEUES}${lineOf(database)}`);
      const { code, out } = await takeAlong(running);
      expect([code, out]).toEqual([
        0,
        'no letter of this machine is remembered, so there is nothing to take along\n',
      ]);
    });
  });
});
