import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUES = `set hidepid on
set queue report f@x.org t@x.org [30 12 * * *] Report
set queue misc f@x.org t@x.org [30 12 * * *] Misc
`;

/** Line 4 of the config is the first one. */
const RULES = String.raw`trash ^cron:
report ^cron: job \d+ failed
report ^sshd: Failed
report error
report ^kernel: disk \S+ error
report ^nosuch:
group_host ^web
report ^sshd: Failed password
report ^sshd: Accepted
group_end
report ^sshd: .
misc .*
`;

const MESSAGES = [
  'cron[7]: job 1 done',
  'cron[7]: job 2 failed',
  'sshd[3]: Failed password for x',
  'sshd[3]: Failed none for x',
  'kernel: disk sda error',
  ...['smartd', 'mdadm', 'ntpd', 'php'].map((program) => `${program}[1]: some error`),
  'sshd[3]: Accepted key for x',
];

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

const linesOf = (messages: readonly string[]): string =>
  messages.map((message) => `Nov 20 12:30:00 web1 ${message}\n`).join('');

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** `tayori rules` with these rules, on messages that come over standard input. */
async function onLogs(rules: string, messages: readonly string[], ...argv: string[]): Promise<Ran> {
  const conf = write('tenshi.conf', `${QUEUES}${rules}`);
  return await runCli(['rules', '-c', conf, ...argv, '-'], linesOf(messages));
}

interface Json {
  readonly read: number | null;
  readonly rules: readonly {
    readonly line: number;
    readonly lines: number;
    readonly since: number | null;
    readonly last: number | null;
    readonly cost: number | null;
    readonly programs: readonly { readonly program: string; readonly sample: string | null }[];
    readonly findings: readonly {
      readonly kind: string;
      readonly of?: { readonly line: number };
      readonly by?: { readonly line: number };
      readonly line?: string | null;
      readonly programs?: readonly string[];
    }[];
  }[];
}

/** Each finding in a few words: `5 shadowed by 4`. */
function found({ rules }: Json): string[] {
  return rules.flatMap(({ line, findings }) =>
    findings.map(({ kind, of, by, programs }) =>
      [line, kind, of && `of ${of.line}`, by && `by ${by.line}`, programs?.join()].filter(Boolean).join(' '),
    ),
  );
}

