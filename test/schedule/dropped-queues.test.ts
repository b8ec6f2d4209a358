import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { startScriptedServer } from '../mail/servers.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const KEPT = 'set queue a f@x.org t@x.org [30 12 * * *]\na ^x\n';
const DROPPED = 'set queue b g@x.org old@x.org,pager@x.org [30 12 * * *] Old\nb ^y\n';

describe('a queue that the config has dropped while nothing ran', () => {
  it('is mailed as it was last defined, and the others wait', async () => {
    const first = await startDaemon(DROPPED + KEPT);
    first.write('x', 'y', 'y');
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(KEPT, { folder: first.folder });
    await second.daemon.poll();
    const [letter, ...more] = maildir(first.folder);
    expect(more).toEqual([]);
    expect(letter).toContain('From: g@x.org\nTo: old@x.org, pager@x.org\n');
    expect(letter).toContain('Subject: Old [b]');
    expect(letter).toContain('*** Status: removed from the config ***\n\nweb1: \n    2: y\n');
    expect(second.events).toContainEqual({ kind: 'orphaned', queue: 'b', lines: 2, mailed: true });
    expect(second.daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 1 }]);
  });

  it('goes by its last definition, not by its first', async () => {
    const first = await startDaemon(DROPPED + KEPT);
    await first.stop();
    const second = await startDaemon(
      `set subject New\n${DROPPED.replace('old@', 'new@').replace(' Old', '')}${KEPT}`,
      {
        folder: first.folder,
      },
    );
    second.write('y');
    await second.daemon.poll();
    await second.stop();
    const third = await startDaemon(`set subject Other\n${KEPT}`, { folder: first.folder });
    await third.daemon.poll();
    expect(maildir(first.folder)[0]).toContain('To: new@x.org');
    expect(maildir(first.folder)[0]).toContain('Subject: New [b]');
  });

  it('goes through its filter, and a pager letter stays one', async () => {
    const pager = DROPPED.replace('old@', 'pager:old@');
    const first = await startDaemon(`${pager}set filter b /bin/sed s/web1/filtered/\n${KEPT}`);
    first.write('y');
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(KEPT, { folder: first.folder });
    await second.daemon.flush('x', []);
    expect(maildir(first.folder)[0]).toContain('\n\nfiltered,1,y\n');
  });

  it('hands csv to the program that it had', async () => {
    const out = join(temporaryFolder(), 'csv');
    const first = await startDaemon(`set csv [30 12 * * *] /bin/cat > ${out}\ncsv ^z\n${KEPT}`);
    first.write('z', 'z');
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(KEPT, { folder: first.folder });
    await second.daemon.flush('x', []);
    expect(readFileSync(out, 'utf8').trim()).toBe('web1,"z",2');
    expect(second.daemon.pending()).toEqual([]);
  });

  it('waits, and is told, where no definition is known, and is mailed when it has one again', async () => {
    const first = await startDaemon(DROPPED + KEPT);
    first.write('y');
    await first.daemon.poll();
    await first.stop();
    const db = openSqlite(join(first.folder, 'state', 'tayori.db'));
    db.exec('UPDATE queue SET definition = NULL');
    db.close();
    const second = await startDaemon(KEPT, { folder: first.folder });
    await second.daemon.poll();
    expect(second.events).toContainEqual({ kind: 'orphaned', queue: 'b', lines: 1, mailed: false });
    expect(maildir(first.folder)).toEqual([]);
    await second.stop();
    const third = await startDaemon(DROPPED + KEPT, { folder: first.folder });
    await third.daemon.flush('flushing');
    expect(maildir(first.folder)[0]).toContain('    1: y');
  });
});

describe('what hangs does not keep a daemon from ending or reloading, and nothing is lost:', () => {
  it('a filter', async () => {
    const folder = temporaryFolder();
    const clock = heldClock(NOON);
    const filter = join(folder, 'filter');
    writeFileSync(filter, `#!/bin/sh\necho $$ >> ${folder}/started\nexec sleep 1000\n`, { mode: 0o755 });
    const conf = `${KEPT}set filter a ${filter}\n`;
    const first = await startDaemon(conf, { clock });
    first.write('x', 'x');
    const flushed = first.daemon.flush('reloading');
    await until(() => readStarted(folder));
    clock.advance(30_000);
    await flushed;
    await first.stop();
    writeFileSync(filter, '#!/bin/sh\nexec cat\n', { mode: 0o755 });
    const second = await startDaemon(conf, { clock, folder: first.folder });
    await second.daemon.flush('flushing');
    expect(maildir(first.folder)).toHaveLength(1);
    expect(maildir(first.folder)[0]).toContain('*** Status: reloading ***\n\nweb1: \n    2: x\n');
  });

  it('a mail server', async () => {
    const server = await startScriptedServer({ greeting: 'silence' });
    const clock = heldClock(NOON);
    const first = await startDaemon(`set mailserver 127.0.0.1:${server.route.port}\n${KEPT}`, { clock });
    first.write('x', 'x');
    const flushed = first.daemon.flush('terminating');
    await server.connected;
    clock.advance(30_000);
    await flushed;
    await first.stop();
    const second = await startDaemon(KEPT, { clock, folder: first.folder });
    clock.advance(3_600_000);
    await second.daemon.poll();
    expect(maildir(first.folder)[0]).toContain('    2: x');
  });
});

function readStarted(folder: string): string {
  try {
    return readFileSync(join(folder, 'started'), 'utf8');
  } catch {
    return ''; // not yet
  }
}

it.each([
  ['the same zone is made up for', 'UTC', 1],
  ['another zone begins anew', 'Asia/Tokyo', 0],
])('a time that was missed: a schedule that was read in %s', async (_name, zone, letters) => {
  const conf = 'set queue a f@x.org t@x.org [30 11 * * *]\na ^x\n';
  const first = await startDaemon(conf);
  first.write('x');
  await first.daemon.poll();
  first.store.markQueue('a', { schedule: `30 11 * * * ${zone}`, dueAfter: NOON - 3_600_000 });
  await first.stop();
  const second = await startDaemon(conf, { folder: first.folder });
  await second.daemon.poll();
  expect(maildir(first.folder)).toHaveLength(letters);
  expect(second.store.queueMark('a')).toEqual({ schedule: '30 11 * * * UTC', dueAfter: NOON });
});
