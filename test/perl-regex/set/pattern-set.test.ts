import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, MatchLimitError, PatternSet, type TextView } from '../../../src/perl-regex/perl-regex.js';
import { EVERYTHING, randomRegex } from '../random-regex.js';
import { viewOf, viewWithGap } from '../view.js';

/** A member as data, so that a failure can be read. `on: 'other'`: it does not match the text. */
interface MemberText {
  readonly kind: 'winner' | 'group';
  readonly regex: string;
  readonly on: 'text' | 'other';
  /** How many members before it the group around it stands; none when that is no group. */
  readonly up: number;
}

const OTHER = 'ab';

function pattern(regex: string) {
  const compiled = compile(regex);
  if (!compiled.ok) throw new Error(`${regex}: ${compiled.seen}`);
  return compiled.pattern;
}

function made(texts: readonly MemberText[]) {
  return texts.map(({ kind, regex, on, up }, number) => {
    const parent = texts[number - up]?.kind === 'group' && up > 0 ? number - up : -1;
    return { kind, pattern: pattern(regex), on, parent };
  });
}

type Made = ReturnType<typeof made>;

function matches(members: Made, number: number, text: string): boolean {
  const member = members[number];
  return member?.pattern.test(member.on === 'text' ? text : OTHER) ?? false;
}

/** The meaning of a set: each is tried in order, and a winner counts if the groups around it match, too. */
function firstTried(members: Made, text: string): number {
  const holds = (number: number): boolean =>
    number < 0 || (matches(members, number, text) && holds(members[number]?.parent ?? -1));
  return members.findIndex(({ kind }, number) => kind === 'winner' && holds(number));
}

/** The set, which is asked about a view but matches its text; `asked` collects what it could not tell. */
function setOf(
  members: Made,
  textOf: (view: TextView) => string,
  asked: number[] = [],
): PatternSet<TextView> {
  const known = members.map(({ kind, on, parent, ...one }) => ({
    kind,
    parent,
    pattern: on === 'text' ? one.pattern : null,
  }));
  return new PatternSet(known, (number, view) => {
    asked.push(number);
    return matches(members, number, textOf(view));
  });
}

const regexes = fc
  .tuple(fc.constantFrom('', '^', '^', '^a', '^ab'), randomRegex(EVERYTHING))
  .map(([front, rest]) => `${front}${rest}`)
  .filter((regex) => compile(regex).ok);
const sets = fc.array(
  fc.record({
    kind: fc.constantFrom('winner', 'winner', 'winner', 'group'),
    regex: regexes,
    on: fc.constantFrom('text', 'text', 'text', 'other'),
    up: fc.nat(4),
  }),
  { minLength: 1, maxLength: 12 },
);
const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'A', '\u00fc', '\u{1f600}'), { maxLength: 8 });

describe('a set of patterns', () => {
  it('finds what trying each in order finds, wherever the text lies', () => {
    fc.assert(
      fc.property(sets, fc.array(texts, { minLength: 1, maxLength: 6 }), fc.nat(8), (members, lines, gap) => {
        const all = made(members);
        let text = '';
        const set = setOf(all, () => text);
        for (const line of lines) {
          text = line.join('');
          const expected = firstTried(all, text);
          expect(set.find(viewOf(text))).toBe(expected);
          expect(set.find(viewWithGap(text, Math.min(gap, text.length)))).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[name: string, regexes: readonly string[], text: string, found: number, asked: readonly number[]]>([
    ['asks nobody about anchored patterns', ['^foo', '^ba+r$', '^b'], 'baaar', 1, []],
    ['asks about what a DFA cannot say', ['^foo', '^(a|b)\\1', '^b'], 'bbc', 1, [1]],
    ['asks only those whose literal is in the text', ['needle', 'straw', '^x'], 'a straw', 1, [1]],
    ['asks those that require nothing of a text', ['\\d$', '^b'], 'b', 1, [0]],
    ['asks nobody when nothing can match', ['^foo', 'needle'], 'bar', -1, []],
    ['asks nobody about a catch-all', ['^foo', '.*'], 'bar', 1, []],
    ['asks nobody about a catch-all that needs a character', ['^foo', '(.+)'], 'bar', 1, []],
    ['finds no catch-all that needs a character in an empty text', ['^foo', '(.+)'], '', -1, []],
    ['asks about a catch-all where it sees half a character', ['^foo', '.'], '\u{1f600}', 1, [1]],
    ['asks those before a catch-all', ['\\d$', '.*', '^b'], 'bar', 1, [0]],
    ['asks those before a catch-all whose literal is in the text', ['needle', 'a', '.*'], 'bar', 1, [1]],
    ['asks about what only looks like a catch-all', ['^foo', '.*\\b', '.*'], 'bar', 1, [1]],
  ])('%s', (_, sources, text, found, expected) => {
    const asked: number[] = [];
    const members = made(sources.map((regex) => ({ kind: 'winner', regex, on: 'text', up: 0 })));
    expect(setOf(members, () => text, asked).find(viewOf(text))).toBe(found);
    expect(asked).toEqual(expected);
  });

  it('asks nobody about a catch-all in a group, and none outside of it', () => {
    const member = (kind: MemberText['kind'], regex: string, up: number): MemberText => ({
      kind,
      regex,
      up,
      on: 'text',
    });
    const members = made([member('group', '^b', 0), member('winner', '(.*)', 1), member('winner', '.', 0)]);
    const asked: number[] = [];
    const found = ['bar', 'foo', ''].map((text) => setOf(members, () => text, asked).find(viewOf(text)));
    expect(found).toEqual([1, 2, -1]);
    expect(asked).toEqual([]);
  });

  it('asks about a text on which a pattern alone might be given up, and goes on behind it', () => {
    const long = pattern('^(?:[a-z]|[a-z][0-9])+!$');
    const text = `${'a'.repeat(60_000)}!`;
    expect(() => long.test(text)).toThrow(MatchLimitError);
    const members = [long, pattern('^a')].map((one) => ({
      kind: 'winner' as const,
      pattern: one,
      parent: -1,
    }));
    const asked: number[] = [];
    const set = new PatternSet(members, (number) => {
      asked.push(number);
      return number === 1;
    });
    expect(set.find(viewOf(text))).toBe(1);
    expect(asked).toEqual([0, 1]);
  });
});
