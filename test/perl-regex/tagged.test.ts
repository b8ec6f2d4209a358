import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompiledPattern, compilePerl } from '../../src/perl-regex/compile.js';
import type { MaskedSpans, TextView } from '../../src/perl-regex/pattern.js';
import { createTaggedDfa, type TaggedDfa } from '../../src/perl-regex/tagged/tagged-dfa.js';
import { runs } from '../fuzz/runs.js';
import { type Ingredients, randomPair } from './random-regex.js';
import { viewOf, viewWithGap } from './view.js';

const r = String.raw;

/** The reference: our matcher that tries everything in Perl's order. */
function plainPattern(source: string): CompiledPattern {
  const translation = compilePerl(source, { engine: 'backtrack' });
  if (!translation.ok) throw new Error(`${source}: ${translation.seen}`);
  return translation.pattern;
}

function dfaOf(source: string): TaggedDfa {
  const dfa = createTaggedDfa(plainPattern(source).regex);
  if (!dfa) throw new Error(`no automaton for ${source}`);
  return dfa;
}

/** The values under the masks, each with its group. */
function valuesIn(text: string, masked: MaskedSpans | null): string[] | null {
  if (!masked) return null;
  const { spans, groups } = masked;
  return groups.map((group, i) => `${group + 1} ${text.slice(spans[2 * i], spans[2 * i + 1])}`);
}

describe('finds the masked spans in one reading', () => {
  it.each<[regex: string, text: string, values: string[]]>([
    [
      r`^sshd: Failed \S+ for (.+) from (\S+) port (\d+)`,
      'sshd: Failed x for a from b from c port 1',
      ['1 a from b', '2 c', '3 1'],
    ],
    [r`^a(?: (b+))?(?: (c+))?$`, 'a cc', ['2 cc']],
    [r`^(?:user (\S+)|host (\S+)) up`, 'host x up', ['2 x']],
    [r`^(a|ab)(c|bcd)?`, 'abcd', ['1 a', '2 bcd']],
    [r`^(.*?), (.*)$`, 'a, b, c', ['1 a', '2 b, c']],
    [r`^(a+?)(a*)$`, 'aaa', ['1 a', '2 aa']],
    [r`^(a*)(a+)$`, 'aaa', ['1 aa', '2 a']],
    [r`^(\w+)c`, 'abcbcb', ['1 abcb']],
    [r`^(a(b)c)(d)`, 'abcd', ['1 abc', '3 d']],
    [r`^(?:(a)|b)+$`, 'aab', ['1 a']],
    [r`^(?:(\d+),?)+$`, '1,22,333', ['1 333']],
    [r`^(?:a|(b)?c)+$`, 'bcac', []],
    [r`^(?:(ab)?c)+$`, 'abcc', []],
    [r`^(?:(a+)?c)+$`, 'acc', ['1 a']],
    [r`^(a){2,3}?(a*)`, 'aaaa', ['1 a', '2 aa']],
    [r`^()a()$`, 'a', ['1 ', '2 ']],
    [r`(\d+) errors?`, 'in 7: 12 error 3 errors', ['1 12']],
    [r`(a.*)|(b.*)`, 'xbya', ['2 bya']],
    [r`.*(\d+) end`, 'about 123 end', ['1 3']],
    [r`^(.+)(..)$`, 'abcde', ['1 abc', '2 de']],
    [r`^(?!.*(?:fail|error))(\w+) (.+)$`, 'all went well', ['1 all', '2 went well']],
    [r`^(?:(?!.*error)(\w+)|(.+)) x`, 'some error x', ['2 some error']],
    [r`^(?=(?:.*b)$)(.)`, 'aab', ['1 a']],
    [r`^(?:(a+)(?!a|b)|(a).*)`, 'aab', ['2 a']],
    [r`^(\w+)\b(.*)`, 'ab cd', ['1 ab', '2  cd']],
    [r`(\w*)\B(b+)\b`, 'a bbb', ['1 bb', '2 b']],
    [r`^(?:foo(*FAIL)|(f.))`, 'foo', ['1 fo']],
    [r`^(\S+) é(ü*) (.)`, 'grün éüü 便り', ['1 grün', '2 üü', '3 便']],
    [r`^(?i:ß|(ÄÖ))(.)`, 'äöü', ['1 äö', '2 ü']],
    [r`^a: (\S+)(?:, (.*))?$`, 'a: x, y', ['1 x', '2 y']],
    [r`^(.)(.*)$`, 'xyz😀', ['1 x', '2 yz😀']],
  ])('%s on "%s"', (regex, text, values) => {
    expect(valuesIn(text, plainPattern(regex).maskedSpans(text))).toEqual(values);
    const dfa = dfaOf(regex);
    expect(valuesIn(text, readIn(dfa, viewOf(text)))).toEqual(values);
    expect(valuesIn(text, readIn(dfa, viewOf(text))), 'the second time').toEqual(values);
  });

  it('in the rest of a text from which something is cut out', () => {
    const view = viewWithGap('sshd: user root from x', 4);
    expect(valuesIn(view.whole.text, dfaOf(r`^\w+: user (\w+) from (.+)`).maskedSpansIn(view))).toEqual([
      '1 root',
      '2 x',
    ]);
  });

  it('and gives the same groups for each text whose groups took part alike', () => {
    const dfa = dfaOf(r`^a(?: (b+))?(?: (c+))?$`);
    const groups = (text: string) => dfa.maskedSpansIn(viewOf(text))?.groups;
    expect(groups('a bb')).toBe(groups('a b'));
    expect(groups('a c')).not.toBe(groups('a b'));
    expect(groups('a b c')).toEqual([0, 1]);
  });
});

