import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/perl-regex/perl-regex.js';
import { BUILT_INS } from '../../../src/rule/built-in-patterns.js';
import { expandPatterns } from '../../../src/rule/expand-patterns.js';
import { findKinds, KIND_LIMITS, type KindLimits } from '../../../src/rule/suggest/find-kinds.js';
import type { Proposal } from '../../../src/rule/suggest/propose-rule.js';
import { proposeRules } from '../../../src/rule/suggest/propose-rules.js';
import { judge, perlIsHere } from '../../perl-regex/judge.js';
import { inventLog, STYLES } from './invented-logs.js';
import { APART } from './pairs.js';
import { say } from './say.js';

interface Proposed {
  /** By kind: its messages, each once, and its rule. */
  readonly messages: readonly (readonly string[])[];
  readonly rules: readonly (Proposal | null)[];
}

function propose(log: readonly string[], limits: KindLimits = KIND_LIMITS): Proposed {
  const { kinds, groups } = findKinds(log, limits);
  const messages = kinds.rows.map(({ shapes }) => new Set(log.filter((_, at) => groups[at] === shapes[0])));
  return { messages: messages.map((set) => [...set]), rules: proposeRules(kinds.rows) };
}

/** The only rule that is proposed for messages of one kind. */
function ruleFor(log: readonly string[]): Proposal {
  const { rules } = propose(log);
  expect(rules).toHaveLength(1);
  expect(rules[0]).not.toBeNull();
  return rules[0] as Proposal;
}

describe('a proposed rule', () => {
  it.each<readonly [title: string, pattern: string, regex: string]>([
    [
      'names users, addresses and ports',
      'sshd: Failed password for invalid user $ from @ port # ssh2',
      '^sshd: Failed password for invalid user (?<user>\\S+) from (?<address>[\\d.]+) port (?<port>\\d+) ssh2$',
    ],
    [
      'counts names that come twice',
      'dhclient: DHCPACK of @ from @',
      '^dhclient: DHCPACK of (?<address>[\\d.]+) from (?<address2>[\\d.]+)$',
    ],
    ['names paths', 'app: cannot read /srv/#/x', '^app: cannot read (?<path>/?\\S+)$'.replace('/?', '')],
    ['names hosts', 'app: host db#.example.org is gone', '^app: host (?<host>\\S+) is gone$'],
    [
      'goes into what has a form of its own',
      'postfix: to=<$.#@example.org>, relay=none',
      '^postfix: to=<(?<mail>[^\\s>]+)>, relay=none$',
    ],
    ['keeps the word of a word with a number', 'app: blk_# is bad', '^app: blk_(\\d+) is bad$'],
    [
      'leaves numbers that are always the same',
      'app: (uid=0) took # ms',
      '^app: \\(uid=0\\) took (\\d+ ms)$'.replace('(\\d+ ms)', '([-+<>]?[\\d.]+%?(?: ?[a-zA-Z/]+)?)'),
    ],
    [
      'quotes what a regex would take for its own',
      'app: [a|b] * $ + {x} ^ # ?',
      '^app: \\[a\\|b\\] \\* (\\S+) \\+ \\{x\\} \\^ (\\d+) \\?$',
    ],
  ])('%s', (_, pattern, regex) => {
    expect(ruleFor(say(pattern, 60)).regex).toBe(regex);
  });

  it('comes with a sample and what becomes of it', () => {
    const messages = say('sshd: Invalid user $ from @', 60);
    expect(ruleFor(messages)).toMatchObject({
      sample: messages[0],
      result: 'sshd: Invalid user ___ from ___',
      count: 60,
    });
  });

  it('takes what is said once or twice', () => {
    const { regex } = ruleFor(['app: 64 bytes sent', 'app: 1190 bytes (1.16 KB) sent']);
    expect(regex).toBe('^app: (\\d+) bytes(?: ?\\(([^)]+)\\))? sent$');
  });

  it('takes blanks as they vary', () => {
    const { regex } = ruleFor(['app: slot 1  free', 'app: slot 2 free']);
    expect(regex).toBe('^app: slot (\\d+)\\s+free$');
  });

  it('leaves messages of another kind to their own rule', () => {
    const names = Array.from(
      { length: 30 },
      (_, at) => `app: name of ${'bcdfghkmnp'[at % 10]}${'aeo'[at % 3]}x seen`,
    );
    const { rules } = propose([...names, 'app: name of stopped seen']);
    const taking = rules.filter(
      (rule) => rule !== null && new RegExp(rule.regex).test('app: name of stopped seen'),
    );
    expect(taking).toHaveLength(1);
  });

  it('is not made of what no regex could take in good time', () => {
    const list = (seed: number): string =>
      say('a #, # b #, # c #, # d', 40, seed)
        .map((text, at) => text.replace(/(\d), \d+/g, at % 2 ? '$1' : '$1 7, 8'))
        .join('\n');
    const { rules } = propose(list(1).split('\n'));
    for (const rule of rules)
      expect(rule === null || (rule.regex.match(/\.[+*]/g) ?? []).length <= 2).toBe(true);
  });
});

