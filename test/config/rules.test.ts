import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/rule/rule.js';
import { BASE, read, sound } from './read.js';

type Shape = string | readonly [string, readonly Shape[]];

/** Rules as a table: `a,b:10 regex`, and groups as pairs of their head and what they hold. */
function shape(rules: readonly Rule[]): Shape[] {
  return rules.map((rule) => {
    const { source } = rule.pattern;
    if (rule.kind === 'group') return [`group ${rule.on} ${source}`, shape(rule.rules)];
    if (rule.kind !== 'queues') return `${rule.kind} ${source}`;
    const targets = rule.targets.map(({ queue, every }) => (every === null ? queue : `${queue}:${every}`));
    return `${targets.join(',')} ${source}`;
  });
}

const QUEUES = `${BASE}set queue c f@x t@x [now]\n`;
const CSV = 'set csv [now] /bin/sh\n';

describe('what a line of rules means', () => {
  it.each<[string, readonly Shape[]]>([
    ['a ^x', ['a ^x']],
    ['a,b ^x', ['a,b ^x']],
    ['trash ^x', ['trash ^x']],
    ['trash:5 ^x', ['trash ^x']],
    ['repeat ^last message repeated (\\d+) times', ['repeat ^last message repeated (\\d+) times']],
    ['a, b ^x', ['a b ^x']],
    ['a,, b', ['a b']],
    ['a,b:10,c:50 ^x', ['a,b:10,c:50 ^x']],
    ['a,b:10,c:10 ^x', ['a,b:10,c:10 ^x']],
    ['a,b,c:5 ^x', ['a,b,c:5 ^x']],
    ['b:3 ^x', ['b:3 ^x']],
    [`${CSV}csv x`, ['csv x']],
    [`${CSV}a,csv:3 x`, ['a,csv:3 x']],
    ['a /usr/bin/x@y "z" {1 $', ['a /usr/bin/x@y "z" {1 $']],
    ['group ^s\na x\ngroup_end\na y', [['group text ^s', ['a x']], 'a y']],
    ['group_host w\na x\ngroup_end', [['group host w', ['a x']]]],
    ['group_file w\na x\ngroup_end', [['group file w', ['a x']]]],
    ['group_priority err$\na x\ngroup_end', [['group priority err$', ['a x']]]],
    [
      'group ^s\ngroup_host w\na x\ngroup_end\nb y\ngroup_end',
      [['group text ^s', [['group host w', ['a x']], 'b y']]],
    ],
    ['group ^s\ngroup_end', [['group text ^s', []]]],
    ['group ^s\na x', ['a x']],
    ['group_host ^s\na x', ['a x']],
    ['a w\ngroup ^s\na x\ngroup ^t\nb y\ngroup_end\nb z', ['a w', 'a x', ['group text ^t', ['b y']], 'b z']],
  ])('%j', (rules, expected) => {
    expect(shape(sound(`${QUEUES}${rules}\n`).rules)).toEqual(expected);
  });
});

