import { describe, expect, it } from 'vitest';
import { compile, explainMatch, maskedPattern } from '../../src/perl-regex/perl-regex.js';

const { raw } = String;

/** The regex with `«»` around the part that found nothing, and the text with `|` where that is. */
function shown(source: string, text: string): readonly [string, string] | string {
  const found = explainMatch(source, text);
  if (found.kind === 'unknown') return found.why;
  if (found.kind === 'matches') return 'matches';
  const { from, to, reached } = found.mismatch;
  const chars = Array.from(source);
  const [before, part, after] = [chars.slice(0, from), chars.slice(from, to), chars.slice(to)];
  return [
    `${before.join('')}«${part.join('')}»${after.join('')}`,
    `${text.slice(0, reached)}|${text.slice(reached)}`,
  ];
}

describe('how far a regex gets', () => {
  it.each<[name: string, regex: string, text: string, expected: readonly [string, string] | string]>([
    ['a letter', 'abc', 'abd', ['ab«c»', 'ab|d']],
    ['the first letter', '^xbc', 'abc', ['^«x»bc', '|abc']],
    ['the end of the text', '^ab$', 'abc', ['^ab«$»', 'ab|c']],
    ['a text that is too short', 'abc', 'ab', ['ab«c»', 'ab|']],
    [
      'a class with its quantifier',
      raw`^port \d+ open`,
      'port x open',
      [raw`^port «\d+» open`, 'port |x open'],
    ],
    [
      'what stands behind a group',
      raw`^sshd: Failed password for (\S+) from (\S+) port (\d+)$`,
      'sshd: Failed password for root from 192.0.2.1 port 22 ssh2',
      [
        raw`^sshd: Failed password for (\S+) from (\S+) port (\d+)«$»`,
        'sshd: Failed password for root from 192.0.2.1 port 22| ssh2',
      ],
    ],
    [
      'what stands in a group',
      raw`^sshd: (?:Failed (?:password|none) for )(\S+)$`,
      'sshd: Failed publickey for root',
      [raw`^sshd: (?:Failed (?:p«a»ssword|none) for )(\S+)$`, 'sshd: Failed p|ublickey for root'],
    ],
    ['the branch that gets furthest', '^(?:abd|abcd|x)z', 'abce', ['^(?:abd|abc«d»|x)z', 'abc|e']],
    ['branches of the whole regex', '^foo|^bar baz', 'bar bat', ['^foo|^bar ba«z»', 'bar ba|t']],
    ['the iteration of a group', '^(?:ab;){3}$', 'ab;ab;ax;', ['^(?:a«b»;){3}$', 'ab;ab;a|x;']],
    ['what a comment stands before', 'ab(?#note)c', 'abd', ['ab(?#note)«c»', 'ab|d']],
    ['blanks of a regex under (?x)', '(?x) a b c', 'abd', ['(?x) a b «c»', 'ab|d']],
    ['a quoted text', raw`a\Q.+\Ec`, 'a.-c', [raw`a\Q.«+\E»c`, 'a.|-c']],
    ['a lookahead', 'ab(?=c)d', 'abe', ['ab«(?=c)»d', 'ab|e']],
    ['a backreference', raw`(a+)-\1b`, 'aa-c', [raw`(a+)-«\1»b`, 'aa-|c']],
    ['letters beyond U+FFFF', '😀😁x', '😀😁y', ['😀😁«x»', '😀😁|y']],
    ['nothing, since it matches', 'b+', 'abbc', 'matches'],
    ['nothing, since it enters itself', raw`^(\((?1)*\))$`, '(', 'recursion'],
  ])('names %s', (_, regex, text, expected) => {
    expect(shown(regex, text)).toEqual(expected);
  });

  it('says that a match would take too long', () => {
    expect(shown(raw`^(.*)(.*)(.*)(.*)(.*)\5\4\3\2\1x$`, 'ab'.repeat(200))).toBe('limit');
  });
});

describe('a masked pattern', () => {
  it.each([
    [raw`^sshd: user (\S+) from (\d+\.\d+)$`, 'sshd: user bob from 1.2'],
    [raw`^a (?<x>b(c)) d`, 'a bc d'],
    [raw`^(?:(\d+)|none) left`, '12 left'],
    [raw`^(?|x(\d)|y(\d))`, 'y7'],
    [raw`no groups`, 'no groups'],
  ])('of %s matches the message of its own lines', (source, line) => {
    const compiled = compile(source);
    if (!compiled.ok) throw new Error(source);
    const message = compiled.pattern.mask(line, '______') ?? '';
    expect(maskedPattern(source, '______').test(message)).toBe(true);
    expect(maskedPattern(source, '______').test(line)).toBe(true);
  });

  it('does not match the message of another rule', () => {
    expect(maskedPattern(raw`^sshd: user (\S+) from (\d+)$`, '___').test('sshd: user ___ to ___')).toBe(
      false,
    );
  });
});
