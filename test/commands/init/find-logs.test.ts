import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLogs, hasJournal, type LogReader } from '../../../src/commands/init/find-logs.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ROOT = process.getuid?.() === 0;
const ME: LogReader = { name: 'me', uid: process.geteuid?.() ?? 0, gids: process.getgroups?.() ?? [] };

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('the logs that are found', () => {
  it('are the usual ones that are there, the largest first; other files and folders are none', () => {
    const folder = folderWith({ secure: 'a\n', messages: 'b\n', 'dpkg.log': 'c\n' });
    mkdirSync(join(folder, 'mail'));
    expect(findLogs(ME, folder)).toEqual([
      { kind: 'readable', path: join(folder, 'messages') },
      { kind: 'readable', path: join(folder, 'secure') },
    ]);
    expect(findLogs(ME, join(folder, 'nowhere'))).toEqual([]);
  });

  it('leave out what syslog holds, too, and only that', () => {
    const folder = folderWith({
      syslog: 'Nov 20 10:00:00 web kernel: one\nNov 20 10:00:01 web cron: two\n',
      'auth.log': 'Nov 20 10:00:00 web sshd: three\n',
      'kern.log': 'Nov 19 10:00:00 web kernel: zero\nNov 20 10:00:00 web kernel: one\n',
      'mail.log': 'Nov 20 10:00:00 web postfix: not in syslog\n',
      'user.log': '',
    });
    const of = join(folder, 'syslog');
    expect(findLogs(ME, folder)).toEqual([
      { kind: 'readable', path: of },
      { kind: 'readable', path: join(folder, 'auth.log') },
      { kind: 'copied', path: join(folder, 'kern.log'), of },
      { kind: 'readable', path: join(folder, 'mail.log') },
      { kind: 'copied', path: join(folder, 'user.log'), of },
    ]);
  });
});

describe.runIf(ROOT)('of an account that root prepares for', () => {
  const adm: LogReader = { name: 'tayori', uid: 4711, gids: [4712, 4] };
  const nobody: LogReader = { ...adm, gids: [4712] };

  function prepared(): string {
    const folder = folderWith({ syslog: 'x\n', 'auth.log': 'y\n', messages: 'z\n' });
    chmodSync(folder, 0o755);
    for (const name of ['syslog', 'auth.log']) chownSync(join(folder, name), 0, 4);
    for (const name of ['syslog', 'auth.log']) chmodSync(join(folder, name), 0o640);
    chmodSync(join(folder, 'messages'), 0o600);
    return folder;
  }

  it('what its groups may read is found', () => {
    expect(findLogs(adm, prepared()).map(({ kind }) => kind)).toEqual(['readable', 'unreadable', 'readable']);
  });

  it('what it may not read is told with the reason and what mends it', () => {
    const folder = prepared();
    const [syslog, messages] = findLogs(nobody, folder);
    expect(syslog).toEqual({
      kind: 'unreadable',
      path: join(folder, 'syslog'),
      why: 'only the group adm may read it (mode 0640), and not tayori: usermod -aG adm tayori',
    });
    expect(messages).toEqual({
      kind: 'unreadable',
      path: join(folder, 'messages'),
      why: `only its owner may read it (mode 0600), and not tayori: setfacl -m u:tayori:r ${join(folder, 'messages')}`,
    });
  });

  it('a folder that it may not pass hides all', () => {
    const folder = prepared();
    chmodSync(folder, 0o700);
    expect(findLogs(adm, folder).map(({ kind }) => kind)).toEqual(Array(3).fill('unreadable'));
  });
});

it('a journal is one that holds something', () => {
  const folder = temporaryFolder();
  expect([hasJournal([join(folder, 'nowhere')]), hasJournal([folder])]).toEqual([false, false]);
  mkdirSync(join(folder, 'a1b2'));
  expect(hasJournal([join(folder, 'nowhere'), folder])).toBe(true);
});
