import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesNoLine } from '../../src/perl-regex/analyse/matches-no-line.js';
import { groupNames } from '../../src/perl-regex/parse/group-names.js';
import { parsePerl } from '../../src/perl-regex/parse/parse.js';
import { plainGroups } from '../../src/perl-regex/parse/plain-groups.js';
import { runs } from '../fuzz/runs.js';
import { EVERYTHING, randomRegex } from './random-regex.js';

/** What the parser says of a regex that `plainGroups` takes for plain. */
function expectPlain(source: string): void {
  const groups = plainGroups(source);
  if (groups === null) return;
  const parsed = parsePerl(source);
  if (!parsed.ok) throw new Error(`${source} is refused: ${parsed.seen}`);
  expect(parsed.notices, source).toEqual([]);
  expect(groupNames(parsed.regex), source).toEqual(groups);
  expect(matchesNoLine(parsed.regex.root), source).toBe(false);
}

describe('a regex whose groups can be counted without a parser', () => {
  it.each<[source: string, names: readonly (string | null)[] | null]>([
    ['', []],
    ['^sshd: Accepted (\\w+) for (\\S+) from ([\\d.]+) port \\d+$', [null, null, null]],
    ['^a(?:b(c|d)*|[[:alnum:]_.-]+){2,5}?\\b$', [null]],
    ['[(](\\()[^)]\\)', [null]],
    ['()', [null]],
    ['(?<user>a)|(b)(?<user>c)', ['user', null, 'user']],
    ['[:0-9][:[:xdigit:]][:[:^digit:].]', []],
    // Refused.
    ['a{3,2}', null],
    ['(a', null],
    ['a)', null],
    [')a(', null],
    ['a**', null],
    ['(*a)', null],
    ['[z-a]', null],
    ['[a', null],
    ['a\\', null],
    [`${'('.repeat(201)}${')'.repeat(201)}`, null],
    // With a notice.
    ['[:digit:]', null],
    ['[:^digit:]', null],
    ['\\y', null],
    ['\\\\d ', null],
    // With what is known only from a tree.
    ['(?<1a>b)', null],
    ['(?<=a)b', null],
    ['(?i)a', null],
    ['(?#a(b))', null],
    ['\\Q(\\E', null],
    ['a$b', null],
    ['a^b', null],
    ['\\1', null],
  ])('%s: %s', (source, names) => {
    expect(plainGroups(source)).toEqual(names);
    if (names !== null) expectPlain(source);
  });

  it('is sound and without a notice for the parser, which counts the same groups: odd pieces put together', () => {
    const pieces =
      'a|b|-|]|[|^|$|(|)|(?:|?|*|+|{|}|{2}|{2,}|{,2}|{1,2}|{3,2}|,|:|[:|:]|[:digit:]|[:^digit:]|[:alpha:]|[[:digit:]]|[a-|z]|0-9|a-z|\\|\\\\|\\d|\\w|\\b|\\.|\\[|\\]|\\(|\\)|\\-|\\{|#|.|=|[.|.]|\\Q|\\E|(?|(?<a>|(?<b>|(?<1>|<|>|`|!|@|1|\\1|é| '.split(
        '|',
      );
    const piece = fc.constantFrom('|', ...pieces);
    const text = fc.array(piece, { maxLength: 14 }).map((some) => some.join(''));
    fc.assert(fc.property(text, expectPlain), runs(20_000));
  });

  it('is so for the parser: random regexes', () => {
    fc.assert(fc.property(randomRegex(EVERYTHING), expectPlain), runs(2000));
  });

  it('is so for the parser: the rules that ship, of which most are plain', () => {
    const folder = fileURLToPath(new URL('../../includes-active/', import.meta.url));
    const rules = readdirSync(folder)
      .flatMap((name) => readFileSync(`${folder}${name}`, 'utf8').split('\n'))
      .filter((line) => /^[a-z]/.test(line) && !line.startsWith('set '))
      .map((line) => line.slice(line.indexOf(' ') + 1));
    rules.forEach(expectPlain);
    const plain = rules.filter((rule) => plainGroups(rule) !== null);
    expect(plain.length).toBeGreaterThan(rules.length * 0.5);
  });
});
