import { describe, expect, it } from 'vitest';
import { flattenRules } from '../../../src/rule/flat-rules.js';
import { coveredRules, MAX_COMPARED_RULES } from '../../../src/rule/review/covered-rules.js';
import { programOf } from '../../../src/rule/review/program-of.js';
import { MAX_RULE_PROGRAMS, RuleHits } from '../../../src/rule/review/rule-hits.js';
import { ruleKey } from '../../../src/rule/review/rule-key.js';
import { configOf } from './rules-of.js';

/** The keys of all rules, in order. */
function keysOf(rules: string): string[] {
  const flat = flattenRules(configOf(rules).rules);
  return flat.flatMap(({ kind }, at) => (kind === 'winner' ? [ruleKey(flat, at)] : []));
}

const entry = (text: string) => ({ host: 'h', time: null, text });

describe('the key of a rule', () => {
  it('is the same wherever the rule stands', () => {
    expect(keysOf('\n\na ^x\n')).toEqual(keysOf('misc ^y\na ^x\n').slice(1));
  });

  it.each([
    ['another regex', 'a ^x\n', 'a ^y\n'],
    ['another queue', 'a ^x\n', 'misc ^x\n'],
    ['another number of an escalation', 'a:2 ^x\n', 'a:3 ^x\n'],
    ['a group around it', 'a ^x\n', 'group ^p\na ^x\ngroup_end\n'],
    [
      'a group that asks for something else',
      'group ^p\na ^x\ngroup_end\n',
      'group_host ^p\na ^x\ngroup_end\n',
    ],
  ])('is another one with %s', (_, one, other) => {
    expect(keysOf(one)).not.toEqual(keysOf(other));
  });
});

it.each([
  ['sshd[7]: Accepted', 'sshd'],
  ['postfix/smtpd: connect', 'postfix/smtpd'],
  ['(systemd)[1]: x', '(systemd)'],
  ['php8.2-fpm: x', 'php8.2-fpm'],
  ['last message repeated 3 times', ''],
  ['12 of 13: x', ''],
  ['', ''],
])('the program of %j is %j', (text, program) => {
  expect(programOf(text)).toBe(program);
});

describe('hits of rules', () => {
  it('are counted from one commit to the next', () => {
    const config = configOf('trash ^x\na ^y\n');
    const hits = new RuleHits(config.rules);
    const [x = '', y = ''] = hits.changes().present ?? [];
    for (let line = 0; line < 1000; line++) hits.add(0, entry('x'));
    hits.add(1, entry('y'));
    expect(hits.changes().hits).toEqual([
      { rule: x, count: 1000, isTrash: true },
      { rule: y, count: 1, isTrash: false },
    ]);
    hits.onCommitted();
    expect(hits.changes()).toEqual({ hits: [], seen: [], present: null });
    hits.add(1, entry('y'));
    expect(hits.changes().hits).toEqual([{ rule: y, count: 1, isTrash: false }]);
  });

  it('tell each program once, with the beginning of its line for rules of trash', () => {
    const hits = new RuleHits(configOf('trash .\na .\n').rules);
    for (const number of [0, 1])
      for (const text of ['cron: a', `kernel: ${'x'.repeat(1000)}`, 'cron: b', 'cron: c'])
        hits.add(number, entry(text));
    expect(hits.changes().seen.map(({ program, sample }) => [program, sample?.length])).toEqual([
      ['cron', 7],
      ['kernel', 200],
      ['cron', undefined],
      ['kernel', undefined],
    ]);
  });

  it('look often enough to find a program that comes again and again', () => {
    const hits = new RuleHits(configOf('trash .\n').rules);
    for (let line = 0; line < 20_000; line++) hits.add(0, entry(line % 7 === 6 ? 'odd: x' : 'cron: x'));
    expect(hits.changes().seen.map(({ program }) => program)).toEqual(['cron', 'odd']);
  });

  it('tell of a bounded number of programs', () => {
    const hits = new RuleHits(configOf('trash .\n').rules);
    for (let line = 0; line < 100_000; line++) hits.add(0, entry(`p${line}: x`));
    expect(hits.changes().seen).toHaveLength(MAX_RULE_PROGRAMS);
    expect(hits.changes().hits[0]?.count).toBe(100_000);
  });
});

it('of very many rules the first ones are compared with each other', () => {
  const rules = Array.from({ length: MAX_COMPARED_RULES }, (_, at) => `a ^x${at} \n`).join('');
  const { covered, isCut } = coveredRules(flattenRules(configOf(`a ^y\na ^yz\n${rules}`).rules));
  expect(covered).toEqual([{ number: 1, by: 0, isSame: false }]);
  expect(isCut).toBe(true);
});
