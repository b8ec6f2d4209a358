import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { inventLog, STYLES } from '../rule/suggest/invented-logs.js';
import { say } from '../rule/suggest/say.js';
import { heldClock } from '../support/held-clock.js';
import { createRandom } from '../support/random.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUES = `set hidepid on
set mask ___
set queue report f@x.org t@x.org [30 12 * * *] Report
set queue misc f@x.org t@x.org [35 12 * * *] Unknown
`;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

/** Lines of messages, said by hosts in turn. */
function linesOf(messages: readonly string[], hosts = 1): string {
  return messages.map((message, at) => `Nov 20 12:30:00 web${1 + (at % hosts)} ${message}\n`).join('');
}

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** `tayori suggest` on messages that come over standard input. */
async function suggest(rules: string, messages: readonly string[], ...argv: string[]): Promise<Ran> {
  const conf = write('tenshi.conf', `${QUEUES}${rules}`);
  return await runCli(['suggest', '-c', conf, ...argv, '-'], linesOf(messages, 3));
}

const LOGINS = say('sshd[812]: Failed password for $ from @ port # ssh2', 40);

describe('suggest', () => {
  it('prints a rule for each kind, with a sample, what becomes of it, and what it changes', async () => {
    const { code, out, err } = await suggest('misc .*\n', [
      ...LOGINS,
      ...say('cron: job # started', 3),
      ...say('cron: job # stopped', 2),
    ]);
    expect(
      out,
    ).toBe(`# 1: takes 40 lines of 3 hosts; 40 different messages become 1; takes nothing that other rules take now
#> ${LOGINS[0]?.replace('[812]', '')}
#= sshd: Failed password for ___ from ___ port ___ ssh2
misc ^sshd: Failed password for (?<user>\\S+) from %{IP:address} port (?<port>\\d+) ssh2$

# 2: takes 3 lines of 3 hosts; 3 different messages become 1; takes nothing that other rules take now
#> ${say('cron: job # started', 1)[0]}
#= cron: job ___ started
misc ^cron: job (\\d+) started$