describe('what is refused, and where', () => {
  it.each<[string, readonly string[]]>([
    ['d ^x', ['5:1 error unknown-queue']],
    ['a,d,e ^x', ['5:3 error unknown-queue', '5:5 error unknown-queue']],
    ['csv ^x', ['5:1 error unknown-queue']],
    ['a,,b ^x', ['5:3 error bad-rule']],
    [',a ^x', ['5:1 error bad-rule']],
    [', ^x', ['5:1 error bad-rule', '5:2 error bad-rule']],
    ['a,trash ^x', ['5:3 error bad-rule']],
    ['repeat,a ^x', ['5:1 error bad-rule']],
    ['group,a ^x', ['5:1 error bad-rule']],
    ['repeat:5 ^x', ['5:1 error bad-rule']],
    ['a:0 ^x', ['5:1 error bad-rule']],
    ['a,b:05 ^x', ['5:3 error bad-rule']],
    ['a,b:-1 ^x', ['5:3 error bad-rule']],
    ['a,b: ^x', ['5:3 error bad-rule']],
    ['a,b:1:2 ^x', ['5:3 error bad-rule']],
    [`a,b:${'9'.repeat(20)} ^x`, ['5:3 error bad-rule']],
    ['a:5,b:10 ^x', ['5:1 error bad-rule']],
    ['a,b:10,c:5 ^x', ['5:1 error bad-rule']],
    ['a,b:10,c ^x', ['5:1 error bad-rule']],
    ['a', ['5:1 error unknown-directive']],
    ['a ', ['5:1 error unknown-directive']],
    ['group', ['5:1 error unknown-directive']],
    ['group\na x\ngroup_end', ['5:1 error unknown-directive']],
    ['group_end', ['5:1 error bad-group']],
    ['group ^s\na x\ngroup_end # of s', ['7:11 error bad-group']],
    ['group ^(s\na x\ngroup_end', ['5:8 error bad-regex']],
    ['a ^(x', ['5:4 error bad-regex']],
    ['  a   x (?{ exit })', ['5:9 error bad-regex']],
    ['d ^(x', ['5:1 error unknown-queue', '5:4 error bad-regex']],
  ])('%j', (rules, expected) => {
    const { faults, codes } = read(`${QUEUES}${rules}\na,b,c z\n`);
    expect(codes.filter((_, at) => faults[at]?.severity === 'error')).toEqual(expected);
  });

  it('a queue that is defined below', () => {
    const { told } = read(`${BASE}later x\nset queue later f@x t@x [now]\na,b y\n`);
    expect(told).toEqual([
      'tenshi.conf:4:1: error: unknown queue "later"; define it above, or use one of a, b',
    ]);
  });

  it.each([
    ['reprot x', 'did you mean report?'],
    ['repat x', 'did you mean repeat?'],
    ['Report x', 'did you mean report?'],
    ['sett sleep 5', 'did you mean set?'],
    ['inculde rules', 'did you mean include?'],
    ['xylophone x', 'define it above, or use one of report'],
    ['csv x', 'define it above with set csv'],
  ])('%s: the nearest known name', (rule, instead) => {
    const { faults } = read(`set logfile /x\nset queue report f@x t@x [now]\n${rule}\nreport y\n`);
    expect(faults).toMatchObject([{ code: 'unknown-queue', instead }]);
  });

  it('escalation', () => {
    expect(shape(sound(`${QUEUES}a,b:10,c:50 x\n`).rules)).toEqual(['a,b:10,c:50 x']);
  });

  it('groups nested too deep', () => {
    const { codes } = read(`${QUEUES}${'group x\n'.repeat(101)}a,b,c y\n${'group_end\n'.repeat(101)}`);
    expect(codes).toEqual(['105:1 error too-much']);
  });
});

