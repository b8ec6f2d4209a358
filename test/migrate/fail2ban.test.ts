import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { folderOf, type Imported, importFrom } from './imported.js';
import { askFail2ban, DEBIAN_FAIL2BAN, fail2banIsHere, type Sample } from './real-fail2ban.js';
import { verdictsOf } from './verdicts-of.js';

const r = String.raw;

const write = (files: Readonly<Record<string, string>>): string => folderOf('fail2ban', files);
const read = (path: string): Promise<Imported> => importFrom('fail2ban', path);

const COMMON = r`[DEFAULT]
logtype = file
_daemon = \S*
__prefix_line = <lt_<logtype>/__prefix_line>
[lt_file]
__prefix_line = \s*(?:\S+ )?<_daemon>(?:\[\d+\])?: 
`;

describe('import fail2ban', () => {
  it('makes of a jail a log, a queue, a window, a throttle and rules', async () => {
    const { code, statements, report } = await read(
      write({
        'jail.conf': r`[INCLUDES]
before = paths.conf
[DEFAULT]
ignoreip = 127.0.0.1/8 192.0.2.0/24 ; the office
findtime = 10m
bantime = 600
maxretry = 5
destemail = ops@example.org
action = block[name="%(__name__)s"]
[door]
logpath = %(door_log)s
filter = %(__name__)s[mode=strict]
`,
        'paths.conf': '[DEFAULT]\ndoor_log = /var/log/door.log\n',
        'jail.local': '[door]\nenabled = true\nmaxretry = 3\n# a comment\n',
        'jail.d/own.conf': '[door]\nfindtime = 1h 30m\n',
        'filter.d/common.conf': COMMON,
        'filter.d/door.conf': r`[INCLUDES]
before = common.conf
[Definition]
_daemon = doord
prefregex = ^\s*(?:\S+ )?<_daemon>(?:\[\d+\])?: <F-CONTENT>.+</F-CONTENT>$
failregex = ^wrong key from <ADDR>$
            <more-<mode>>
more-normal =
more-strict = ^no key of <F-USER>.*</F-USER> from <F-IP4/>(?: port \d+)?$
mode = normal
ignoreregex = ^wrong key from 10\.
`,
      }),
    );
    const ip = r`(?:::f{4,6}:)?(?<ip>(?:\d{1,3}\.){3}\d{1,3})`;
    const ip6 = '(?<ip>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))';
    const stamp = r`(?:[\w/.,:+<>=@\[( -]{0,40}?\d\d:\d\d:\d\d[^\s\]]{0,12}(?: [+-]\d{4}\])?\]?\s*|\d{10}(?:\.\d+)?\s*)?`;
    const front = r`^(?>${stamp}\s*(?:(?:\S+ )?)?doord(?:\[\d+\])?: (?=.+$))`;
    expect(code).toBe(0);
    expect(statements).toEqual([
      'set logfile /var/log/door.log',
      'set loghost /var/log/door.log localhost',
      'set mailserver localhost',
      'set queue door root@localhost ops@example.org [now] fail2ban: door',
      'set window door 3 90m by ip',
      'set throttle door 10m by ip',
      'set exempt ip 127.0.0.0/8 ::1 192.0.2.0/24',
      r`trash ${front}wrong key from 10\.`,
      r`door ${front}wrong key from \[?(?:${ip}|${ip6})\]?$`,
      r`door ${front}no key of (?<user>.*) from ${ip}(?: port \d+)?$`,
      'trash .*',
    ]);
    expect(report).toEqual([
      '/jail.conf:9: not carried over: [door] "action = block[name="door"]": nobody is banned: tayori mails it. To ban an address for 10m, make a set of nft with that timeout, and take the # away from set exec door; PROGRAMS THAT ACT in tenshi.conf(5) shows how',
      '2 of 2 rules carried over; 1 remark on what is not carried over',
    ]);
  });

  it('takes the lines of a jail that reads the journal from there, and joins what several ask for', async () => {
    const jail = (name: string): string => `[${name}]\nenabled = yes\nbackend = systemd\nfilter = ${name}\n`;
    const { statements } = await read(
      write({
        'jail.local': jail('a') + jail('b'),
        'filter.d/a.conf':
          '[Definition]\nfailregex = ^a <HOST>$\njournalmatch = _SYSTEMD_UNIT=a.service + _COMM=a\n',
        'filter.d/b.conf': '[Definition]\nfailregex = ^b <HOST>$\njournalmatch = _SYSTEMD_UNIT=b.service\n',
      }),
    );
    expect(statements).toContain('set journal _SYSTEMD_UNIT=a.service + _COMM=a + _SYSTEMD_UNIT=b.service');
  });

  it('takes over one filter alone', async () => {
    const folder = write({ 'filter.d/a.conf': '[Definition]\nfailregex = ^a <DNS>$\n' });
    const { statements } = await read(join(folder, 'filter.d/a.conf'));
    expect(statements).toContain(r`a ^a (?<ip>[\w\-.^_]*\w)$`);
  });

  it('hands on to other jails of the same log what is no failure to one', async () => {
    const jail = (name: string): string =>
      `[${name}]\nenabled = yes\nfilter = ${name}\nlogpath = /var/log/auth.log\n`;
    const { statements, config, report } = await read(
      write({
        'jail.local': jail('a') + jail('b'),
        'filter.d/a.conf': r`[Definition]
failregex = ^first <IP4>$
            ^<F-NOFAIL>x</F-NOFAIL> <IP4>$
            ^\w <IP4>$
ignoreregex = 192\.0\.2\.7
`,
        'filter.d/b.conf': '[Definition]\nfailregex = <IP4>$\n',
      }),
    );
    expect(
      statements.filter((line) => /^(?:a|b|trash|group)/.test(line)).map((line) => line.slice(0, 31)),
    ).toEqual([
      r`group ^(?!.*?(?:192\.0\.2\.7))`,
      'a ^first (?:::f{4,6}:)?(?<ip>(?',
      'group ^(?!(?:^(?:x) (?:::f{4,6}',
      r`a ^\w (?:::f{4,6}:)?(?<ip>(?:\d`,
      'group_end',
      'group_end',
      r`b (?:::f{4,6}:)?(?<ip>(?:\d{1,3`,
      'trash .*',
    ]);
    const texts = ['first 192.0.2.1', 'x 192.0.2.1', 'y 192.0.2.1', 'y 192.0.2.7', 'y'];
    const verdicts = await verdictsOf(
      config,
      '/var/log/auth.log',
      texts.map((text) => `Nov 20 10:00:00 web1 ${text}`),
    );
    expect(verdicts.map(({ queue }) => queue)).toEqual(['a', 'b', 'a', 'b', 'trash']);
    expect(report).toContain(
      '/var/log/auth.log: note: a, b: they read the same log; a line that several of them match counts for the first one alone',
    );
  });

  it('counts a connection, an id and an address as what they are', async () => {
    const folder = write({
      'filter.d/a.conf': r`[Definition]
failregex = ^<F-ID>\S+</F-ID> of <IP4>$
            ^<F-NOFAIL>hello</F-NOFAIL> from <IP4>$
            ^(?:<F-NOFAIL>key</F-NOFAIL>|password) of <IP4>$
            ^bye$
`,
    });
    const { statements, report } = await read(join(folder, 'filter.d/a.conf'));
    const ip = r`(?:::f{4,6}:)?(?<ip>(?:\d{1,3}\.){3}\d{1,3})`;
    expect(statements.filter((line) => /^(?:a|trash) \^|^trash \(/.test(line))).toEqual([
      r`a ^(?<ip>\S+) of ${ip.replace('<ip>', '<host>')}$`,
      r`trash ^(?:hello) from ${ip}$`,
      r`trash ^(?:^(?:(?<nofail>key)|password) of ${ip}$)(?(<nofail>)|(?!))`,
      r`a ^(?:(?:key)|password) of ${ip}$`,
    ]);
    expect(report).toContain(
      '/filter.d/a.conf:2: not carried over: "^bye$": it names no address; fail2ban takes that from another line of the same connection'.replace(
        '/filter.d/a.conf',
        '',
      ),
    );
  });

  it.each([
    [
      'a filter that is not there',
      '[a]\nenabled=1\nfilter=none\nlogpath=/x',
      '',
      /its filter "none" is not in/,
    ],
    ['a jail without a log', '[a]\nenabled=1\nfilter=f', '^<HOST>', /it has no logpath, or one with blanks/],
    [
      'options that name each other',
      '[a]\nenabled=1\nfilter=f\nlogpath=%(logpath)s',
      '^<HOST>',
      /options that name each other/,
    ],
    [
      'an option that is not there',
      '[a]\nenabled=1\nfilter=f\nlogpath=%(none)s',
      '^<HOST>',
      /"%\(none\)s", which is not defined/,
    ],
    [
      'a tag that names itself',
      '[a]\nenabled=1\nfilter=f\nlogpath=/x',
      '<failregex>',
      /"<failregex>", which names itself/,
    ],
    [
      'a jail that is a path',
      '[../../../x]\nenabled=1\nfilter=f\nlogpath=/x',
      '^<HOST>',
      /^1 of 1 rules carried over/m,
    ],
    [
      'a jail that is called as a word of the config',
      '[group_end]\nenabled=1\nfilter=f\nlogpath=/x',
      '^<HOST>',
      /^1 of 1 rules carried over/m,
    ],
    [
      'a jail that is called as another word of the config',
      '[include]\nenabled=1\nfilter=f\nlogpath=/x',
      '^<HOST>',
      /^1 of 1 rules carried over/m,
    ],
    [
      'a bantime that is no time',
      '[a]\nenabled=1\nfilter=f\nlogpath=/x\nbantime=ever',
      '^<HOST>',
      /its bantime is no time/,
    ],
    [
      'a regex that is none',
      '[a]\nenabled=1\nfilter=f\nlogpath=/x',
      '^(<HOST>',
      /not carried over: "\^\(<HOST>"/,
    ],
    [
      'a regex for several lines',
      '[a]\nenabled=1\nfilter=f\nlogpath=/x',
      '^a<SKIPLINES>b <HOST>',
      /it is for several lines/,
    ],
    [
      'a regex of another 40,000 characters',
      '[a]\nenabled=1\nfilter=f\nlogpath=/x',
      `^${'x'.repeat(40_000)}<HOST>`,
      /longer than 32768 characters/,
    ],
  ])('names %s, and writes a sound config', async (_, jail, failregex, expected) => {
    const { report, code } = await read(
      write({ 'jail.conf': `${jail}\n`, 'filter.d/f.conf': `[Definition]\nfailregex = ${failregex}\n` }),
    );
    expect(report.join('\n')).toMatch(expected);
    expect(code).toBe(0);
  });

  it.each([
    [
      'files that include each other',
      '[INCLUDES]\nbefore = jail.conf\nafter = jail.local\n[a]\nenabled = 0\n',
    ],
    ['binary', '\0\x01[\xff]\n= =\n'],
    ['lines above the first section', 'enabled = true\n  more\n[DEFAULT\n'],
    ['an empty file', ''],
  ])('survives a jail.conf of %s', async (_, text) => {
    const { report, code } = await read(write({ 'jail.conf': text }));
    expect(code).toBe(1);
    expect(report).toEqual(['tayori import: : no jail is enabled, so there is nothing to carry over']);
  });

  it('says so where there are no jails', async () => {
    const { report } = await read(write({ 'x.conf': '' }));
    expect(report).toEqual([
      'tayori import:  is no folder of fail2ban: it has no jail.conf and no jail.local',
    ]);
  });
});

/** Lines of samples whose stamps tayori does not take away as fail2ban does, by filter. */
const OTHER_STAMPS: Readonly<Record<string, number>> = {
  'apache-fakegooglebot': 1,
  centreon: 1,
  'domino-smtp': 1,
  dovecot: 4,
  exim: 1,
  nsd: 2,
  proftpd: 1,
  softethervpn: 2,
  tine20: 2,
};

describe.skipIf(!fail2banIsHere && !process.env.CI)("Debian's fail2ban", () => {
  it('has 91 jails, of which 88 are carried over, and 189 of their 196 regexes', async () => {
    const folder = join(temporaryFolder(), 'all');
    cpSync(DEBIAN_FAIL2BAN, folder, { recursive: true });
    rmSync(join(folder, 'jail.d'), { recursive: true });
    writeFileSync(join(folder, 'jail.local'), '[DEFAULT]\nenabled = true\n');
    const { report, statements, code } = await read(folder);
    expect(report.at(-1)).toMatch(/^189 of 196 rules carried over/);
    expect(statements.filter((line) => line.startsWith('set queue '))).toHaveLength(88);
    expect(code).toBe(0);
  });

  it('makes of its own sample lines what fail2ban makes of them, but where a stamp is another one', async () => {
    const byFilter = new Map<string, Sample[]>();
    for (const sample of askFail2ban()) {
      const key = `${sample.filter}[${sample.options}]`;
      byFilter.set(key, [...(byFilter.get(key) ?? []), sample]);
    }
    let lines = 0;
    const others: Record<string, number> = {};
    const wrong: string[] = [];
    for (const [filter, samples] of byFilter) {
      const verdicts = await verdictsOfSamples(filter, samples);
      for (const [at, { line, banned, filter: name }] of samples.entries()) {
        lines++;
        const { queue, ip } = verdicts[at] ?? { queue: '', ip: null };
        const mine = queue === 'own' ? ip : null;
        if (mine?.toLowerCase() === banned?.toLowerCase()) continue;
        if (mine === null) others[name] = (others[name] ?? 0) + 1;
        else wrong.push(`${filter}: ${mine} instead of ${banned}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(others).toEqual(OTHER_STAMPS);
    expect(lines).toBeGreaterThan(1000);
  }, 180_000);
});

async function verdictsOfSamples(filter: string, samples: readonly Sample[]): ReturnType<typeof verdictsOf> {
  const folder = write({});
  symlinkSync(join(DEBIAN_FAIL2BAN, 'filter.d'), join(folder, 'filter.d'));
  const log = join(folder, 'own.log');
  writeFileSync(join(folder, 'jail.conf'), `[own]\nenabled = true\nfilter = ${filter}\nlogpath = ${log}\n`);
  const { config } = await read(folder);
  return verdictsOf(
    config,
    log,
    samples.map(({ line }) => line),
  );
}