# 3: takes 2 lines of 2 hosts; 2 different messages become 1; takes nothing that other rules take now
#> ${say('cron: job # stopped', 1)[0]}
#= cron: job ___ stopped
misc ^cron: job (\\d+) stopped$
`);
    expect(err).toBe(
      '45 lines read, 45 of them without a rule of their own, in 3 kinds\nRules 1 to 2 take 95 % of these lines; of 45 different messages 4 would be left\n',
    );
    expect(code).toBe(0);
  });

  it('names no pattern that means something else to the config', async () => {
    const { out } = await suggest('set pattern IP ten\nmisc .*\n', LOGINS);
    expect(out).toContain('from (?<address>[\\d.]+) port');
  });

  it('leaves lines alone that a rule of their own takes', async () => {
    const { out, err } = await suggest('report ^sshd: \nmisc .*\n', [
      ...LOGINS,
      ...say('cron: job # done', 3),
    ]);
    expect(out.match(/^misc .*/gm)).toEqual(['misc ^cron: job (\\d+) done$']);
    expect(err).toContain('43 lines read, 3 of them without a rule of their own, in 1 kind\n');
  });

  it('measures what a rule changes by the messages of now, which set automask may have masked', async () => {
    const messages = ['7', '8', '9'].map((job) => `cron: job ${job} done`);
    const masked = await suggest('set automask misc\nmisc .*\n', messages);
    expect(masked.out).toMatch(/^# 1: takes 3 lines of 3 hosts; all are the same message already;/);
    expect(masked.err).toContain('of 1 different message 1 would be left\n');
    const { out, err } = await suggest('misc .*\n', messages);
    expect(out).toMatch(/^# 1: takes 3 lines of 3 hosts; 3 different messages become 1;/);
    expect(err).toContain('of 3 different messages 1 would be left\n');
  });

  it('knows the rules of group_file by the log that is read', async () => {
    const log = write('app.log', linesOf(LOGINS));
    const rules = `group_file app\\.log$\nreport ^sshd: \ngroup_end\nmisc .*\n`;
    const conf = write('tenshi.conf', `${QUEUES}${rules}`);
    const { out, err } = await runCli(['suggest', '-c', conf, log]);
    expect(out).toBe('');
    expect(err).toContain('40 lines read, 0 of them without a rule of their own');
    const other = write('other.log', linesOf(LOGINS));
    expect((await runCli(['suggest', '-c', conf, other])).out).toMatch(/^misc \^sshd: /m);
  });

  it('tells how many lines a rule would take from others, and from which', async () => {
    const { out } = await suggest('report ^cron: job 7\nreport ^cron: job 8\nmisc .*\n', [
      ...['7', '7', '7', '8'].map((job) => `cron: job ${job} done`),
      ...['1', '2', '3'].map((job) => `cron: job ${job} done`),
    ]);
    expect(out).toContain(
      `takes 3 lines that ${join(folder, 'tenshi.conf')}:5:1 takes now, and 1 that another rule takes`,
    );
  });

  it.each(['.*', '.', '^', '^.*$', '(?:.*)', '^.', '\\S'])(
    'takes %s for a rule that says nothing of a line',
    async (regex) => {
      const { out } = await suggest(`misc ${regex}\n`, LOGINS);
      expect(out).toMatch(/^misc \^sshd: /m);
    },
  );

  it.each(['(.*)', '^sshd', '^[a-z]', '^.*password'])('takes %s for a rule of its own', async (regex) => {
    const { out, err } = await suggest(`misc ${regex}\n`, LOGINS);
    expect(out).toBe('');
    expect(err).toContain('There is nothing to propose.\n');
  });

  it('writes rules for the queue report where no queue has the lines now', async () => {
    const { out, err } = await suggest('', LOGINS);
    expect(out).toMatch(/^report \^sshd: /m);
    expect(err).not.toContain('--queue');
  });

  it('says so when the config has no such queue', async () => {
    const conf = write('tenshi.conf', QUEUES.replace('queue report', 'queue other'));
    const { err } = await runCli(['suggest', '-c', conf, '-'], linesOf(LOGINS));
    expect(err).toContain('The config has no queue report: name one of its own with --queue\n');
  });

  it('writes rules for the queue that it is told, and for trash without what becomes of a line', async () => {
    expect((await suggest('misc .*\n', LOGINS, '--queue', 'report')).out).toMatch(/^report \^sshd: /m);
    const { out } = await suggest('misc .*\n', LOGINS, '--queue', 'trash');
    expect(out).toMatch(/^# 1: takes 40 lines of 3 hosts; 40 messages go; .*\n#> .*\ntrash \^sshd: .*\n$/);
    const { code, err } = await suggest('misc .*\n', LOGINS, '--queue', 'nowhere');
    expect(err).toBe('tayori suggest: no queue "nowhere" in the config; there are report, misc, and trash\n');
    expect(code).toBe(1);
  });

  it('masks the number of a process, also where it was always the same', async () => {
    const conf = write('tenshi.conf', `${QUEUES.replace('hidepid on', 'hidepid off')}misc .*\n`);
    const { out } = await runCli(['suggest', '-c', conf, '-'], linesOf(LOGINS));
    expect(out).toMatch(/^misc \^sshd\\\[\(\\d\+\)\\\]: Failed password/m);
    const word = Array.from({ length: 12 }, (_, at) => `Some Word[7]: page ${at} printed`);
    const other = await runCli(['suggest', '-c', conf, '-'], linesOf(word));
    expect(other.out).toMatch(/^misc \^Some Word\\\[\(\\d\+\)\\\]: page/m);
  });

  it('makes one message of those that differ in the blanks in front of a value', async () => {
    const { out } = await suggest('misc .*\n', [...say('a: user=$ in  @', 20), ...say('a: user=$ in @', 20)]);
    expect(out).toContain(' different messages become 1;');
    expect(out).toMatch(/^misc \^a: user=\(\?<user>\S+\) in\\s\(\?<address>\\s\*\[/m);
  });

  it('reads packed logs and pipes as it reads standard input', async () => {
    const conf = write('tenshi.conf', `${QUEUES}misc .*\n`);
    const log = linesOf(LOGINS, 3);
    const { out } = await runCli(['suggest', '-c', conf, '-'], log);
    const packed = write('log.gz', gzipSync(log));
    expect((await runCli(['suggest', '-c', conf, packed])).out).toBe(out);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = import('node:fs/promises').then((fs) => fs.writeFile(pipe, log));
    expect((await runCli(['suggest', '-c', conf, pipe])).out).toBe(out);
    await writing;
  });

  it('says what cannot be read, and proposes what the rest gives', async () => {
    const conf = write('tenshi.conf', `${QUEUES}misc .*\n`);
    const missing = join(folder, 'nowhere');
    const { code, out, err } = await runCli(['suggest', '-c', conf, missing, folder, '-'], linesOf(LOGINS));
    expect(code).toBe(1);
    expect(err).toContain(`${folder}: cannot be read: it is a folder\n`);
    expect(err.match(/cannot be read/g)).toHaveLength(2);
    expect(out).toContain('takes 40 lines of 1 host;');
  });

  it('says how many lines had no prefix', async () => {
    const conf = write('tenshi.conf', `${QUEUES}misc .*\n`);
    const { err } = await runCli(['suggest', '-c', conf, '-'], 'no prefix here\n');
    expect(err).toContain(
      '1 line without a known prefix left out (files of messages without any: --plain)\n',
    );
  });

  it('shows as many rules as it is told, and says how many more there are', async () => {
    const messages = [...say('a: x #', 9), ...say('b: x #', 8), ...say('c: x #', 7)];
    const { out, err } = await suggest('misc .*\n', messages, '-n', '1');
    expect(out.match(/^misc /gm)).toHaveLength(1);
    expect(err).toContain('2 more rules to be seen with -n 3\n');
  });

  it.each<readonly [title: string, argv: readonly string[], said: string]>([
    ['--accept alone', ['--accept', '1'], '--accept N,M and --to FILE go together'],
    ['--to alone', ['--to', 'x'], '--accept N,M and --to FILE go together'],
    [
      'no numbers',
      ['--accept', 'all', '--to', 'x'],
      '--accept takes numbers of rules, as in 1,3-5, not "all"',
    ],
    ['--groups without --plain', ['--groups', 'x'], '--groups OUT goes with --plain'],
    ['no rules at all', ['-n', '0'], '-n takes a whole number from 1 on'],
    ['a queue of two words', ['--queue', 'a b'], '"a b" cannot name a queue'],
  ])('refuses %s as wrong usage', async (_, argv, said) => {
    const { code, err } = await suggest('misc .*\n', LOGINS, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(`tayori suggest: ${said}`);
  });
});

describe('suggest --accept', () => {
  const MESSAGES = [...LOGINS, ...say('cron: job # done', 9), ...say('app: key # lost', 5)];
  const HEAD =
    '# Rules that tayori suggest has written. Include this file in front of the rule that takes everything else.\n';

  it('writes the rules of these numbers to a new file, which a config can include', async () => {
    const to = join(folder, 'new.rules');
    const { code, out, err } = await suggest('misc .*\n', MESSAGES, '--accept', '1,3', '--to', to);
    expect(code).toBe(0);
    expect(readFileSync(to, 'utf8')).toBe(`${HEAD}\n${out.replace(/\n\n$/, '\n')}`);
    expect(out.match(/^misc \^\w+/gm)).toEqual(['misc ^sshd', 'misc ^app']);
    expect(err).toContain(
      `2 rules written to ${to}\nThe config does not include it yet: write include ${to} `,
    );
    const again = await suggest(`include ${to}\nmisc .*\n`, MESSAGES);
    expect(again.out.match(/^misc .*/gm)).toEqual(['misc ^cron: job (\\d+) done$']);
  });

  it('writes behind the rules that it wrote before, each once', async () => {
    const to = join(folder, 'new.rules');
    await suggest('misc .*\n', MESSAGES, '--accept', '2', '--to', to);
    const { err } = await suggest('misc .*\n', MESSAGES, '--accept', '1-2', '--to', to);
    expect(err).toContain(`1 rule written to ${to}; already there: 1\n`);
    const rules = readFileSync(to, 'utf8').match(/^misc \^\w+/gm);
    expect(rules).toEqual(['misc ^cron', 'misc ^sshd']);
  });

  it('leaves any other file as it is', async () => {
    const to = write('mine.rules', 'trash ^mine\n');
    const { code, err } = await suggest('misc .*\n', MESSAGES, '--accept', '1', '--to', to);
    expect(code).toBe(1);
    expect(err).toContain(`${to} is not written: it was not written by tayori suggest`);
    expect(readFileSync(to, 'utf8')).toBe('trash ^mine\n');
  });

  it('refuses the number of a rule that is not there, and writes nothing', async () => {
    const to = join(folder, 'new.rules');
    const { code, err } = await suggest('misc .*\n', MESSAGES, '--accept', '1,4', '--to', to);
    expect(code).toBe(1);
    expect(err).toBe('tayori suggest: there is no rule 4; there are 3\n');
    expect(existsSync(to)).toBe(false);
  });

  it.each(STYLES)('writes rules for the style %s that say of their samples what they do', async (style) => {
    const to = join(folder, 'new.rules');
    const messages = inventLog(style, 600).map(({ text }) => `app: ${text}`);
    await suggest('misc .*\n', messages, '--accept', '1-5', '--to', to);
    const config = readConfig(write('both.conf', `${QUEUES}include new.rules\n`));
    if (!config.ok) throw new Error('not sound');
    const lines = readFileSync(to, 'utf8').split('\n');
    const samples = lines.filter((line) => line.startsWith('#> ')).map((line) => line.slice(3));
    const results = lines.filter((line) => line.startsWith('#= ')).map((line) => line.slice(3));
    expect(samples).toHaveLength(config.config.rules.length);
    expect(config.config.rules.map(({ pattern }, at) => pattern.mask(samples[at] ?? '', '___'))).toEqual(
      results,
    );
  });
});

describe('suggest without a log', () => {
  const conf = 'set state state\nset hidepid on\nset queue noon f@x.org t@x.org [30 12 * * *] S\n';
  const queues = 'set queue misc f@x.org t@x.org [30 12 * * *] S\n';

  it('takes what the queues hold that such a rule fills', async () => {
    const running = await startDaemon(`${conf}${queues}noon ^known\nmisc .\n`, { clock: heldClock(NOON) });
    running.write(...say('job # done', 20), 'job 7 done', 'job 7 done', 'known: job 1 done');
    await running.daemon.poll();
    const { out, err } = await runCli(['suggest', '-c', join(running.folder, 'tenshi.conf')]);
    expect(err).toContain('22 lines read, 22 of them without a rule of their own, in 1 kind\n');
    expect(out).toMatch(/^# 1: takes 22 lines of 1 host; 2\d different messages become 1;/);
    expect(out).toMatch(/^misc \^job \(\\d\+\) done\$$/m);
  });

  it('takes masked messages for lines with the values that were seen', async () => {
    const rules = `${conf}${queues}set letter full\nset automask misc\nmisc .*\n`;
    const running = await startDaemon(rules, { clock: heldClock(NOON) });
    running.write(...say('app: job # from @ done', 20), ...say('app: job # from @ failed', 5));
    await running.daemon.poll();
    const { out } = await runCli(['suggest', '-c', join(running.folder, 'tenshi.conf')]);
    expect(out).toMatch(/^# 1: takes 20 lines of 1 host; all are the same message already;/m);
    expect(out).toMatch(/^misc \^app: job \(\\d\+\) from %\{IP:address\} done\$$/m);
    expect(out).toMatch(/^misc \^app: job \(\\d\+\) from %\{IP:address\} failed\$$/m);
  });

  it.each(['', 'set automask misc\n'])(
    'proposes nothing again that a rule of the same queue takes by now, with %j',
    async (automask) => {
      const running = await startDaemon(`${conf}${queues}set letter full\n${automask}misc .*\n`, {
        clock: heldClock(NOON),
      });
      running.write(...say('app: job # done', 20), ...say('app: link # down', 5));
      await running.daemon.poll();
      const path = join(running.folder, 'tenshi.conf');
      const to = join(running.folder, 'mine.conf');
      await runCli(['suggest', '-c', path, '--accept', '1', '--to', to]);
      writeFileSync(path, readFileSync(path, 'utf8').replace('misc .*', 'include mine.conf\nmisc .*'));
      const { code, out, err } = await runCli(['suggest', '-c', path]);
      expect(code).toBe(0);
      expect(out.match(/^misc .*/gm)).toEqual(['misc ^app: link (\\d+) down$']);
      expect(err).toContain('25 lines read, 5 of them without a rule of their own, in 1 kind\n');
    },
  );

  it('says what it leaves out where values are not recorded', async () => {
    const rules = `${conf}${queues}set letter plain\nset automask misc\nmisc .*\n`;
    const running = await startDaemon(rules, { clock: heldClock(NOON) });
    running.write(...say('app: job # from @ done', 20));
    await running.daemon.poll();
    const { err } = await runCli(['suggest', '-c', join(running.folder, 'tenshi.conf')]);
    expect(err).toContain('1 masked message without known values left out; name logs: tayori suggest');
  });

  it('asks for logs where there is no state', async () => {
    const path = write('tenshi.conf', `${conf}${queues}noon ^known\nmisc .\n`);
    const { code, err } = await runCli(['suggest', '-c', path]);
    expect(code).toBe(1);
    expect(err).toContain('tayori suggest: without a state, name logs: tayori suggest /var/log/syslog*\n');
  });

  it('asks for logs where there is no such queue', async () => {
    const path = write('tenshi.conf', `${conf}noon ^known\n`);
    const { code, err } = await runCli(['suggest', '-c', path]);
    expect(code).toBe(1);
    expect(err).toContain(
      'tayori suggest: no rule such as misc .* keeps what no other rule knows, so there is nothing to go by; name logs: tayori suggest /var/log/syslog*',
    );
  });
});

describe('suggest --plain', () => {
  it('takes each line for a message, and asks no rule', async () => {
    const { out } = await runCli(['suggest', '--plain', '-'], say('job # done', 9).join('\n'));
    expect(out).toMatch(/^# 1: takes 9 messages; 9 different messages become 1\n/);
    expect(out).toMatch(/^report \^job \(\\d\+\) done\$$/m);
  });

  it('names the kind of each line, of empty ones and the last one, too', async () => {
    const lines = ['job 1 done', '', 'key lost', 'job 2 done', '', '', 'job 33 done\r', 'key lost'];
    const { out, err } = await runCli(['suggest', '--plain', '--groups', '-', '-'], lines.join('\n'));
    const names = out.split('\n');
    expect(names.pop()).toBe('');
    const firsts = names.map((name) => names.indexOf(name));
    expect(firsts).toEqual([0, 1, 2, 0, 1, 1, 0, 2]);
    expect(err).toBe('8 messages in 3 kinds\n');
  });

  it('writes the names to a file', async () => {
    const to = join(folder, 'groups');
    const log = write('plain', 'job 1 done\njob 2 done\n');
    const { code } = await runCli(['suggest', '--plain', '--groups', to, log]);
    expect(code).toBe(0);
    expect(readFileSync(to, 'utf8')).toMatch(/^(\d+)\n\1\n$/);
  });
});

describe('bad input', () => {
  const { below } = createRandom(5);
  const word = (): string =>
    Array.from({ length: 3 + below(6) }, () => 'abcdefghijklmnop'[below(16)]).join('');
  const many = (count: number, message: () => string): string[] => Array.from({ length: count }, message);
  const japanese = ['起動しました', '停止しました', '接続に失敗', '利用者', 'が', 'を', 'サーバー'];
  const byte = (): string => String.fromCharCode(...many(100, () => '').map(() => below(256)));

  it.each<readonly [title: string, messages: readonly string[]]>([
    ['nothing', []],
    ['one line', ['app: one line']],
    ['one word each', many(1000, () => `app: ${word()}`)],
    ['numbers alone', many(1000, () => `app: ${many(1 + below(9), () => String(below(1e6))).join(' ')}`)],
    [
      'Japanese without blanks',
      many(300, () => `app: ${many(4, () => japanese[below(7)] ?? '').join('')}${below(99)}件`),
    ],
    ['lines of 10 kB', many(40, () => `app: ${many(1700, word).join(' ')}`.slice(0, 10_000))],
    ['bytes of all sorts', many(100, () => `app: ${byte().replaceAll('\n', '')}`)],
    [
      'brackets and signs',
      many(100, () => `app: ${many(20, () => '()[]{}<>|\\^$.*+?"'[below(17)] ?? '').join('')}`),
    ],
  ])('is taken: %s', async (_, messages) => {
    const { code, out, err } = await suggest('misc .*\n', messages, '-n', '1000');
    expect(code).toBe(0);
    expect(err).toContain(`${messages.length} line${messages.length === 1 ? '' : 's'} read`);
    expect(out).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(3000);
  });

  it('makes no rule that takes whatever a program says', async () => {
    const { out, err } = await suggest(
      'misc .*\n',
      many(3000, () => `app: ${word()}`),
    );
    expect(out).toBe('');
    expect(err).toContain('1 kind without a rule: it would take more, or be too long to be read\n');
  });

  it('drops the rarest of too many kinds, and says so', async () => {
    const different = many(11_000, () => `app: ${many(6, word).join(' ')}`);
    const { code, out, err } = await suggest('misc .*\n', [...different, ...LOGINS]);
    expect(code).toBe(0);
    expect(err).toMatch(/There were too many kinds: \d+ lines of the rarest were dropped\n/);
    expect(err).toMatch(/Only the 1000 most frequent kinds have a rule here: \d+ others are left out\n/);
    expect(out).toMatch(/^# 1: takes 40 lines of 3 hosts;/);
  });

  it('shows a question mark in a sample for what acts on a terminal, and a rule that takes the line', async () => {
    const { out } = await suggest('misc .*\n', ['app: \u001b[2J gone', 'app: \u001b[2J gone']);
    expect(out).toContain('#> app: ?[2J gone\n#= app: ?[___ gone\nmisc ^app: .\\[(\\S+) gone$\n');
  });
});
