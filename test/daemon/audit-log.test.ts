import { appendFileSync, chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { EVENT, record } from '../line/decode/audit-samples.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const AS_ROOT = process.getuid?.() === 0 ? 'set uid root\n' : '';

/** The messages that a state counts, each with its count. */
function counted(folder: string): unknown[] {
  const file = join(folder, 'state', 'tayori.db');
  if (!existsSync(file)) return [];
  const db = openSqlite(file, { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tally'").get();
    return made ? db.prepare('SELECT * FROM tally').all() : [];
  } finally {
    db.close();
  }
}

it('an event of which a half was written is whole and counted once when the daemon is killed', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [conf, log] = [join(folder, 'tenshi.conf'), join(folder, 'audit.log')];
  writeFileSync(
    conf,
    `${AS_ROOT}set state state
set sleep 1
set flush_on_signal off
set logfile audit.log
set start beginning
set decode audit.log audit
set queue a f@x.org t@x.org [30 12 29 2 *]
a ^audit: SYSCALL .* (?:PROCTITLE)
a ^audit: USER_LOGIN
`,
  );
  const alone = `${record('USER_LOGIN', 100, 'res=failed')}\n`;
  writeFileSync(log, `${alone}${EVENT.slice(0, 2).join('\n')}\n${EVENT[2]?.slice(0, 40)}`);
  const first = launch(['-f', '-c', conf]);
  await until(() => counted(folder).length === 1, first.ended);
  expect(await first.end('SIGKILL')).toBe('SIGKILL');
  appendFileSync(log, `${EVENT[2]?.slice(40)}\n${EVENT.slice(3).join('\n')}\n`);
  const second = launch(['-f', '-c', conf]);
  await until(() => counted(folder).length === 2, second.ended);
  await second.end('SIGTERM');
  expect(counted(folder)).toMatchObject([{ count: 1 }, { count: 1 }]);
});
