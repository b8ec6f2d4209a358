import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryId, ledgerHash } from '../../../src/letter/entry-id.js';
import { NOON, type Running, startDaemon } from '../../daemon/start-daemon.js';
import { A, MAIL, report, sealing } from '../../fleet/given.js';
import { openPlace } from '../../fleet/postgres/open-place.js';
import { heldClock } from '../../support/held-clock.js';
import { hasPostgres, sharedPostgres } from '../../support/postgres-server.js';
import { type Ran, runCli } from '../../support/run-cli.js';

const QUEUES = 'set state state\nset queue mail f@x.org t@x.org [30 12 * * *] S\nmail .\n';
const MESSAGE = 'disk sdb is full';
const ID = entryId('mail', MESSAGE);

describe.skipIf(!hasPostgres)('an entry that the fleet remembers, and this machine does not', () => {
  const server = sharedPostgres();

  /** A node that has counted nothing, of a fleet whose last letter had the message 7 times on web9. */
  async function nodeOfFleet(database: string): Promise<Running> {
    const place = openPlace(server(), database);
    await place.contact(report(A));
    const lease = await place.lease(MAIL.id, A, 60_000);
    if (!lease) throw new Error('no lease');
    const row = { host: 'web9', hash: ledgerHash(MESSAGE), text: MESSAGE, count: 7, first: NOON, last: NOON };
    const entries = [{ queue: 'mail', made: NOON + 9, regular: true, rows: [row], forgetBefore: 0 }];
    expect(await place.seal(lease, sealing({ entries }))).toBe(true);
    return await startDaemon(QUEUES, { clock: heldClock(NOON) });
  }

  function run({ folder }: Running, database: string, ...argv: string[]): Promise<Ran> {
    const path = join(folder, 'tenshi.conf');
    const line = `set fleet postgresql://tayori@127.0.0.1:${server().port}/${database}\n`;
    writeFileSync(path, `set timezone UTC\nset logfile x.log\n${QUEUES}${line}`);
    return runCli([argv[0] ?? '', '-c', path, ...argv.slice(1)]);
  }

  it('is explained with the history of the fleet', async () => {
    const database = await server().database();
    const node = await nodeOfFleet(database);
    const { out, err, code } = await run(node, database, 'explain', ID);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${ID} is an entry of [mail]: ${MESSAGE}\n`);
    expect(out).toMatch(/\n {2}hosts +web9\n[\s\S]*\n {2}usual +7 lines a letter\n/);
  });

  it('can be snoozed', async () => {
    const database = await server().database();
    const node = await nodeOfFleet(database);
    const { out, err, code } = await run(node, database, 'snooze', ID, '1d', 'ordered');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /it wakes before, if a day has 70 lines of it; .* other machines of the fleet within/,
    );
    expect(node.store.snoozes()).toMatchObject([{ queue: 'mail', message: MESSAGE, usual: 7 }]);
  });

  it('is not in a preview, which says that it is of this machine', async () => {
    const database = await server().database();
    const node = await nodeOfFleet(database);
    const { out, err, code } = await run(node, database, 'preview');
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^this is what this machine has counted, .*\nmail: it is empty/);
  });

  it('is not known while the fleet cannot be asked, which is said', async () => {
    const node = await nodeOfFleet(await server().database());
    const { err, code } = await run(node, 'elsewhere', 'explain', ID);
    expect(code).toBe(1);
    expect(err).toMatch(
      /no entry has the id .*\ntayori: the fleet, which may know it, could not be asked \(/,
    );
  });
});
