import { describe, expect, it } from 'vitest';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { ArenaTally } from '../../src/queue/arena-tally.js';
import { createClassifier } from '../../src/rule/classify.js';
import type { Rule, Target } from '../../src/rule/rule.js';
import { RuleState } from '../../src/rule/rule-state.js';

const place = { file: 'test', line: 1, column: 1 };

function pattern(source: string) {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern;
}

const targets = (text: string): Target[] =>
  text.split(',').map((part) => {
    const [queue = '', every] = part.split(':');
    return { queue, every: every === undefined ? null : Number(every) };
  });

const to = (queues: string, regex: string): Rule => ({
  kind: 'queues',
  targets: targets(queues),
  pattern: pattern(regex),
  place,
});
const trash = (regex: string): Rule => ({ kind: 'trash', pattern: pattern(regex), place });
const repeat = (regex: string): Rule => ({ kind: 'repeat', pattern: pattern(regex), place });
const group = (on: 'text' | 'host', regex: string, ...rules: Rule[]): Rule => ({
  kind: 'group',
  on,
  pattern: pattern(regex),
  rules,
  place,
});

/** Judges `host: text` lines and returns what is counted, as `queue host count message`. */
function count(rules: readonly Rule[], lines: readonly string[]): string[] {
  const judge = createClassifier({
    rules,
    mask: '___',
    state: new RuleState({ last: [], hits: [] }),
    onOverrun() {},
  });
  const tally = new ArenaTally();
  for (const line of lines) {
    const [host = '', text = ''] = line.split(/: (.*)/s);
    const verdict = judge({ host, text, time: null });
    if (verdict.kind !== 'counted') continue;
    for (const { queue, count: n, how } of verdict.counts)
      tally.count(queue, host, verdict.message, n, how, null);
  }
  return [...tally.changes()]
    .map(({ queue, host, message, count: n }) => `${queue} ${host} ${n} ${message}`)
    .sort();
}

const REPEAT = repeat('^last message repeated (\\d+) times');

describe('rules', () => {
  it.each<[string, Rule[], string[], string[]]>([
    [
      'the first that matches wins',
      [to('a', '^x'), to('b', 'x')],
      ['h: xy', 'h: yx'],
      ['a h 1 xy', 'b h 1 yx'],
    ],
    ['several queues each count', [to('a,b', '^x')], ['h: x'], ['a h 1 x', 'b h 1 x']],
    ['trash counts nowhere', [trash('^x'), to('a', '.*')], ['h: x', 'h: y'], ['a h 1 y']],
    [
      'masked messages collapse, per host',
      [to('a', '^port (\\d+)')],
      ['h: port 1', 'h: port 2', 'g: port 3'],
      ['a g 1 port ___', 'a h 2 port ___'],
    ],
    [
      'a group is skipped when it does not match',
      [group('text', '^s', to('a', 'x')), to('b', 'x')],
      ['h: sx', 'h: x'],
      ['a h 1 sx', 'b h 1 x'],
    ],
    [
      'what a group leaves goes on behind it',
      [group('text', '^s', to('a', 'y')), to('b', 'x')],
      ['h: sx'],
      ['b h 1 sx'],
    ],
    [
      'a group of hosts',
      [group('host', '^web', to('a', 'x')), to('b', 'x')],
      ['web1: x', 'db: x'],
      ['a web1 1 x', 'b db 1 x'],
    ],
    [
      'groups nest',
      [group('host', 'w', group('text', 's', to('a', 'x')), to('b', 'x'))],
      ['w: sx', 'w: x', 'd: sx'],
      ['a w 1 sx', 'b w 1 x'],
    ],
    ['groups mask nothing', [group('text', '(s)', to('a', 'x'))], ['h: sx'], ['a h 1 sx']],
  ])('%s', (_name, rules, lines, expected) => {
    expect(count(rules, lines)).toEqual(expected);
  });
});

describe('repeat adds to what the host said last', () => {
  const said = 'last message repeated 3 times';
  it.each<[string, Rule[], string[], string[]]>([
    ['once and three more', [REPEAT, to('a', '.*')], ['h: foo', `h: ${said}`], ['a h 4 foo']],
    [
      'in every queue it went to',
      [REPEAT, to('a,b', '.*')],
      ['h: foo', `h: ${said}`],
      ['a h 4 foo', 'b h 4 foo'],
    ],
    ['to the masked message', [REPEAT, to('a', 'f(.*)')], ['h: foo', `h: ${said}`], ['a h 4 f___']],
    [
      'of each host by itself',
      [REPEAT, to('a', '.*')],
      ['h: foo', 'g: bar', `h: ${said}`],
      ['a g 1 bar', 'a h 4 foo'],
    ],
    ['twice in a row', [REPEAT, to('a', '.*')], ['h: foo', `h: ${said}`, `h: ${said}`], ['a h 7 foo']],
    ['nothing before any line', [REPEAT, to('a', '.*')], [`h: ${said}`], []],
    [
      'nothing after trash',
      [REPEAT, trash('^t'), to('a', '.*')],
      ['h: foo', 'h: t', `h: ${said}`],
      ['a h 1 foo'],
    ],
    [
      'nothing after a line that no rule knows',
      [REPEAT, to('a', '^foo')],
      ['h: foo', 'h: t', `h: ${said}`],
      ['a h 1 foo'],
    ],
    [
      'nothing without a number',
      [repeat('^last (\\w+)'), to('a', '.*')],
      ['h: foo', 'h: last many'],
      ['a h 1 foo'],
    ],
    [
      'in the form of rsyslog',
      [repeat('message repeated (\\d+) times: \\['), to('a', '.*')],
      ['h: sshd: foo', 'h: cron: x', 'h: sshd: message repeated 2 times: [ foo]'],
      ['a h 1 cron: x', 'a h 3 sshd: foo'],
    ],
  ])('%s', (_name, rules, lines, expected) => {
    expect(count(rules, lines)).toEqual(expected);
  });
});

describe('escalation a,b:10,c:50', () => {
  const rules = [to('a,b:10,c:50', '^x')];
  it.each<[number, string[]]>([
    [9, ['a h 9 x']],
    [10, ['a h 10 x', 'b h 10 x']],
    [50, ['a h 50 x', 'b h 10 x', 'c h 50 x']],
    [60, ['a h 60 x', 'b h 60 x', 'c h 50 x']],
    [110, ['a h 110 x', 'b h 110 x', 'c h 100 x']],
  ])('after %i hits', (hits, expected) => {
    expect(
      count(
        rules,
        Array.from({ length: hits }, () => 'h: x'),
      ),
    ).toEqual(expected);
  });

  it('tells lines that differ by the count each came at', () => {
    const lines = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `h: e ${letter}`);
    expect(count([to('a,b:3', '^e \\w+')], lines).filter((row) => row.startsWith('b'))).toEqual([
      'b h 3 e c',
      'b h 6 e f',
    ]);
  });
});

it('a regex that would run for ever does not match, is named, and the next rule has its turn', () => {
  const overrun: string[] = [];
  const judge = createClassifier({
    rules: [to('a', '^(?:(a+)+)+(?<!a)$'), to('b', 'a')],
    mask: '___',
    state: new RuleState({ last: [], hits: [] }),
    onOverrun: ({ pattern: { source } }) => void overrun.push(source),
  });
  const verdict = judge({ host: 'h', text: 'a'.repeat(60_000), time: null });
  expect(verdict).toMatchObject({ kind: 'counted', counts: [{ queue: 'b' }] });
  expect(overrun).toEqual(['^(?:(a+)+)+(?<!a)$']);
});
