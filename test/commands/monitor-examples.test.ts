import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MINUTE = 60_000;

/** An example config that runs on logs of its own, with the clock of its story. */
class Example {
  readonly folder = temporaryFolder();
  readonly clock: HeldClock;
  readonly #text: string;
  readonly #told = new Set<string>();
  running: Running | null = null;

  constructor(name: string, begin: number) {
    const file = new URL(`../../conf/examples/${name}.conf`, import.meta.url);
    this.clock = heldClock(begin);
    this.#text = readFileSync(file, 'utf8').replaceAll('/var/log', this.folder);
    for (const folder of ['', 'apache2']) mkdirSync(join(this.folder, folder), { recursive: true });
    for (const log of ['syslog', 'auth.log', 'x.log', 'apache2/access.log'])
      writeFileSync(join(this.folder, log), '');
  }

  /** Starts, or starts again with a changed config. */
  async start(change: (text: string) => string = (text) => text): Promise<void> {
    await this.running?.stop();
    this.running = await startDaemon(`set letter full\n${change(this.#text)}`, {
      clock: this.clock,
      folder: this.folder,
    });
  }

  /** What the reader gets of this: subject, and text up to the notes. */
  async mailed(log: string, lines: readonly string[], wait = 0): Promise<string[]> {
    appendFileSync(join(this.folder, log), lines.map((line) => `${line}\n`).join(''));
    await this.running?.daemon.poll();
    this.clock.advance(wait);
    await this.running?.daemon.poll();
    const fresh = maildir(this.folder).filter((mail) => !this.#told.has(mail));
    for (const mail of fresh) this.#told.add(mail);
    return fresh.map((mail) => {
      const { text } = readMail(Buffer.from(mail.replaceAll('\n', '\r\n')));
      return `${subjectOf(mail)}\n${text.split('\n\n  *** ')[0]}`;
    });
  }
}

function subjectOf(mail: string): string {
  const field = /^Subject: (.*(?:\n .*)*)$/m.exec(mail)?.[1]?.replaceAll('\n ', ' ') ?? '';
  return field
    .replaceAll(/\?= =\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word: string) =>
      word
        .replaceAll('_', ' ')
        .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    );
}