function readIn(dfa: TaggedDfa, view: TextView): MaskedSpans | null {
  return dfa.maskedSpansIn(view);
}

describe('left to the other matchers', () => {
  it.each([
    ['no groups', r`^a.+`],
    ['a backreference', r`^(.)\1(.+)`],
    ['a recursion', r`^(a(?1)?b)`],
    ['an atomic group', r`^(?>a+)(.)`],
    ['a possessive run', r`^(\w++)(.)`],
    ['a conditional', r`^(a)?(?(1)b|c)`],
    [r`\K`, r`^a\K(.)`],
    ['a lookbehind', r`(?<=a)(.)`],
    ['a group in a lookahead', r`^(?=(.))(a)`],
    ['a lookahead in a lookahead', r`^(?=a(?!b))(a)`],
    ['a loop whose turns may be empty', r`^(a?)*b`],
    ['groups that share a number', r`^(?|(a)|(b))`],
    ['more nodes than an automaton may have', r`^(?:(?:ab){40}){40}(.)`],
    ['more groups than an automaton may have', '(a)'.repeat(51)],
  ])('%s: %s', (_, regex) => {
    expect(createTaggedDfa(plainPattern(regex).regex)).toBeNull();
  });

  it.each<[name: string, regex: string, view: TextView]>([
    ['a text with a surrogate', r`^(\S+) b`, viewOf('😀 b')],
    ['a text whose last character is one', r`^(.+)(.)$`, viewOf('ab😀')],
    ['a text with a newline', r`^(\S+)\s(b)`, viewOf('a\nb')],
    ['a text with one before what is cut out', r`^\S+ \S+: (.+)`, viewWithGap('a😀 bcd: x', 5)],
    ['a very long text', r`^(\S+) b`, viewOf(`${'a'.repeat(4096)} b`)],
    ['a text that does not match', r`^a(\d) b (.)`, viewOf('a1 c x')],
    ['a text that is too short', r`^abc(.*)`, viewOf('ab')],
    ['groups that are not in order', r`^(?:(a)|(b))+$`, viewOf('ba')],
    ['a group that holds what is cut out', r`^(\w+): (.+)`, viewWithGap('sshd: x', 2)],
    ['a group before what is cut out', r`^(\w+): (.+)`, viewWithGap('sshd: x', 6)],
  ])('%s', (_, regex, view) => {
    expect(dfaOf(regex).maskedSpansIn(view)).toBeNull();
  });

  it('a text on which the regex alone may reach its match limit', () => {
    const translation = compilePerl(r`^(?:(a+)|b)*c(?:(a+)|b)*d(?:(a+)|b)*e(?:(a+)|b)*$`);
    if (!translation.ok) throw new Error('refused');
    const { pattern } = translation;
    const [short, long] = [100, 3900].map((length) => viewOf(`${'ab'.repeat(length / 2)}cdea`));
    if (!short || !long) throw new Error('no views');
    expect([pattern.answersAll(short.to), pattern.answersAll(long.to)]).toEqual([true, false]);
    expect(pattern.maskedSpansIn(short)?.groups).toEqual([0, 3]);
    expect(pattern.maskedSpansIn(long)).toBeNull();
  });
});

/** Determinised, it has a state for each of the 2^14 ways to fill the last places. */
const MANY_STATES = r`^(?:a|b)*a(?:a|b){13}(c)`;

