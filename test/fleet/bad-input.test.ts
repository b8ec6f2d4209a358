import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startMailServer } from '../support/mail-server.js';
import { hasPostgres } from '../support/postgres-server.js';
import { noSmallDisk, smallDisk } from '../support/small-disk.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { lettersWith, letterWith, QUEUES, RealFleet } from './real-fleet.js';

const MOVED_CLOCK = fileURLToPath(new URL('../moved-clock.cjs', import.meta.url));

/** What a page says that went without the fleet. */
const TWICE = /twice/;

describe.skipIf(!hasPostgres)('nodes that are not alike', () => {
  it('of one name: the second is told so, its pages go directly, and under another name it is a node', async () => {
    const fleet = await RealFleet.start();
    await fleet.node('a');
    await fleet.met('a');
    const second = await fleet.node('a', { folder: 'second' });
    await second.process.says('another node of the fleet is called a');
    expect(await second.status()).toMatch(/name is that of another node/);
    second.write('page of the second');
    expect(await letterWith(fleet.mail, 'page', 'page of the second')).toMatch(TWICE);
    await second.process.end('SIGTERM');
    const renamed = await fleet.node('b', { folder: 'second' });
    await fleet.met('b');
    renamed.write('page of b');
    expect(await letterWith(fleet.mail, 'page', 'page of b')).not.toMatch(TWICE);
  });

  it('with an old config: letters are not merged, and each tells of the other', async () => {
    const fleet = await RealFleet.start();
    const conf = QUEUES.replace('t@x.org [0 12', 'other@x.org [0 12');
    const [a, b] = [await fleet.node('a'), await fleet.node('b', { conf })];
    await fleet.met('a', 'b');
    a.write('said on a');
    b.write('said on b');
    for (const node of [a, b]) node.flush();
    const [ofA, ofB] = [
      await letterWith(fleet.mail, 'digest', 'said on a'),
      await letterWith(fleet.mail, 'digest', 'said on b'),
    ];
    expect(ofA).not.toContain('said on b');
    expect(ofA).toMatch(/b defines this queue differently.*other@x\.org/s);
    expect(ofB).toMatch(/a defines this queue differently.*t@x\.org/s);
    await b.process.says('digest');
    expect(await b.status()).toMatch(/\[digest\]\s+is defined differently on a/);
  });

  it('in different time zones, with a config that sets one, and with a wrong clock: they write the same letters', async () => {
    const fleet = await RealFleet.start();
    const conf = `set timezone UTC\n${QUEUES}`;
    const wrongClock = { NODE_OPTIONS: `--require=${MOVED_CLOCK}`, MOVED_CLOCK: '300' };
    await fleet.node('a', { conf, launch: { env: { TZ: 'Asia/Tokyo' } } });
    await fleet.node('b', { conf, launch: { env: { TZ: 'America/New_York' } } });
    const c = await fleet.node('c', { conf, launch: { env: wrongClock } });
    await fleet.met('a', 'b', 'c');
    expect(await fleet.value('SELECT count(*)::int FROM tayori.series')).toBe(2);
    await c.process.says('the clock of this machine is');
    expect(await c.status()).toMatch(/clock/);
  });

  it('in different time zones, which their configs leave to the machine: letters apart, which is told', async () => {
    const fleet = await RealFleet.start();
    const a = await fleet.node('a', { launch: { env: { TZ: 'Asia/Tokyo' } } });
    const b = await fleet.node('b', { launch: { env: { TZ: 'America/New_York' } } });
    await fleet.met('a', 'b');
    a.write('said on a');
    b.write('said on b');
    for (const node of [a, b]) node.flush();
    const text = await letterWith(fleet.mail, 'digest', 'said on a');
    expect(text).not.toContain('said on b');
    expect(text).toContain('America/New_York');
    expect(await letterWith(fleet.mail, 'digest', 'said on b')).toContain('Asia/Tokyo');
  });
});

