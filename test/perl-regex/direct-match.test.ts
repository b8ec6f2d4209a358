import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePerl } from '../../src/perl-regex/compile.js';
import { createDirectMatch } from '../../src/perl-regex/javascript/direct-match.js';
import type { MaskedSpans } from '../../src/perl-regex/pattern.js';
import { viewWithGap } from './view.js';

const r = String.raw;

/** What Perl would mask: our matcher that tries everything in Perl's order. */
function plainPattern(source: string) {
  const translation = compilePerl(source, { engine: 'backtrack' });
  if (!translation.ok) throw new Error(`${source}: ${translation.seen}`);
  return translation.pattern;
}

function valuesIn(text: string, masked: MaskedSpans | null): string[] | null {
  if (!masked) return null;
  return masked.groups.map((_, i) => text.slice(masked.spans[2 * i], masked.spans[2 * i + 1]));
}

describe('what is under the masks is plain to see', () => {
  it.each<[regex: string, text: string, values: string[]]>([
    [r`^sshd: Connection closed (.+)`, 'sshd: Connection closed by 1.2.3.4', ['by 1.2.3.4']],
    [
      r`^a: (.+): to=(.+), delay=(.+)`,
      'a: 1: to=x, delay=2, delay=3: to=z, delay=4',
      ['1: to=x, delay=2, delay=3', 'z', '4'],
    ],
    [r`^a (.*) b`, 'a  b b b', [' b b']],
    [r`^a(.+)(x)y`, 'axxy', ['x', 'x']],
    [r`^user (\S+) from ([^:]*): (\d{1,3})$`, 'user x from : 12', ['x', '', '12']],
    [r`^(?:connect|disconnect) from (.+)`, 'disconnect from x', ['x']],
    [r`^(LOGIN|LOGOUT), user=(.+), ip=`, 'LOGOUT, user=a, ip=b, ip=c', ['LOGOUT', 'a, ip=b']],
    [r`^a (x(\d+)y) b`, 'a x12y b', ['x12y']],
    [r`^a (b .+ c) d`, 'a b x c d c d', ['b x c d c']],
    [r`^.*(\d+) end`, 'about 123 end', ['3']],
    [r`^(\w+)\[(\d+)\]`, 'init[1]: x', ['init', '1']],
    [r`^(.*)$`, '', ['']],
  ])('%s', (regex, text, values) => {
    const direct = createDirectMatch(plainPattern(regex).regex);
    expect(valuesIn(text, direct?.maskedSpans(text) ?? null)).toEqual(values);
    expect(valuesIn(text, plainPattern(regex).maskedSpans(text))).toEqual(values);
  });
});

describe('left to the regex', () => {
  it.each([
    ['not anchored', r`a (.+)`],
    ['lazy', r`^a (.+?) b`],
    ['a run that may give back', r`^(\w+)c`],
    ['a run before .+', r`^(\d+)(.+)`],
    ['two .+ side by side', r`^(.+)(.+)`],
    ['a group that may take no part', r`^a( b)? c`],
    ['words of which one begins another', r`^(?:a|ab)(.+)`],
    ['a look', r`^a(?=b)(.+)`],
    ['the same again', r`^(.)\1(.+)`],
    ['a boundary', r`^a\b(.+)`],
  ])('%s: %s', (_, regex) => {
    expect(createDirectMatch(plainPattern(regex).regex)).toBeNull();
  });

  it.each([
    ['a text with a newline', r`^a (.+)`, 'a b\n'],
    ['a very long text', r`^a (.+)`, `a ${'b'.repeat(1000)}`],
    ['a character above Latin-1 in a run', r`^a (\S+) b`, 'a 便り b'],
    ['a text that does not match', r`^a (.+) b`, 'a b'],
    ['a text that ends too early', r`^abc(.*)`, 'ab'],
  ])('%s', (_, regex, text) => {
    expect(createDirectMatch(plainPattern(regex).regex)?.maskedSpans(text)).toBeNull();
  });
});

const pieces = [
  'a',
  'b',
  ' ',
  'ab',
  '.+',
  '(.+)',
  '(.*)',
  '(.*a)',
  r`(\S+)`,
  '[ab]+',
  '(b+)',
  '(?:a|b)',
  '(a| )',
  '(b{2})',
  '((a).*)',
];
const regexes = fc
  .tuple(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 }), fc.constantFrom('', '', '$'))
  .map(([middle, end]) => `^${middle.join('')}${end}`);
const texts = fc.string({ unit: fc.constantFrom('a', 'a', 'b', 'b', ' ', 'ü'), maxLength: 9 });

it('the values are those that trying everything finds', () => {
  let compared = 0;
  const agrees = (regex: string, text: string): void => {
    const plain = plainPattern(regex);
    const direct = createDirectMatch(plain.regex);
    if (!direct) return;
    const values = valuesIn(text, plain.maskedSpans(text));
    expect(valuesIn(text, direct.maskedSpans(text))).toEqual(values);
    if (values) compared += 1;
  };
  fc.assert(fc.property(regexes, texts, agrees), { numRuns: 20_000 });
  expect(compared).toBeGreaterThan(1000);
});

it('where a text lies in another, the values are the same, wherever something was cut out of it', () => {
  let compared = 0;
  const agrees = (regex: string, text: string, place: number): void => {
    const plain = plainPattern(`^ab${regex.slice(1)}`);
    const direct = createDirectMatch(plain.regex);
    const whole = `ab${text}`;
    const values = valuesIn(whole, plain.maskedSpans(whole));
    if (!direct || !values) return; // only a text that matches is asked for
    const view = viewWithGap(whole, Math.min(place, whole.length));
    const found = valuesIn(view.whole.text, direct.maskedSpansIn(view));
    if (place > 2 && found === null) return; // the gap is behind what it is known to begin with
    expect(found).toEqual(values);
    compared += 1;
  };
  fc.assert(fc.property(regexes, texts, fc.nat(4), agrees), { numRuns: 20_000 });
  expect(compared).toBeGreaterThan(1000);
});
