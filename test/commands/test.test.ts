import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const { raw } = String;

const CONF = `set state FOLDER/state
set hidepid on
set mask ___
set queue report f@example.org t@example.org [30 12 * * *]
set queue critical f@example.org t@example.org [now]
set queue page f@example.org t@example.org [now]
set window critical 3 24h by ip
set throttle page 1h by ip
set exempt ip 10.0.0.0/8
include FOLDER/sshd.rules
trash ^CRON:
repeat ^last message repeated (\\d+) times
group_host ^web
page,report:5 ^nginx: (?<verb>GET|POST) (\\S+) from (?<ip>\\S+)
group_end
report ^sshd: Invalid
`;

const RULES = raw`
group ^sshd:
critical,report ^sshd: Failed (?<how>password|none) for (?:invalid user )?(?<user>\S+) from (?<ip>\S+) port \d+
report ^sshd: Accepted (\S+) for root
group_end
`;

/** A config with a file of rules in a folder of their own. */
function given(conf = CONF) {
  const folder = temporaryFolder();
  const path = join(folder, 'tenshi.conf');
  writeFileSync(path, conf.replaceAll('FOLDER', folder));
  writeFileSync(join(folder, 'sshd.rules'), RULES);
  const run = async (args: readonly string[], input = '') =>
    await runCli(['test', '-c', path, ...args], input);
  return { folder, path, run };
}

const stamped = (text: string, host = 'web1'): string => `2020-11-20T12:00:00+00:00 ${host} ${text}`;
const FAILED = stamped('sshd[812]: Failed password for root from 192.0.2.1 port 22 ssh2');

const GET = stamped('nginx: GET /x from 192.0.2.9');

/** A state that has counted these lines. */
function remember(folder: string, path: string, lines: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const [opened, read] = [openSqliteStore(join(folder, 'tayori.db')), readConfig(path)];
  if (!opened.ok || !read.ok) throw new Error('no state, or no config');
  const state = new RuleState({ last: [], hits: [] });
  const processor = new LineProcessor(read.config, state, Date.now, () => {});
  processor.take({ text: lines.join('\n') });
  opened.store.commit({ at: Date.now(), positions: [], forgotten: [], ...processor.changes() });
  opened.store.end();
}

/** Output with runs of blanks as one, so that columns do not matter. */
const flat = (text: string): string[] => text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());

describe('tayori test shows', () => {
  it('how a line is read, what the groups take, and where it goes', async () => {
    const { folder, run } = given();
    const { out, code } = await run([FAILED]);
    expect(flat(out)).toEqual([
      '1. The line',
      'dialect RFC 3339',
      'host web1',
      'time 2020-11-20T12:00:00.000Z',
      'program sshd',
      'text sshd: Failed password for root from 192.0.2.1 port 22 ssh2',
      '2. The groups',
      '$1 how password masked',
      '$2 user root masked',
      '$3 ip 192.0.2.1 masked',
      '3. The rule',
      raw`rule ${folder}/sshd.rules:3:1 critical,report ^sshd: Failed (?<how>password|none) for (?:invalid user )?(?<user>\S+) from (?<ip>\S+) port \d+`,
      `in group ${folder}/sshd.rules:2:1 group ^sshd:`,
      'message sshd: Failed ___ for ___ from ___ port 22 ssh2',
      'queue critical its letter goes at once',
      'set window: of ip 192.0.2.1, critical gets every 3rd line within 1 d; this is number 1',
      '-> it does not get the line: the window is not full',
      'queue report its letters go at [30 12 * * *]',
      '',
    ]);
    expect(code).toBe(0);
  });

  it.each<[name: string, line: string, expected: readonly string[]]>([
    [
      'a line that a rule throws away',
      stamped('CRON: x'),
      ['trash it is thrown away', 'none nothing of the line is masked'],
    ],
    ['a line that no rule knows', stamped('cups: x'), ['no rule matches: the line goes to no queue']],
    [
      'a repeat of nothing',
      stamped('last message repeated 3 times'),
      ['repeat it repeats nothing: no message of the host came before it'],
    ],
    [
      'a line without a prefix',
      'hello',
      [
        'no dialect its beginning is none that is known, so it goes to no queue; write set prefix, or a queue noprefix',
      ],
    ],
    [
      'an exempt address',
      stamped('sshd: Failed none for root from 10.1.2.3 port 2'),
      ['-> it does not get the line: a group has a value of set exempt'],
    ],
    [
      'an escalation and a throttle',
      stamped('nginx: GET /x from 192.0.2.9'),
      [
        'set throttle: a page for ip 192.0.2.9 at most every 1 h',
        '-> it gets the line',
        'queue report its letters go at [30 12 * * *]; every 5 lines of a host (escalation)',
        '-> it does not get the line: its number is not reached',
        'in group CONF:13:1 group_host ^web',
      ],
    ],
    ['control characters', stamped('cups: \x1b[31m'), [raw`text cups: \x1b[31m`]],
  ])('%s', async (_, line, expected) => {
    const { path, run } = given();
    const lines = flat((await run([line])).out);
    for (const one of expected) expect(lines).toContain(one.replace('CONF', path));
  });

  it('each line of standard input by itself', async () => {
    const { run } = given();
    const { out } = await run(['-'], `${FAILED}\n${stamped('CRON: x')}\n`);
    expect(out.split('\n\n')).toHaveLength(2);
    expect((await run([], `${FAILED}\n`)).out).toBe((await run([FAILED])).out);
  });

  it('what earlier lines make of it, by the state, and changes nothing there', async () => {
    const { folder, path, run } = given();
    expect((await run([FAILED])).err).toContain('there is no state');
    remember(join(folder, 'state'), path, [FAILED, FAILED, ...Array<string>(4).fill(GET)]);
    for (const _ of ['once', 'and again']) {
      expect(flat((await run([FAILED])).out)).toContain(
        'set window: of ip 192.0.2.1, critical gets every 3rd line within 1 d; this one fills it',
      );
      const { out, err } = await run([GET, '--log', '/var/log/x']);
      expect(flat(out)).toContain('-> it gets the line, but no page of its own: it goes with the next one');
      expect(flat(out)).not.toContain('-> it does not get the line: its number is not reached');
      expect(err).toBe('');
    }
  });

  it('which log it is of, where logs are read in a way of their own', async () => {
    const { run } = given(`set loghost /var/log/typescripts/*/* /([^/]+)/[^/]+$
set queue a f@example.org t@example.org [now]
group_file /typescripts/
a ^(\\w+)
group_end
`);
    const { out } = await run(['--log', '/var/log/typescripts/web7/x', 'make: done']);
    expect(flat(out)).toEqual(expect.arrayContaining(['dialect set loghost', 'host web7', '$1 make masked']));
    expect(flat((await run(['make: done'])).out)).toContain('text make: done');
  });
});