describe('the states of an automaton', () => {
  it('are few for texts of one kind', () => {
    const dfa = dfaOf(r`^postfix/smtp: (\w+): to=<(.*)>, (?:orig_to=<(.*)>, )?relay=(.*), delay=([\d.]+)`);
    for (let i = 0; i < 1000; i++)
      dfa.maskedSpansIn(
        viewOf(`postfix/smtp: ${(i * 7919).toString(36)}: to=<${i}@x>, relay=${i}, delay=${i}`),
      );
    expect(dfa.stateCount).toBeLessThan(70);
  });

  it('are given up where texts need ever more of them; what is answered stays right', () => {
    const plain = plainPattern(MANY_STATES);
    const dfa = createTaggedDfa(plain.regex);
    const texts = fc.sample(
      fc
        .string({ unit: fc.constantFrom('a', 'b'), minLength: 14, maxLength: 200 })
        .map((text) => `a${text.slice(1, 14)}${text}a${text.slice(0, 13)}c`),
      { numRuns: 100, seed: 1 },
    );
    const answers = texts.map((text) => {
      const found = valuesIn(text, dfa?.maskedSpansIn(viewOf(text)) ?? null);
      expect(found ?? ['1 c']).toEqual(valuesIn(text, plain.maskedSpans(text)));
      return found !== null;
    });
    expect(answers[0]).toBe(true);
    expect(answers.at(-1)).toBe(false);
    expect(dfa?.stateCount).toBe(0);
  });

  it('are made anew if they have served many texts', () => {
    const dfa = dfaOf(MANY_STATES);
    const usual = 'aaaaaaaaaaaaaac';
    for (let i = 0; i < 10_000; i++) dfa.maskedSpansIn(viewOf(usual));
    const hostile = `${Array.from({ length: 3000 }, (_, i) => (i.toString(2).length % 3 ? 'a' : 'b')).join('')}`;
    const text = `${hostile}${hostile}`.slice(0, 4000);
    dfa.maskedSpansIn(viewOf(text));
    expect(dfa.maskedSpansIn(viewOf(usual))?.groups).toEqual([0]);
    expect(dfa.stateCount).toBeGreaterThan(0);
  });
});

const some: Ingredients = {
  captures: true,
  atomic: false,
  looks: false,
  backreferences: false,
  choicesInLoops: true,
};

describe('random regexes have the spans that trying everything finds, wherever something is cut out', () => {
  it.each<[name: string, ingredients: Ingredients]>([
    ['groups, choices and loops', some],
    ['choices of many branches', { ...some, manyBranches: true }],
    ['lookaheads', { ...some, looks: true }],
    ['verbs', { ...some, verbs: true }],
  ])('%s', (_, ingredients) => {
    const counts = { compared: 0, inTwoParts: 0, left: 0 };
    fc.assert(
      fc.property(randomPair(ingredients), ([regex, text]) => compare(regex, text, counts)),
      runs(4000),
    );
    expect(counts.compared).toBeGreaterThan(300);
    expect(counts.inTwoParts).toBeGreaterThan(300);
    expect(counts.left).toBeLessThan(counts.compared / 10);
  });
});

function compare(
  regex: string,
  text: string,
  counts: { compared: number; inTwoParts: number; left: number },
): void {
  const plain = plainPattern(regex);
  const dfa = createTaggedDfa(plain.regex);
  const expected = dfa && plain.maskedSpans(text);
  if (!expected) return;
  const found = dfa.maskedSpansIn(viewOf(text));
  if (!found) counts.left += 1;
  if (!found) return;
  expect(plainly(found)).toEqual(plainly(expected));
  counts.compared += 1;
  for (let gap = 0; gap <= text.length; gap++) {
    const view = viewWithGap(text, gap);
    const inParts = dfa.maskedSpansIn(view);
    const begin = expected.spans[0] ?? gap;
    // Only a group that begins before the gap keeps it from telling, or that none can take part behind it.
    if (!inParts)
      expect(begin < gap || expected.spans.length === 0, `${regex} on "${text}", cut at ${gap}`).toBe(true);
    else
      expect(plainly(inParts)).toEqual(plainly({ ...expected, spans: placesIn(view, gap, expected.spans) }));
    if (inParts && gap < text.length) counts.inTwoParts += 1;
  }
}

/** Where offsets of a text lie in the whole; behind what is cut out if they are where it is. */
function placesIn({ from, resume, to }: TextView, gap: number, spans: ArrayLike<number>): number[] {
  return Array.from(spans, (at) => (resume === to || at < gap ? from + at : resume + at - gap));
}

function plainly({ spans, groups }: MaskedSpans): unknown {
  return { spans: Array.from(spans), groups: [...groups] };
}