describe.skipIf(!hasPostgres)('a meeting place that cannot be used', () => {
  /** Pages go directly, other letters wait; when it can be used again, they go. */
  async function expectAwayAndBack(
    fleet: RealFleet,
    told: RegExp,
    mend: () => Promise<void>,
    conf: string = QUEUES,
  ): Promise<void> {
    const node = await fleet.node('a', { conf });
    await until(() => told.test(node.process.err() + node.process.out()), node.process.ended);
    expect(await node.status()).toMatch(told);
    node.write('page directly');
    expect(await letterWith(fleet.mail, 'page', 'page directly')).toMatch(TWICE);
    await mend();
    await node.process.says('can be used again');
    node.write('page by the fleet');
    expect(await letterWith(fleet.mail, 'page', 'page by the fleet')).not.toMatch(TWICE);
    expect(lettersWith(fleet.mail, 'page directly')).toBe(1);
  }

  it('read-only', async () => {
    const fleet = await RealFleet.start();
    await fleet.server.ask('postgres', 'ALTER ROLE tayori SET default_transaction_read_only = on');
    await expectAwayAndBack(fleet, /read-only/, async () => {
      await fleet.server.ask('postgres', 'ALTER ROLE tayori SET default_transaction_read_only = off');
      await fleet.disconnect();
    });
  });

  it('with a wrong password: the file is read again', async () => {
    const fleet = await RealFleet.start({ password: 'right' });
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, 'wrong\n', { mode: 0o600 });
    await expectAwayAndBack(
      fleet,
      /does not take the password/,
      async () => writeFileSync(file, 'right\n'),
      `set fleet_password ${file}\n${QUEUES}`,
    );
  });

  it("somebody else's schema tayori, which stays as it is", async () => {
    const fleet = await RealFleet.start();
    await fleet.server.ask(fleet.database, 'CREATE SCHEMA tayori CREATE TABLE customer (name text)');
    await fleet.server.ask(fleet.database, 'GRANT ALL ON SCHEMA tayori TO tayori');
    await expectAwayAndBack(fleet, /not of this program/, async () => {
      expect(await fleet.value("SELECT count(*)::int FROM pg_tables WHERE schemaname = 'tayori'")).toBe(1);
      await fleet.server.ask(fleet.database, 'ALTER SCHEMA tayori RENAME TO shop');
    });
  });

  it('of a newer version that this program does not know; one that it can work with is no trouble', async () => {
    const fleet = await RealFleet.start();
    const first = await fleet.node('first');
    await fleet.met('first');
    await first.process.end('SIGTERM');
    await fleet.server.ask(fleet.database, 'UPDATE tayori.about SET version = 99, compatible_from = 99');
    await expectAwayAndBack(fleet, /newer tayori/, async () => {
      await fleet.server.ask(fleet.database, 'UPDATE tayori.about SET compatible_from = 1');
    });
    expect(await fleet.value('SELECT version::int FROM tayori.about')).toBe(99);
  });

  it.skipIf(noSmallDisk)('on a disk that is full', async () => {
    const fleet = await RealFleet.start();
    const disk = smallDisk();
    const place = join(disk.folder, 'tablespace');
    mkdirSync(place);
    chmodSync(disk.folder, 0o755);
    chownSync(place, 65534, 65534);
    await fleet.server.ask('postgres', `CREATE TABLESPACE small LOCATION '${place}'`);
    await fleet.server.ask('postgres', 'GRANT CREATE ON TABLESPACE small TO tayori');
    await fleet.server.ask('postgres', `ALTER DATABASE ${fleet.database} SET default_tablespace = small`);
    const node = await fleet.node('a');
    await fleet.met('a');
    disk.fill();
    const messages = Array.from({ length: 5000 }, (_, at) => `message ${at * 7919} of many that fill a disk`);
    node.write(...messages, 'page behind them');
    node.flush();
    await node.process.says('disk is full');
    disk.clear();
    await node.process.says('can be used again');
    node.write('page by the fleet');
    expect(await letterWith(fleet.mail, 'page', 'page by the fleet')).not.toMatch(TWICE);
    expect(await letterWith(fleet.mail, 'digest', 'message 7919 of')).toContain('message 39587081 of');
  });
});

describe.skipIf(!hasPostgres)('an editor', () => {
  it('that stands still for longer than its lease and goes on: there is one letter', async () => {
    const fleet = await RealFleet.start();
    const folder = temporaryFolder();
    const filter = join(folder, 'filter');
    // Holds up the first letter that is made, until a file is there.
    writeFileSync(
      filter,
      `#!/bin/sh\nif mkdir ${folder}/first 2>/dev/null; then until [ -e ${folder}/go ]; do sleep 0.1; done; fi\ncat\n`,
      { mode: 0o755 },
    );
    const conf = `${QUEUES}set filter digest ${filter}\n`;
    const a = await fleet.node('a', { conf });
    const b = await fleet.node('b', { conf });
    await fleet.met('a', 'b');
    a.write('said once');
    a.flush();
    await until(() => existsSync(join(folder, 'first')), a.process.ended);
    const editor =
      (await fleet.value(
        "SELECT lease_node FROM tayori.series WHERE lease_until IS NOT NULL AND queue = 'digest'",
      )) === 'a'
        ? a
        : b;
    editor.process.child.kill('SIGSTOP');
    // As if its time were over.
    await fleet.server.ask(fleet.database, "UPDATE tayori.series SET lease_until = 0 WHERE queue = 'digest'");
    (editor === a ? b : a).flush();
    await letterWith(fleet.mail, 'digest', 'said once');
    writeFileSync(join(folder, 'go'), '');
    editor.process.child.kill('SIGCONT');
    await fleet.until('SELECT count(*) = 0 FROM tayori.letter');
    for (const node of [a, b]) await node.process.end('SIGTERM');
    expect(lettersWith(fleet.mail, 'said once')).toBe(1);
    expect(await fleet.value('SELECT count(*)::int FROM tayori.contribution')).toBe(0);
  });

  it('that dies when its letter is taken and nobody has heard so: the letter comes again as it was', async () => {
    const fleet = await RealFleet.start();
    const [mailOfA, mailOfB] = [await startMailServer(), await startMailServer()];
    const a = await fleet.node('a', { mail: mailOfA });
    await fleet.met('a');
    a.write('page once');
    // It cannot say that the letter is delivered.
    await fleet.server.ask(
      fleet.database,
      `CREATE FUNCTION tayori.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
       CREATE TRIGGER refuse BEFORE DELETE OR UPDATE OF recipients ON tayori.letter FOR EACH ROW EXECUTE FUNCTION tayori.refuse()`,
    );
    await letterWith(mailOfA, 'page', 'page once');
    await a.process.end('SIGKILL');
    await fleet.server.ask(fleet.database, 'DROP TRIGGER refuse ON tayori.letter');
    const b = await fleet.node('b', { mail: mailOfB });
    await fleet.met('b');
    // As if the time of the first holder were over.
    await fleet.server.ask(fleet.database, 'UPDATE tayori.letter SET held_until = 0');
    b.flush();
    await letterWith(mailOfB, 'page', 'page once');
    await fleet.until('SELECT count(*) = 0 FROM tayori.letter');
    const [first, again] = [mailOfA, mailOfB].map(({ letters }) =>
      letters.find(({ subject }) => subject?.includes('[page]')),
    );
    expect(again?.messageId).toBe(first?.messageId);
    expect(again?.text).toBe(first?.text);
    await b.process.end('SIGTERM');
  });
});
