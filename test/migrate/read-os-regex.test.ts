import { describe, expect, it } from 'vitest';
import {
  readOsMatch,
  readOsRegex,
  writeOsBranch,
  writeOsParts,
} from '../../src/migrate/regex/read-os-regex.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { createRandom, type Random } from '../support/random.js';

const r = String.raw;

function toPerl(source: string): string {
  const read = readOsRegex(source);
  if (!read.ok) throw new Error(read.reason);
  return read.branches
    .map((branch) => `${branch.begins ? '^' : ''}${writeOsParts(branch)}${branch.ends ? '$' : ''}`)
    .join('|');
}

function matches(source: string, text: string): boolean {
  const compiled = compile(`(?i)${toPerl(source)}`);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern.test(text);
}

describe('os_regex', () => {
  it.each([
    ['a dot is a dot', 'a.b', 'a.b', 'axb'],
    [r`\. is any character`, r`a\.b`, 'axb', 'ab'],
    [r`\w is a letter, a digit, -, @ or _`, r`^\w+$`, 'a-Z_9@b', 'a.b'],
    [r`\s is a blank, and nothing else`, r`a\sb`, 'a b', 'a\tb'],
    [r`\S is anything but a blank`, r`a\Sb`, 'a\tb', 'a b'],
    [r`\p is punctuation`, r`a\pb`, 'a|b', 'a/b'],
    [r`\t is a tab`, r`a\tb`, 'a\tb', 'atb'],
    [r`\D is no digit`, r`a\Db`, 'a-b', 'a7b'],
    [r`\W is what \w is not`, r`a\Wb`, 'a.b', 'a@b'],
    ['case does not matter', 'aBc', 'AbC', 'ab'],
    ['a plus behind a character is a plus', 'a+', 'a+', 'aa'],
    ['brackets, braces and questions are characters', r`[x]{2}?`, '[x]{2}?', 'xx'],
    ['each part between bars has anchors of its own', '^a|b$', 'xb', 'xa'],
    [r`a quoted dollar is a dollar`, r`a\$`, 'a$', 'a'],
    [r`a quoted bar is a bar`, r`a\|b`, 'a|b', 'a'],
    [r`\< is a <`, r`\<a`, '<a', 'a'],
    ['a group only groups', r`(a\d+) b`, 'a77 b', 'a b'],
  ])('%s', (_, source, matched, other) => {
    expect([matches(source, matched), matches(source, other)]).toEqual([true, false]);
  });

  it('repeats lazily, and at its end as far as it can', () => {
    expect(toPerl(r`^user (\.+) from (\S+)`)).toBe('^user (?:.+?) from (?:[^ ]+)');
  });

  it('stands behind the tag of a syslog line, as a whole', () => {
    const [branch] = readOsMatch('^a');
    const compiled = compile(branch ? writeOsBranch(branch) : '');
    expect(
      compiled.ok && ['a', 'sshd[7]: a', 'sshd: a', 'a: b', 'x a'].map((text) => compiled.pattern.test(text)),
    ).toEqual([true, true, true, false, false]);
  });

  it.each([
    ['a backslash at the end', 'a\\'],
    [r`"\\q", which os_regex does not know`.replace('\\\\', '\\'), r`\q`],
    ['a group in a group', '((a))'],
    ['a ( without its )', '(a'],
    ['a ) without its (', 'a)'],
    ['it is longer than 20480 characters', 'x'.repeat(20_481)],
  ])('refuses %s', (reason, source) => {
    expect(readOsRegex(source)).toEqual({ ok: false, reason });
  });

  it('means on random regexes and texts what trying all of it means', () => {
    const random = createRandom(7);
    let hits = 0;
    for (let round = 0; round < 1500; round++) {
      const tokens = Array.from({ length: 1 + random.below(5) }, () => randomToken(random));
      const [begins, ends] = [random.below(3) === 0, random.below(3) === 0];
      const source = `${begins ? '^' : ''}${tokens.map(({ text, quantifier }) => text + quantifier).join('')}${ends ? '$' : ''}`;
      for (let other = 0; other < 5; other++) {
        const text = Array.from({ length: random.below(8) }, () => random.pick(ALPHABET)).join('');
        const expected = tryAll(tokens, text, begins, ends);
        if (expected) hits++;
        expect([source, text, matches(source, text)]).toEqual([source, text, expected]);
      }
    }
    expect(hits).toBeGreaterThan(700);
  });
});

describe('os_match', () => {
  it('is texts between bars, and each may be at the beginning or the end', () => {
    const written = readOsMatch('^a.b|c$|(d*').map((one) => [one.begins, writeOsParts(one), one.ends]);
    expect(written).toEqual([
      [true, r`a\.b`, false],
      [false, 'c', true],
      [false, r`\(d\*`, false],
    ]);
  });
});

const ALPHABET = ['a', 'B', '7', ' ', '.', '-', '_', '+', '\t', '/'] as const;

interface Token {
  readonly text: string;
  readonly quantifier: '' | '+' | '*';
  readonly takes: (char: string) => boolean;
}

const TOKENS: readonly [string, (char: string) => boolean][] = [
  ['\\d', (char) => /[0-9]/.test(char)],
  ['\\w', (char) => /[A-Za-z0-9_@-]/.test(char)],
  ['\\s', (char) => char === ' '],
  ['\\S', (char) => char !== ' '],
  ['\\p', (char) => '()*+,-.:;<=>?[]!"\'#$%&|{}'.includes(char)],
  ['\\.', () => true],
  ['\\D', (char) => !/[0-9]/.test(char)],
  ['\\t', (char) => char === '\t'],
  ['a', (char) => char.toLowerCase() === 'a'],
  ['.', (char) => char === '.'],
  ['+', (char) => char === '+'],
];

function randomToken(random: Random): Token {
  const [text, takes] = random.pick(TOKENS as [(typeof TOKENS)[number], ...typeof TOKENS]);
  // A + that is a character would be taken for a quantifier behind a class.
  if (text === '+') return { text: 'a+', quantifier: '', takes: () => false };
  return { text, takes, quantifier: text.startsWith('\\') ? random.pick(['', '+', '*']) : '' };
}

/** What an os_regex means, by trying each place and each length. */
function tryAll(tokens: readonly Token[], text: string, begins: boolean, ends: boolean): boolean {
  const plain = tokens.flatMap((token): Token[] =>
    token.text === 'a+'
      ? [
          { text: 'a', quantifier: '', takes: (char) => char.toLowerCase() === 'a' },
          { text: '+', quantifier: '', takes: (char) => char === '+' },
        ]
      : [token],
  );
  const from = (at: number, token: number): boolean => {
    const one = plain[token];
    if (!one) return !ends || at === text.length;
    const least = one.quantifier === '*' ? 0 : 1;
    const most = one.quantifier === '' ? 1 : text.length;
    for (let count = 0; count <= most; count++) {
      if (count >= least && from(at + count, token + 1)) return true;
      const char = text[at + count];
      if (char === undefined || !one.takes(char)) return false;
    }
    return false;
  };
  return Array.from({ length: text.length + 1 }, (_, at) => at).some(
    (at) => (!begins || at === 0) && from(at, 0),
  );
}
