import { chmodSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRECTIVES } from '../../src/config/directives/directives.js';
import { readConfig } from '../../src/config/read-config.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { BASE, read, sound, write } from './read.js';

describe('the whole', () => {
  it('no queue at all is an error, nothing to follow a warning', () => {
    expect(read('set sleep 5\n').codes).toEqual(['1:1 error incomplete', '1:1 warning incomplete']);
    expect(read('set queue a f@x t@x [now]\na x\n').codes).toEqual(['1:1 warning incomplete']);
  });

  it.each(['set fifo /x', 'set listen 127.0.0.1:514', 'set redisqueue logs'])(
    '%s is something to follow',
    (line) => {
      expect(read(`${line}\nset queue a f@x t@x [now]\na x\n`).faults).toEqual([]);
    },
  );

  it('a queue that is at fault is still one', () => {
    expect(read('set logfile /x\nset queue a f@x t@x\n').codes).toEqual(['2:20 error bad-value']);
  });

  it.each([
    [0o644, 'smtp://me:secret@mail', ['6:16 warning readable-password']],
    [0o640, 'smtp://me:secret@mail', ['6:16 warning password-in-config']],
    [0o644, 'smtp://mail', []],
  ])('mode %o with %s', (mode, route, expected) => {
    const folder = write(`${BASE}a x\nb y\nset mailserver ${route}\n`);
    const file = join(folder, 'tenshi.conf');
    chmodSync(file, mode);
    const { faults } = readConfig(file);
    expect(
      faults.map(({ place, severity, code }) => `${place.line}:${place.column} ${severity} ${code}`),
    ).toEqual(expected);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });

  it('the file of the password counts, not the main one', () => {
    const folder = write({
      'tenshi.conf': `${BASE}a x\nb y\ninclude secret\n`,
      secret: 'set mailserver smtps://me:secret@mail\n',
    });
    chmodSync(join(folder, 'secret'), 0o600);
    expect(readConfig(join(folder, 'tenshi.conf')).faults).toMatchObject([{ code: 'password-in-config' }]);
  });

  it('what is said of one place is said once, also when its file is included twice', () => {
    const files = { 'tenshi.conf': `${BASE}include r\ninclude r\nb y\n`, r: 'nowhere x\n' };
    expect(read(files).codes.filter((code) => code.includes('unknown-queue'))).toHaveLength(1);
  });

  it('a log named by mistake: a thousand faults, and how many more there are', () => {
    const { faults, told, ok } = read('Nov 20 10:00:00 web1 sshd: x\n'.repeat(5000));
    expect(ok).toBe(false);
    expect(faults.length).toBeLessThan(1010);
    expect(told.at(-1)).toMatch(/^tenshi\.conf:1:1: error: 4001 more like those above/);
  });

  it('warnings without number do not make an error', () => {
    const { faults, ok } = read(`${BASE}${'a, x\n'.repeat(3000)}b y\n`);
    expect(ok).toBe(true);
    expect(faults.some(({ severity }) => severity === 'error')).toBe(false);
  });
});

