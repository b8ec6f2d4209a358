import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { perlIsHere } from './judge.js';

const ASKED = `
use strict; use warnings; no warnings 'regexp'; use JSON::PP;
my $json = JSON::PP->new->utf8;
my $pairs = $json->decode(do { local $/; <STDIN> });
my @all;
for (@$pairs) { my ($re, $text) = @$_; my @found; push @found, [$-[0], $+[0]] while $text =~ /$re/aag; push @all, \\@found }
print $json->encode(\\@all);
`;

const TEXTS = [
  '',
  'a',
  'aa 1234 ab',
  'pw=abc pw=d, pw=',
  'token: x1 token: x2 TOKEN',
  'a\nb a\nab',
  'abababab',
  '1234-5678 12 345678',
];

const REGEXES = [
  'a',
  'ab',
  '\\d{4}',
  '\\d+',
  '^a',
  '(?m)^a',
  '\\bab',
  '\\Bab',
  '(?<=\\d)\\d',
  '(?<!\\d)\\d\\d',
  '\\d(?!\\d)',
  'pw=(\\S+)',
  'pw=\\K\\w+',
  '(?i)token: (\\S+)|x2',
  '(a|ab)(b|$)',
  '(\\w)\\1',
  '(?>a+)b?',
  '\\w+?\\b',
  '[^ ]+$',
  '(?:ab)+',
  '.(?=b)',
  '(?s)a.b',
  'b\\Z|4',
];

describe.skipIf(!perlIsHere && !process.env.CI)('all matches of a text are those of Perl', () => {
  const pairs = REGEXES.flatMap((regex) => TEXTS.map((text) => [regex, text] as const));
  const { stdout } = spawnSync('perl', ['-e', ASKED], { input: JSON.stringify(pairs), encoding: 'utf8' });
  const judged = JSON.parse(stdout || '[]') as [number, number][][];

  it.each(REGEXES)('%s', (regex) => {
    const compiled = compile(regex);
    if (!compiled.ok) throw new Error(compiled.seen);
    for (const [at, [source, text]] of pairs.entries())
      if (source === regex)
        expect(
          compiled.pattern.execAll(text, 100).map(({ start, end }) => [start, end]),
          JSON.stringify(text),
        ).toEqual(judged[at]);
  });
});
