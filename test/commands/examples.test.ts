import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENT, hex, record } from '../line/decode/audit-samples.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const EXAMPLE = new URL('../../conf/examples/typescripts.conf', import.meta.url);

const SESSION = [
  'Script started on 2026-11-20 10:00:00+00:00 [TERM="xterm"]',
  '\x1b[?2004h[opc@arm01 ~]$ lx\b\x1b[Ks\r',
  '\x1b[?2004l\ra.txt\r',
  '\x1b[?2004h[opc@arm01 ~]$ sudo chattr -s\b\x1b[Ka x.log\r',
  '\x1b[?2004l\r',
].join('\n');

const AUDIT = [
  ...EVENT,
  record(
    'USER_CMD',
    102,
    `pid=7 uid=1000 auid=1000 ses=3 msg='cwd="/" cmd=${hex('chattr -a x.log')} terminal=pts/0 res=success'`,
  ),
  record('CRED_ACQ', 103, 'pid=7 uid=0 res=success'),
].join('\n');

it('typescripts and audit: commands read as they were typed, and what takes the protection away pages', async () => {
  const folder = temporaryFolder();
  const conf = join(folder, 'tenshi.conf');
  const typescript = join(folder, 'ope_log', 'opc_20261120100000_192.0.2.7.log');
  const audit = join(folder, 'audit', 'audit.log');
  for (const one of ['ope_log', 'audit']) mkdirSync(join(folder, one));
  writeFileSync(conf, readFileSync(EXAMPLE, 'utf8').replaceAll('/var/log', folder));
  writeFileSync(typescript, SESSION);
  writeFileSync(audit, `${AUDIT}\n`);
  const { out, err, code } = await runCli(['digest', '-c', conf, typescript, audit]);
  expect(err).not.toContain('error');
  const rows = [...out.matchAll(/^ {4,}(\d+: .*)|^Subject: .*/gm)].map(([line, row]) => row ?? line);
  expect(rows).toEqual([
    'Subject: [sessions: now] [critical]',
    `1: audit: USER_CMD uid=1000 auid=1000 ses=3 msg='cwd="/" cmd="chattr -a x.log" terminal=pts/0 res=success'`,
    '1: user=opc address=192.0.2.7: [opc@arm01 ~]$ sudo chattr -a x.log',
    'Subject: [sessions] [report]',
    expect.stringMatching(
      /^1: audit: SYSCALL arch=x86_64 .* EXECVE argc=3 .* a2="echo \\"hi\\" > \/tmp\/a" CWD /,
    ),
    '1: user=opc address=192.0.2.7: [opc@arm01 ~]$ ls',
  ]);
  expect(code).toBe(0);
  const checked = await runCli(['check', '-c', conf]);
  expect(checked.err).not.toMatch(/warning|error/);
});