describe('a config as Debian delivers it, with rules in a folder', () => {
  const MAIN = `
##
## the daemon
##
set uid daemon
set gid daemon
set pidfile /run/tenshi/tenshi.pid
set logfile /var/log/syslog
set logfile /var/log/auth.log
#set tail /usr/bin/tail -q --follow=name --retry -n 0
set sleep 5
set limit 800
set pager_limit 2
set mask ___
set mailserver localhost
set subject tenshi report
set hidepid on

set queue mail     tenshi@localhost root@localhost [30 18 * * *]
set queue report   tenshi@localhost root@localhost [0 9-17/2 * * *]
set queue misc     tenshi@localhost root@localhost [0 9-17/2 * * *]
set queue critical tenshi@localhost root@localhost [now] tenshi CRITICAL report
set queue pager    tenshi@localhost pager:pager@localhost  [now] tenshi alert
set queue mobile   tenshi@localhost pager:1@localhost,pager:2@localhost [now] tenshi alert
set queue noprefix tenshi@localhost root@localhost [now] tenshi unprefixed alert

repeat ^(?:last message repeated|above message repeats) (\\\\d+) times?

trash ^hub.c
trash ^I/O error: dev 08:(.+), sector
critical ^Oops
critical,pager:3,mobile:10 ^Kernel panic

includedir includes-active
misc .*
`;
  const SSH = `
group ^sshd(?:\\(pam_unix\\))?:
report   ^sshd: Illegal user (.+) from
report   ^sshd: Accepted (\\S+) for (\\S+) from (\\S+) port (\\d+)
trash    ^sshd: Connection (?:from|closed)
group_end
`;
  const files = {
    'tenshi.conf': MAIN,
    'includes-active/ssh': SSH,
    'includes-active/mail': 'mail ^postfix/(.+): x\n',
  };

  it('is read', () => {
    const config = sound(files);
    expect(config.queues.map(({ name, pager }) => (pager ? `${name}!` : name))).toEqual([
      'mail',
      'report',
      'misc',
      'critical',
      'pager!',
      'mobile!',
      'noprefix',
    ]);
    expect(config.queues[5]?.to).toEqual(['1@localhost', '2@localhost']);
    expect(config.rules.map(({ kind }) => kind)).toEqual([
      'repeat',
      'trash',
      'trash',
      'queues',
      'queues',
      'queues',
      'group',
      'queues',
    ]);
    expect(config).toMatchObject({
      uid: { value: { name: 'daemon' } },
      limit: { value: 800 },
      pagerLimit: { value: 2 },
      mask: { value: '___', place: { line: 14, column: 10 } },
      hidepid: { value: true },
      subject: { value: 'tenshi report' },
    });
    expect(config.files.map((file) => file.split('/').slice(-2).join('/')).slice(1)).toEqual([
      'includes-active/mail',
      'includes-active/ssh',
    ]);
  });

  it('tells of its repeat rule that never matches, and of nothing else', () => {
    expect(read(files).codes).toEqual(['27:58 warning odd-regex']);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...DIRECTIVES.map(({ name }) => `set ${name}`),
    ...[
      'set',
      'a',
      'a,b:2',
      'trash',
      'repeat',
      'group',
      'group_host',
      'group_end',
      'include',
      'includedir',
      'csv',
    ],
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'()[]{}|\\*+?^$.,:;/@#- \t09aZx便𝒳\r\v\0') }),
    fc.constantFrom(
      'on',
      '5',
      'a',
      'q f@x t@x [now] x',
      'q f t [*/5 1-3 * jan fri-sun]',
      '.',
      'tenshi.conf',
      'd',
    ),
  );
  const line = fc.oneof(
    fc.tuple(word, value).map((parts) => parts.join(' ')),
    value,
    fc.constant(BASE),
  );
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));

  it('is read without a throw, and each fault of it is inside of it', () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(text, (content) => {
        write(content, folder);
        const file = join(folder, 'tenshi.conf');
        const lines = content.replace(/^\uFEFF/, '').split('\n');
        const result = readConfig(file);
        expect(result.ok).toBe(result.faults.every(({ severity }) => severity !== 'error'));
        for (const { place, seen, instead } of result.faults) {
          expect(isAbsolute(place.file)).toBe(true);
          if (place.file !== file) continue; // an include of something that happens to be on this machine
          expect(place.line).toBeGreaterThanOrEqual(1);
          expect(place.line).toBeLessThanOrEqual(lines.length);
          expect(place.column).toBeGreaterThanOrEqual(1);
          expect(place.column).toBeLessThanOrEqual(Array.from(lines[place.line - 1] ?? '').length + 1);
          expect(seen).not.toBe('');
          expect(instead).not.toBe('');
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('any bytes are', () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        write({ 'tenshi.conf': Buffer.from(bytes) }, folder);
        expect(readConfig(join(folder, 'tenshi.conf')).faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