describe('what is told', () => {
  it.each<[string, readonly string[]]>([
    ['a, b ^x', ['5:1 warning odd-queue', '5:1 warning odd-regex']],
    ['a,a ^x', ['5:1 warning odd-queue']],
    ['trash:5 ^x', ['5:1 warning ignored-text']],
    ['group ^s\na x', ['5:1 warning bad-group']],
    ['group_host ^s\na x', ['5:1 warning bad-group']],
    ['group_priority error$\na x\ngroup_end', ['5:1 warning odd-log']],
    ['group_priority ^auth\\.err$\na x\ngroup_end', []],
    ['group_priority ^err$\na x\ngroup_end', []],
    ['group_file ^/var/log/elsewhere\na x\ngroup_end', ['5:1 warning odd-log']],
    ['group_file x$\na x\ngroup_end', []],
    ['set logfile /var/log/none/*.log\ngroup_file ^/var/log/elsewhere\na x\ngroup_end', []],
    ['set loghost /y h', ['5:13 warning odd-log']],
    ['set start_at 5 7 /y', ['5:14 warning odd-log']],
    ['set start_at 5 7 /var/log/x', []],
    ['set loghost /var/log/x h\nset loghost /var/log/x i', ['6:13 warning odd-log']],
    ['set loghost /var/log/x (yyy)', ['5:13 warning odd-log']],
    ['set loghost /var/log/x (x)\nset loghost /var/log/x i', []],
    ['set logfile /var/log/none/*.log\nset loghost /var/log/none/a.log h', []],
    ['set logfile /var/log/none/*.log\nset loghost /var/log/none/* ([^/]+)$', []],
    ['set multiline /y indent', ['5:15 warning odd-log']],
    ['set multiline /var/log/x indent\nset multiline /var/log/x ^a', ['6:15 warning odd-log']],
    ['repeat ^last message repeated', ['5:8 warning odd-regex']],
    ['repeat ^last message repeated (\\\\d+) times', ['5:32 warning odd-regex']],
    ['a ^\\Qx.y\\E', ['5:4 warning odd-regex']],
    ['a x\nb x', ['6:1 warning unreachable-rule']],
    ['trash x\na x', ['6:1 warning unreachable-rule']],
    ['a x\ngroup ^s\nb x\ngroup_end', ['7:1 warning unreachable-rule']],
    ['a .*\nb y\nc z', ['6:1 warning unreachable-rule']],
    ['group ^s\na .*\nb y\ngroup_end\nb z', ['7:1 warning unreachable-rule']],
    ['a ^(.*)$\ngroup ^s\nb y\ngroup_end', ['6:1 warning unreachable-rule']],
    ['group ^s\na x\ngroup_end\nb x', []],
    ['group ^s\na x\ngroup_end\ngroup ^t\na x\ngroup_end', []],
    ['a x\na .*', []],
    ['a .+\nb y', []],
  ])('%j', (rules, expected) => {
    const { codes, ok } = read(`${QUEUES}${rules}\n`);
    expect(ok).toBe(true);
    expect(codes.filter((code) => !code.endsWith('unused-queue'))).toEqual(expected);
  });

  it('an unreachable rule names the one that takes its lines', () => {
    const { told, folder } = read(`${BASE}a x\nb y\nb x\n`);
    expect(told).toEqual([
      'tenshi.conf:6:1: warning: never reached: tenshi.conf:4:1 takes its lines; remove it, or move it up',
    ]);
    expect(folder).not.toBe('');
  });
});

describe('a rule that is written for another program is doubted', () => {
  it.each([
    ['a sshd\\[\\d+\\]: Failed', true, 'matches no program: set hidepid on'],
    ['a ^sshd\\[(\\d+)\\]: Failed', true, 'write sshd without the number'],
    ['a ^postfix/smtpd\\[[0-9]+\\]', true, 'write postfix/smtpd without the number'],
    ['trash ^(?:sshd|sudo)\\[.*\\]: x', true, 'write (?:sshd|sudo) without the number'],
    ['group ^su\\[\\d{1,9}\\]:', true, 'write su without the number'],
    ['a ^sshd\\[\\d+\\]: Failed', false, null],
    ['a ^sshd: pam\\[\\d+\\]: x', true, null],
    ['a ^launchd\\[(\\d+)\\] \\(x\\): y', true, null],
    ['a ^launchd\\[\\d+\\]\\s\\(x\\): y', true, null],
    ['a ^sshd(?:\\[\\d+\\])?: x', true, null],
    ['a ^[^:\\[\\]]+(?:\\[\\d+\\])?:? x', true, null],
    ['group_host ^web\\[\\d+\\]$', true, null],
    [
      'a ^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ sshd\\[[0-9]+\\]: x',
      false,
      'begins with a stamp, as those of logcheck do',
    ],
    ['a ^([[:alpha:]]{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ x', true, 'of logcheck'],
    ['a ^\\w\\w\\w +\\d+ \\d\\d:\\d\\d:\\d\\d \\S+ su: x', true, 'of logcheck'],
    ['a ^\\w{3} ways', true, null],
    ['a ^\\w{3}: [0-9]+ x', true, null],
  ])('%s, hidepid %s', (rule, hidepid, expected) => {
    const end = rule.startsWith('group') ? 'a q\ngroup_end\n' : '';
    const { told, ok } = read(`${BASE}b y\nset hidepid ${hidepid ? 'on' : 'off'}\n${rule}\n${end}a x\n`);
    expect(ok).toBe(true);
    const odd = told.filter((one) => /hidepid|logcheck/.test(one));
    expect(odd).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
    for (const one of odd) expect(one).toMatch(/^tenshi\.conf:6:1: warning: /);
  });
});