/** Logs of all styles, and the pairs that must not merge. */
const LOGS: readonly (readonly [name: string, log: readonly string[]])[] = [
  ...STYLES.map((style) => [style, inventLog(style, 1500).map(({ text }) => text)] as const),
  ['pairs', APART.flatMap(([one, other]) => [...say(one, 12), ...say(other, 12, 2)])],
  ['any', ['', ' a', 'a ', '\ta', '+++', '$^', 'ユーザー1', '\ud800 1', 'a\u0000 1', 'x\\y', 'é 12', '# 12']],
];

describe('all rules that are proposed for a log', () => {
  it.each(LOGS)('%s: each takes all of its messages and none of another kind', (_, log) => {
    const { messages, rules } = propose(log);
    for (const [at, rule] of rules.entries()) {
      if (rule === null) continue;
      const regex = new RegExp(rule.regex);
      expect(messages[at]?.filter((message) => !regex.test(message))).toEqual([]);
      const others = messages.flatMap((list, kind) => (kind === at ? [] : list));
      expect(others.filter((message) => regex.test(message))).toEqual([]);
    }
    expect(rules.filter((rule) => rule === null).length).toBeLessThanOrEqual(0.05 * rules.length);
  });

  it.each(LOGS)('%s: the same when it was sorted out many times on the way', (_, log) => {
    const { messages, rules } = propose(log, { ...KIND_LIMITS, maxShapes: 50 });
    for (const [at, rule] of rules.entries()) {
      const regex = rule && new RegExp(rule.regex);
      if (regex) expect(messages[at]?.filter((message) => !regex.test(message))).toEqual([]);
    }
  });

  it.each(LOGS)('%s: our engine takes and masks as they say', (_, log) => {
    for (const rule of propose(log).rules) {
      if (rule === null) continue;
      const translation = compile(rule.regex);
      expect(translation.ok && translation.notices).toEqual([]);
      expect(translation.ok && translation.pattern.mask(rule.sample, '___')).toBe(rule.result);
    }
  });

  it.each(LOGS)('%s: with named patterns they take the same and mask the same', (_, log) => {
    const { messages, rules } = propose(log);
    for (const [at, rule] of rules.entries()) {
      if (rule === null || rule.rule === rule.regex) continue;
      const [plain, named] = [compile(rule.regex), compile(expandPatterns(rule.rule, BUILT_INS).text)];
      if (!plain.ok || !named.ok) throw new Error(rule.rule);
      expect(rule.rule.length).toBeLessThan(rule.regex.length);
      for (const message of messages[at] ?? [])
        expect(named.pattern.mask(message, '___')).toBe(plain.pattern.mask(message, '___'));
      const others = messages.flatMap((list, kind) => (kind === at ? [] : list));
      expect(others.filter((message) => named.pattern.test(message))).toEqual([]);
    }
  });

  it.runIf(perlIsHere)('Perl takes and masks as they say', () => {
    const rules = LOGS.flatMap(([, log]) => propose(log).rules)
      .filter((rule) => rule !== null)
      .filter(({ sample }) => !/\p{Cs}/u.test(sample));
    const judgements = judge(rules.map(({ regex, sample }) => [regex, sample]));
    for (const [at, judgement] of judgements.entries()) {
      const { result = '', regex } = rules[at] ?? {};
      expect({ regex, judgement }).toMatchObject({ judgement: { found: true } });
      if ('masked' in judgement) expect(judgement.masked.replaceAll('______', '___')).toBe(result);
    }
  });
});
