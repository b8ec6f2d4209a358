import fc from 'fast-check';
import type { Entry } from '../../src/line/entry.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import type { Rule, Subject, Target } from '../../src/rule/rule.js';
import { EVERYTHING, randomRegex } from '../perl-regex/random-regex.js';

/** Rules, and entries of which many match one of them or nearly do. */
export interface RuleCase {
  readonly rules: readonly RuleText[];
  readonly entries: readonly Entry[];
}

/** A rule as data, so that a failure can be read. */
export type RuleText =
  | { readonly kind: 'queues' | 'trash' | 'repeat'; readonly regex: string }
  | {
      readonly kind: 'group';
      readonly on: Subject;
      readonly regex: string;
      readonly rules: readonly RuleText[];
    };

/** Makes rules of their texts; those whose regex is refused are left out. `targetsOf`: the queues of a regex. */
export function toRules(
  texts: readonly RuleText[],
  targetsOf: (regex: string) => Target[] = () => [{ queue: 'a', every: null }],
): Rule[] {
  return texts.flatMap((text, line): Rule[] => {
    const compiled = compile(text.regex);
    if (!compiled.ok) return [];
    const place = { file: 'random', line, column: 1 };
    const { pattern } = compiled;
    if (text.kind === 'group')
      return [{ kind: 'group', on: text.on, pattern, place, rules: toRules(text.rules, targetsOf) }];
    if (text.kind === 'queues') return [{ kind: 'queues', pattern, place, targets: targetsOf(text.regex) }];
    return [{ kind: text.kind, pattern, place }];
  });
}

const hosts = fc.constantFrom('a', 'b', 'web1');
const files = fc.constantFrom('/var/log/a.log', '/srv/b', null, undefined);
const priorities = fc.constantFrom('auth.err', 'kern.info', 'err', null, undefined);

function ruleSet(regexes: fc.Arbitrary<string>): fc.Arbitrary<RuleText[]> {
  const winner = fc.record({
    kind: fc.constantFrom<'queues' | 'trash' | 'repeat'>('queues', 'trash', 'repeat'),
    regex: regexes,
  });
  const { rules } = fc.letrec<{ rules: RuleText[]; rule: RuleText; group: RuleText }>((tie) => ({
    rules: fc.array(tie('rule'), { maxLength: 7, depthIdentifier: 'groups' }),
    rule: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'groups' },
      { weight: 4, arbitrary: winner },
      { weight: 1, arbitrary: tie('group') },
    ),
    group: fc.oneof(
      { weight: 3, arbitrary: group('text', regexes, tie('rules')) },
      {
        weight: 1,
        arbitrary: group('host', fc.constantFrom('a', '^b', '^web\\d$', '(?i)WEB'), tie('rules')),
      },
      {
        weight: 1,
        arbitrary: group('file', fc.constantFrom('/a\\.log$', 'a', '^/var/', '^(?!.*a)', ''), tie('rules')),
      },
      {
        weight: 1,
        arbitrary: group('priority', fc.constantFrom('^auth\\.', 'err$', '', '^(?!auth)'), tie('rules')),
      },
    ),
  }));
  return rules;
}

function group(
  on: Subject,
  regex: fc.Arbitrary<string>,
  rules: fc.Arbitrary<RuleText[]>,
): fc.Arbitrary<RuleText> {
  return fc.record({ kind: fc.constant('group' as const), on: fc.constant(on), regex, rules });
}

/** Dense little regexes of all kinds over three letters: every text nearly matches. */
export function denseCase(): fc.Arbitrary<RuleCase> {
  const inner = randomRegex(EVERYTHING);
  const fronts = [
    '',
    '^',
    '^',
    '^a',
    '^ab',
    '^(?:',
    '(?i)',
    '^(?i)',
    '.*',
    '^.*',
    '^\\Qa.b\\E',
    '(?:^|b)',
  ] as const;
  const regex = fc
    .tuple(fc.constantFrom(...fronts), inner, fc.constantFrom('', '$', '\\z', 'c'))
    .map(([front, middle, end]) => `${front}${middle}${front.endsWith('(?:') ? ')' : ''}${end}`);
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'ab', 'A', 'a.b', '\u00fc', '\u{1f600}', '\n'), { maxLength: 8 })
    .map((pieces) => pieces.join(''));
  return cases(ruleSet(regex), text);
}

