import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { maildir } from '../support/maildir.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

/** A folder of so many logs, each with a line, and a config with a glob that finds them. */
function prepare(count: number): { folder: string; conf: string; logs: string[] } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs'));
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(
    conf,
    'set uid root\nset state state\nset sleep 1\nset logfile logs/*.log\nset queue a f@x.org t@x.org [30 12 29 2 *]\na .\n',
  );
  const logs = Array.from({ length: count }, (_, n) => join(folder, 'logs', `app-${n + 1}.log`));
  for (const log of logs) writeFileSync(log, line(log, 'old'));
  return { folder, conf, logs };
}

function line(log: string, what: string): string {
  return `Nov 29 10:00:00 web1 app: ${what} ${log}\n`;
}

/** What the state holds of these lines, and how many of other ones: as another process sees it. */
function counted(folder: string, what: string): number {
  const file = join(folder, 'state', 'tayori.db');
  if (!existsSync(file)) return 0;
  const db = openSqlite(file, { readonly: true });
  try {
    return Number(
      db
        .prepare('SELECT coalesce(sum(count), 0) FROM tally WHERE message LIKE ?')
        .pluck()
        .get(`app: ${what} %`),
    );
  } finally {
    db.close();
  }
}

it('a line written to any of 2,000 logs after the first screen is told', async () => {
  const { folder, conf, logs } = prepare(2000);
  const daemon = launch(['-f', '-c', conf]);
  await daemon.says('Watched');
  for (const log of logs) appendFileSync(log, line(log, 'new'));
  await until(() => counted(folder, 'new') >= logs.length, daemon.ended);
  expect(counted(folder, 'new')).toBe(logs.length);
  expect(counted(folder, 'old')).toBe(0);
});

it('with 300 logs and 200 descriptors, all are read, through a rotation, and mail and state have theirs', async () => {
  const { folder, conf, logs } = prepare(300);
  const limited = ['sh', '-c', 'ulimit -n 200; exec "$@"', 'sh'];
  const daemon = launch(['-f', '-c', conf], { through: limited });
  await daemon.says('Watched');
  for (const log of logs) appendFileSync(log, line(log, 'new'));
  await until(() => counted(folder, 'new') >= logs.length, daemon.ended);
  for (const log of logs) {
    appendFileSync(log, line(log, 'late'));
    renameSync(log, `${log}.1`);
    writeFileSync(log, line(log, 'next'));
  }
  await until(() => counted(folder, 'next') >= logs.length, daemon.ended);
  await until(() => counted(folder, 'late') >= logs.length, daemon.ended);
  expect(daemon.err()).toContain('there are more logs than may be open at once');
  const status = launch(['status', '-c', conf]);
  await status.ended;
  expect(status.out()).toMatch(
    /There are more logs than may be open at once \(\d+\): they are opened in turns/,
  );
  expect(await daemon.end('SIGTERM')).toBe(0);
  const told = ['old', 'new', 'late', 'next'].map((what) => counted(folder, what));
  expect(told).toEqual([0, 300, 300, 300]);
  expect(maildir(join(folder, 'state')), daemon.err() + daemon.out().slice(-600)).toHaveLength(1);
});