describe('tayori test --why', () => {
  const line = stamped('sshd: Failed publickey for root from 192.0.2.1 port 22');

  it.each<[name: string, why: string, of: string, expected: string]>([
    [
      'marks where the regex and the line part',
      'sshd.rules:3',
      line,
      `Why not
  FOLDER/sshd.rules:3:1: it does not match
    ^sshd: Failed (?<how>password|none) for (?:invalid user )?(?<user>\\S+) from (?<ip>...
                          ^ finds nothing
    sshd: Failed publickey for root from 192.0.2.1 port 22
                  ^ no "a" here
`,
    ],
    [
      'names the group that does not match',
      'sshd.rules:4',
      stamped('cups: x'),
      `Why not
  FOLDER/sshd.rules:4:1: the group around it, FOLDER/sshd.rules:2:1: it does not match
    ^sshd:
     ^ finds nothing
    cups: x
    ^ no "s" anywhere
`,
    ],
    [
      'names a group by the host',
      '14',
      stamped('nginx: GET /x from 192.0.2.9', 'db1'),
      `Why not
  FOLDER/tenshi.conf:14:1: the group around it, FOLDER/tenshi.conf:13:1: it does not match
    ^web
     ^ finds nothing
    db1
    ^ no "w" anywhere
`,
    ],
    [
      'names the rule that was before it',
      'FOLDER/tenshi.conf:16',
      stamped('sshd: Accepted key for root. sshd: Invalid'),
      `Why not
  FOLDER/tenshi.conf:16:1: it does not match
    ^sshd: Invalid
           ^ finds nothing
    sshd: Accepted key for root. sshd: Invalid
          ^ no "I" here
`,
    ],
    [
      'says that it took the line',
      'sshd.rules:3:1',
      FAILED,
      `Why not\n  FOLDER/sshd.rules:3:1: it takes the line\n`,
    ],
  ])('%s', async (_, why, of, expected) => {
    const { folder, run } = given();
    const { out, code } = await run(['--why', why.replace('FOLDER', folder), of]);
    expect(out.slice(out.indexOf('Why not'))).toBe(expected.replaceAll('FOLDER', folder));
    expect(code).toBe(0);
  });

  it('names the rule that took the line first', async () => {
    const { folder, run } = given(`set queue a f@example.org t@example.org [now]
a ^sshd:
a ^sshd: (.*)
`);
    const { out } = await run(['--why', '3', stamped('sshd: x')]);
    expect(out).toContain(`tenshi.conf:3:1: it matches, but an earlier rule takes the line first:
    ${folder}/tenshi.conf:2:1  ^sshd:
`);
  });

  it.each([
    ['a line without a rule', '3', 'there is no rule at "3"; the nearest are in line 11, 12, 13, 14, 16'],
    ['a file of another config', 'x.rules:3', 'the config has no file of "x.rules:3"; its files are '],
    ['no line', 'sshd.rules', '"sshd.rules" names no rule; write --why FILE:LINE'],
  ])('refuses %s', async (_, why, expected) => {
    const { run } = given();
    const { err, code } = await run(['--why', why, FAILED]);
    expect(err).toContain(expected);
    expect(code).toBe(1);
  });
});

it.each<[title: string, args: readonly string[], input: string]>([
  ['an empty argument', [''], ''],
  ['nothing on standard input', [], ''],
  ['empty lines', ['-'], '\n\n'],
])('says so when there is no line: %s', async (_, args, input) => {
  const { code, out, err } = await given().run(args, input);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(
    'tayori test: no line was given; write one in quotes, or send lines to standard input\n',
  );
});