/** Pieces of rules as people write them, each with texts that it matches, or just not. */
const PIECES: readonly (readonly [regex: string, ...texts: readonly string[]])[] = [
  ['sshd', 'sshd', 'SSHD', 'ssh'],
  ['(?:\\[\\d+\\])?', '[123]', '', '[x]'],
  [': ', ': ', ':', ' '],
  ['Accepted', 'Accepted', 'accepted', 'Accept'],
  ['(?i:failed)', 'failed', 'FAILED', 'Failed'],
  ['(\\S+)', 'root', '\u00fc\u3042', ''],
  ['(.+)', 'a b: c', '\u{1f600}', ''],
  ['.*', '', 'x from y'],
  [' from ', ' from ', ' frm '],
  ['[[:digit:]]{1,3}', '1', '12', '1234'],
  ['(?:\\d{1,3}\\.){3}\\d{1,3}', '10.1.2.3', '10.1.2', '10.1.2.3456'],
  ['[[:xdigit:].:]{3,39}', '::1', 'fe80::1', 'g'],
  ['(password|publickey|none)', 'password', 'none', 'pass'],
  ['port [0-9]+', 'port 22', 'port x'],
  ['(?=port)', '', 'port'],
  ['(?!port)', '', 'port'],
  ['\\bopen\\b', 'open', 'opened'],
  ['\\Qa.(b\\E', 'a.(b', 'ax(b'],
  ['[Ee]rror', 'error', 'Error', 'ERROR'],
  ['\\w++', 'word', '-'],
  ['(a|b)\\1', 'aa', 'bb', 'ab'],
  ['x{0,2}?', '', 'x', 'xxx'],
  ['(?:connect|disconnect) ', 'connect ', 'disconnect ', 'connects '],
  ['[^ ]{2,}', 'ab', 'a', '\u{1f600}'],
];

type Made = { readonly regex: string; readonly text: string };

/** Rules as people write them, and lines built along them. */
export function realisticCase(): fc.Arbitrary<RuleCase> {
  const piece = fc
    .constantFrom(...PIECES)
    .chain(([regex, ...texts]) => fc.constantFrom(...texts).map((text): Made => ({ regex, text })));
  const rule = fc
    .tuple(
      fc.constantFrom('^', '^', '^sshd', '^postfix/(?:smtp|smtpd): ', ''),
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('', '', '$'),
    )
    .map(([front, pieces, end]) => `${front}${pieces.map(({ regex }) => regex).join('')}${end}`);
  const fixedTexts = fc
    .tuple(fc.constantFrom('', 'sshd', 'postfix/smtp: '), fc.array(piece, { maxLength: 6 }))
    .map(([front, pieces]) => front + pieces.map(({ text }) => text).join(''));
  return fc
    .tuple(ruleSet(rule), fc.array(fixedTexts, { minLength: 1, maxLength: 4 }))
    .chain(([rules, texts]) => {
      const along = alongRules(rules);
      const text =
        along.length > 0
          ? fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...along))
          : fc.constantFrom(...texts);
      return cases(fc.constant(rules), text);
    });
}

/** For each rule a text that its pieces spell: the first text of each. */
function alongRules(rules: readonly RuleText[]): string[] {
  return rules.flatMap((rule) => [
    PIECES.reduce((text, [regex, first = '']) => text.split(regex).join(first), rule.regex)
      .replace(/^\^/, '')
      .replace(/\$$/, '')
      .replace('(?:smtp|smtpd)', 'smtpd'),
    ...(rule.kind === 'group' ? alongRules(rule.rules) : []),
  ]);
}

function cases(rules: fc.Arbitrary<readonly RuleText[]>, text: fc.Arbitrary<string>): fc.Arbitrary<RuleCase> {
  const entry = fc.record({ host: hosts, text, time: fc.constant(null), file: files, priority: priorities });
  return fc.record({ rules, entries: fc.array(entry, { minLength: 1, maxLength: 8 }) });
}