async function jsonOf(rules: string, messages: readonly string[]): Promise<Json> {
  const { code, out, err } = await onLogs(rules, messages, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('tayori rules on logs', () => {
  it('counts what each rule takes, in its order', async () => {
    const { rules, read } = await jsonOf(RULES, MESSAGES);
    expect(read).toBe(10);
    expect(rules.map(({ line, lines }) => [line, lines])).toEqual([
      [4, 2],
      [5, 0],
      [6, 2],
      [7, 5],
      [8, 0],
      [9, 0],
      [11, 0],
      [12, 1],
      [14, 0],
      [15, 0],
    ]);
  });

  it('finds dead rules, the wide ones, and those whose lines an earlier rule takes', async () => {
    expect(found(await jsonOf(RULES, MESSAGES))).toEqual([
      '5 shadowed by 4',
      '5 dead',
      '7 wide kernel,smartd,mdadm,ntpd,php',
      '8 shadowed by 7',
      '8 dead',
      '9 dead',
      '11 shadowed by 6',
      '11 dead',
      '14 dead',
      '15 dead',
    ]);
  });

  it.each([
    ['with other words for the same', 'report ^a [0-9]+\nreport ^a (\\d+).*\n', '5 duplicate of 4'],
    ['in another group of the same regex', groups('report ^a x', 'report ^a x'), '8 duplicate of 5'],
  ])('a rule %s is a duplicate', async (_, rules, told) => {
    expect(found(await jsonOf(rules, ['b: x']))).toContain(told);
  });

  it('nothing is said of an earlier rule in a group that the later one is not in', async () => {
    const rules = 'group_host ^db\nreport ^a x\ngroup_end\nreport ^a x\n';
    expect(found(await jsonOf(rules, ['a x']))).toEqual(['5 dead']);
  });

  it('shows a line where only lines tell that another rule takes them', async () => {
    const rules = 'report ^sshd: \\w+ pass\nreport ^sshd: F\\S+ password\n';
    const messages = ['sshd: Failed password', 'sshd: Failed password', 'sshd: Accepted password'];
    const json = await jsonOf(rules, messages);
    expect(found(json)).toEqual(['5 shadowed by 4', '5 dead']);
    expect(json.rules[1]?.findings[0]?.line).toBe('sshd: Failed password');
  });

  it('finds several rules that hide each other behind the same one', async () => {
    const rules = `report ^x [a-z]+\n${['.?ab', '.+cd', '.+de'].map((word) => `report ^x ${word}`).join('\n')}\n`;
    expect(found(await jsonOf(rules, ['x abcde', 'x q'])).filter((one) => one.includes('shadowed'))).toEqual([
      '5 shadowed by 4',
      '6 shadowed by 4',
      '7 shadowed by 4',
    ]);
  });

  it('a rule for what others leave is not said to be shadowed', async () => {
    const rules = 'report ^sudo: a\nreport ^sudo: b\nreport ^sudo: .+$\n';
    expect(found(await jsonOf(rules, ['sudo: a', 'sudo: b', 'sudo: a']))).toEqual(['6 dead']);
    expect(found(await jsonOf(rules, ['sudo: a', 'sudo: a']))).toEqual(['5 dead', '6 dead']);
  });

  it.each([
    ['which names programs at its start', '^(?:a|b|c|d|e): x'],
    ['in whose regex they stand', '(?:a|b|c|d|e): x'],
    ['that takes everything', '.*'],
  ])('a rule %s is not wide', async (_, regex) => {
    const messages = [...'abcde'].map((program) => `${program}: x`);
    expect(found(await jsonOf(`report ${regex}\n`, messages))).toEqual([]);
    expect(found(await jsonOf('report x\n', messages))).toEqual(['4 wide a,b,c,d,e']);
  });

  it('measures what it takes to try a rule, where lines come to it', async () => {
    const { rules } = await jsonOf('report .\nreport ^a\n', MESSAGES);
    expect(rules[0]?.cost).toBeGreaterThan(0);
    expect(rules[1]?.cost).toBeNull();
  });

  it('reads packed logs, and names one that cannot be read', async () => {
    const conf = write('tenshi.conf', `${QUEUES}report ^a\n`);
    const log = write('x.log.1.gz', gzipSync(linesOf(['a', 'b'])));
    const { code, out, err } = await runCli(['rules', '-c', conf, '--json', log, join(folder, 'none')]);
    expect(JSON.parse(out)).toMatchObject({ read: 2, rules: [{ lines: 1 }] });
    expect(code).toBe(1);
    expect(err).toContain('none: cannot be read');
  });
});

/** Two groups of the same regex, with a rule each. */
function groups(one: string, other: string): string {
  return [one, other].map((rule) => `group ^a\n${rule}\ngroup_end\n`).join('');
}

describe('the table', () => {
  const withoutCosts = (out: string): string =>
    out.replaceAll(/\d+(?:\.\d\d)? us/g, ' us').replaceAll(/ +/g, ' ');

  it('shows what to look at, then what takes most, in 80 columns', async () => {
    const { out } = await onLogs(RULES, MESSAGES);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(withoutCosts(out)).toBe(String.raw`What to look at
 LINES COST WHERE RULE
 0 us tenshi.conf:5 report ^cron: job \d+ failed
 tenshi.conf:4 takes its lines
 0 us tenshi.conf:8 report ^kernel: disk \S+ error
 tenshi.conf:7 takes its lines
 0 us tenshi.conf:11 report ^sshd: Failed password
 tenshi.conf:6 takes its lines
 5 us tenshi.conf:7 report error
 wide: takes lines of kernel, smartd, mdadm, ntpd, php
 0 us tenshi.conf:9 report ^nosuch:
 took no line of these logs
 0 - tenshi.conf:14 report ^sshd: .
 took no line of these logs
 0 - tenshi.conf:15 misc .*
 took no line of these logs

Which rules take most
 LINES COST WHERE RULE
 5 us tenshi.conf:7 report error
 wide: takes lines of kernel, smartd, mdadm, ntpd, php
 2 us tenshi.conf:4 trash ^cron:
 2 us tenshi.conf:6 report ^sshd: Failed
 1 us tenshi.conf:12 report ^sshd: Accepted

10 rules; 4 took 10 of 10 lines
duplicate 0, shadowed 3, wide 1, dead 6
`);
  });

  it.each([
    ['--wide', [7]],
    ['--dead', [5, 8, 11, 9, 14, 15]],
    ['--shadowed', [5, 8, 11]],
    ['--trash', [4]],
    ['--duplicate', []],
  ])('with %s it has only these', async (flag, lines) => {
    const { out } = await onLogs(RULES, MESSAGES, flag);
    const shown = [...out.matchAll(/ us {2}tenshi.conf:(\d+)| - {2}tenshi.conf:(\d+)/g)];
    expect(shown.map(([, one, other]) => Number(one ?? other)).sort()).toEqual([...lines].sort());
  });

  it('shows a line of each rule of trash', async () => {
    const { out } = await onLogs(RULES, MESSAGES, '--trash');
    expect(out).toContain('takes "cron: job 1 done"');
  });

  it('says how many are left out', async () => {
    const { out } = await onLogs(RULES, MESSAGES, '-n', '2');
    expect(out).toContain('  and 5 more (-n 7)\n');
  });

  it('escapes what a terminal would act on', async () => {
    const { out } = await onLogs('trash .\n', ['cron: \x1b[2J'], '--trash');
    expect(out).not.toContain('\x1b');
  });

  it('wants a number from 1 on', async () => {
    expect(await onLogs(RULES, [], '-n', '0')).toMatchObject({ code: 2 });
  });
});

describe('tayori rules on the state', () => {
  const CONF = `set state state\n${QUEUES}`;
  const conf = (where: string): string[] => ['rules', '-c', join(where, 'tenshi.conf')];

  it('shows what the daemon has counted, and which rules took nothing for 30 days', async () => {
    const now = Date.now();
    const clock = heldClock(now - 40 * DAY);
    const first = await startDaemon(`${CONF}report ^a\nreport ^never\nreport ^old\n`, { clock });
    first.write('old: x', 'a: x');
    await first.daemon.poll();
    clock.advance(39 * DAY);
    first.write('a: y');
    await first.daemon.poll();
    const { out } = await runCli([...conf(first.folder), '--json']);
    const { rules, read } = JSON.parse(out) as Json;
    expect(read).toBeNull();
    expect(rules.map(({ lines, last, findings }) => [lines, last, findings[0]?.kind])).toEqual([
      [2, now - DAY, undefined],
      [0, null, 'dead'],
      [1, now - 40 * DAY, 'dead'],
    ]);
    const shown = await runCli([...conf(first.folder), '--dead']);
    expect(shown.out).toContain('never a line; known since ');
    expect(shown.out).toContain('no line since ');
    expect(shown.out).toContain('3 rules; 2 took 3 lines since ');
  });

  it('finds shadows by lines of trash, and by the samples of the config', async () => {
    const rules = String.raw`trash done$
report ^cron: job \d+ done
report ^kernel: \w+ err
#> kernel: disk error on sda
report ^kernel: disk error
`;
    const running = await startDaemon(`${CONF}${rules}`, { clock: heldClock(Date.now()) });
    running.write('cron: job 1 done');
    await running.daemon.poll();
    const { out } = await runCli([...conf(running.folder), '--json']);
    expect(found(JSON.parse(out))).toEqual(['10 shadowed by 9', '13 shadowed by 11']);
  });

  it('finds wide rules by the programs that it has seen', async () => {
    const running = await startDaemon(`${CONF}report x$\n`);
    running.write(...[...'abcde'].map((program) => `${program}: x`));
    await running.daemon.poll();
    const { out } = await runCli([...conf(running.folder), '--wide']);
    expect(out).toContain('wide: takes lines of a, b, c, d, e');
  });

  it('asks for logs where there is no state', async () => {
    const running = await startDaemon(`${CONF}report x$\n`);
    await running.stop();
    rmSync(join(running.folder, 'state'), { recursive: true });
    const { code, err } = await runCli(conf(running.folder));
    expect(code).toBe(1);
    expect(err).toContain('without a state, name logs: tayori rules /var/log/syslog*');
  });
});