describe('logcheck.conf: an hour after the other, with the lines of the article', () => {
  const SSMTP = 'sSMTP[5531]: Sent mail for root@debian.local.example.ac.jp (221 Bye)';
  const at = (time: string, text: string): string => `Sep  1 ${time} debian ${text}`;
  const begin = Date.UTC(2003, 8, 1, 17, 2, 30);

  it('unusual, then a violation, then nothing, then an attack; and what is to be ignored is', async () => {
    const example = new Example('logcheck', begin);
    await example.start();
    const hour = (log: string, ...lines: string[]): Promise<string[]> =>
      example.mailed(log, lines, 60 * MINUTE);

    // 17:02 to 18:02: what logcheck ignores, and a line that it does not know yet.
    const [first = '', ...none] = await hour(
      'syslog',
      at('17:10:00', 'syslogd 1.4.1#11: restart.'),
      at('17:20:00', '-- MARK --'),
      at('17:30:00', 'in.qpopper[812]: connect from 192.168.24.11'),
      at('18:02:04', SSMTP),
      at('18:02:05', 'last message repeated 2 times'),
    );
    expect(none).toEqual([]);
    expect(first).toMatch(/^debian system check: first letter \[logcheck]\n/);
    expect(first).toMatch(
      /\n\nUnusual System Events\n-+\n3 lines in 1 message of 1 host\n\ndebian: \n {4}3: sSMTP: Sent mail for root@debian\.local\.example\.ac\.jp \(221 Bye\)$/,
    );
    expect(first).not.toContain('Violations');

    // 18:02 to 19:02: the failed login.
    const [second = ''] = await hour(
      'auth.log',
      at('18:27:55', 'PAM_unix[5537]: authentication failure; (uid=0) -> root for ssh service'),
      at('18:27:58', 'sshd[5537]: Failed password for root from 192.168.24.10 port 48687 ssh2'),
    );
    expect(second).toMatch(/^debian system check: 1x PAM_unix: authentication failure; /);
    expect(second).toMatch(
      /\n1x Failed password for root from 192\.168\.24\.10 port 48687 ssh2, debian, 18:27\n/,
    );
    expect(second).toMatch(/\n\nPossible Security Violations\n-+\n2 lines in 2 messages of 1 host\n\nNEW\n/);
    expect(second).not.toContain('Unusual System Events');

    // 19:02 to 20:02: nothing, and no letter.
    expect(await hour('syslog', at('19:10:00', '-- MARK --'))).toEqual([]);

    // 20:02 to 21:02: an attack stands first, whatever came before it.
    const [fourth = ''] = await hour(
      'syslog',
      at('20:10:00', SSMTP),
      at(
        '20:20:00',
        'sudo:     mallory : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      ),
      at('20:30:00', 'rshd[99]: Connection from 192.168.24.66 on illegal port'),
    );
    const titles = [...fourth.matchAll(/^(.*)\n-+\n/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      'Active System Attack Alerts',
      'Possible Security Violations',
      'Unusual System Events',
    ]);
    expect(fourth).toMatch(
      /^debian system check: 1x rshd: Connection from 192\.168\.24\.66 on illegal port \[log/,
    );

    // The reader adds the line of the article.
    await example.start((text) => text.replace('#trash ^sSMTP', 'trash ^sSMTP'));
    expect(await hour('syslog', at('21:10:00', SSMTP))).toEqual([]);
  });
});

describe('ossec.conf, with the lines of the article', () => {
  const begin = Date.UTC(2014, 11, 24, 14, 44, 0);
  const POST = '198.51.100.10 - - [24/Dec/2014:23:43:56 +0900] "POST /login HTTP/1.1" 200 -';
  const times = (count: number, line: string): string[] => Array.from({ length: count }, () => line);
  const access = 'apache2/access.log';

  async function started(): Promise<Example> {
    const example = new Example('ossec', begin);
    await example.start();
    return example;
  }

  it('the twentieth POST from one address within two minutes is mailed at once, and no earlier one', async () => {
    const example = await started();
    expect(await example.mailed(access, times(19, POST))).toEqual([]);
    expect(await example.mailed(access, times(19, POST.replace('.10 ', '.11 ')))).toEqual([]);
    expect(await example.mailed(access, times(30, POST.replace('POST /login', 'GET /login')))).toEqual([]);
    const [letter = '', ...more] = await example.mailed(access, [POST]);
    expect(more).toEqual([]);
    expect(letter).toMatch(/^\[OSSEC 10] 20x httpd: ___ - - "POST \/login HTTP/);
    expect(letter).toMatch(
      /\n\nMultiple login challenges from the same address\n-+\n20 lines in 1 message of 1 host\n/,
    );
    expect(letter).toContain('(20 within 2 min: ip 198.51.100.10)');
    // The window counts anew.
    expect(await example.mailed(access, times(19, POST))).toEqual([]);
    expect(await example.mailed(access, [POST])).toHaveLength(1);
  });

  it('twenty in more than two minutes are none, and neither are those of this machine', async () => {
    const example = await started();
    const slow = Array.from({ length: 40 }, (_, at) =>
      POST.replace(
        '23:43:56',
        `23:${String(10 + Math.floor(at / 6)).padStart(2, '0')}:${(at % 6) * 10 || '00'}`,
      ),
    );
    expect(await example.mailed(access, slow)).toEqual([]);
    expect(await example.mailed(access, times(50, POST.replace('198.51.100.10', '127.0.0.1')))).toEqual([]);
  });

  it('brute force of logins is mailed at once, and a login that succeeds after it', async () => {
    const example = await started();
    const line = (second: number, text: string, ip = '203.0.113.9'): string =>
      `Dec 24 14:40:${String(second).padStart(2, '0')} web1 sshd[812]: ${text} from ${ip} port ${4000 + second} ssh2`;
    const failed = (second: number): string => line(second, 'Failed password for root');
    const accepted = line(30, 'Accepted password for root');
    expect(await example.mailed('auth.log', [accepted.replace(':30', ':01')])).toEqual([]);
    expect(await example.mailed('auth.log', [2, 3, 4, 5, 6, 7, 8].map(failed))).toEqual([]);
    const [guessed = ''] = await example.mailed('auth.log', [failed(9)]);
    expect(guessed).toMatch(/^\[OSSEC 10] 8x sshd: Failed password for ___ from ___ port ___ ssh2/);
    expect(guessed).toContain('\nMultiple authentication failures from the same address\n');
    const [broken = ''] = await example.mailed('auth.log', [accepted]);
    expect(broken).toContain('\nMultiple authentication failures followed by a success\n');
    expect(broken).toContain('Accepted password for root from 203.0.113.9');
    expect(await example.mailed('auth.log', [line(40, 'Accepted publickey for ann', '192.0.2.1')])).toEqual(
      [],
    );

    // The levels below: an hour later the failed logins, in the morning who came in.
    const hourly = await example.mailed('auth.log', [], 16 * MINUTE);
    expect(hourly).toEqual([
      expect.stringMatching(/^\[OSSEC 5] .*\[level5]\n(?:.*\n)* {4}8: sshd: Failed password for/),
    ]);
    const morning = await example.mailed('auth.log', [], 16 * 60 * MINUTE);
    expect(morning).toEqual([
      expect.stringMatching(/^\[OSSEC 3] .*\[level3]\n(?:.*\n)*.*Accepted password for/),
    ]);
  });

  it('web attacks are reported every hour, and at once where one address makes eight', async () => {
    const example = await started();
    const get = (url: string, ip = '198.51.100.7'): string =>
      `${ip} - - [24/Dec/2014:23:43:56 +0900] "GET ${url} HTTP/1.1" 404 153`;
    const some = [
      '/index.php?-s',
      '/a?q=1+union+select+1',
      '/a?q=%3Cscript%3E',
      '/a/../../x',
      `/${'x'.repeat(3000)}`,
    ];
    expect(
      await example.mailed(
        access,
        [...some, '/', '/a?b=c'].map((url) => get(url)),
      ),
    ).toEqual([]);
    const [page = ''] = await example.mailed(
      access,
      some.slice(0, 3).map((url) => get(url)),
    );
    expect(page).toContain('\nMultiple web attacks from the same address\n');
    expect(page).toContain('(8 within 2 min: ip 198.51.100.7)');
    const [hourly = ''] = await example.mailed(access, [], 16 * MINUTE);
    expect(hourly).toMatch(/^\[OSSEC 5] /);
    expect(hourly).toContain('8 lines in ');
  });
});

it.each(['logcheck', 'ossec', 'typescripts'])('%s.conf is sound', async (name) => {
  const { code, err } = await runCli([
    'check',
    '-c',
    new URL(`../../conf/examples/${name}.conf`, import.meta.url).pathname,
  ]);
  expect(code).toBe(0);
  const odd = err.split('\n').filter((line) => /: (?:warning|notice): /.test(line));
  expect(
    odd.filter((line) => !/no log can be read|is not there|no user to become|matches/.test(line)),
  ).toEqual([]);
});
