import { describe, expect, it } from 'vitest';
import { findKinds, KIND_LIMITS, KindFinder, NO_KIND } from '../../../src/rule/suggest/find-kinds.js';
import { describeKind } from '../../../src/rule/suggest/propose-rule.js';
import { scoreGroups } from '../../bench/tools/score-groups.js';
import { createRandom } from '../../support/random.js';
import { inventLog, STYLES } from './invented-logs.js';
import { ALIKE, APART, TOGETHER } from './pairs.js';
import { say } from './say.js';

function kindsOf(messages: readonly string[]): string[] {
  return findKinds(messages).kinds.rows.map((row) => describeKind(row));
}

/** Whether no message of one list is of the same kind as one of the other. */
function areApart(many: readonly string[], few: readonly string[]): boolean {
  const { groups } = findKinds([...many, ...few]);
  const first = new Set(groups.slice(0, many.length));
  return groups.slice(many.length).every((group) => !first.has(group));
}

/** One of each list by turns. */
function mixed(one: readonly string[], other: readonly string[]): string[] {
  return one.flatMap((message, at) => [message, other[at] ?? message]);
}

/** A word for each number. */
function nameOf(number: number): string {
  return [...String(number)].map((digit) => 'bcdfghjklm'[Number(digit)]).join('o');
}

describe('a word that carries the meaning keeps messages apart', () => {
  it.each(APART)('%s | %s', (one, other) => {
    expect(kindsOf(mixed(say(one, 24), say(other, 24, 2)))).toHaveLength(2);
  });

  it.each(APART)('also when one is a hundred times as frequent: %s | %s', (one, other) => {
    expect(areApart(say(one, 300), say(other, 2, 2))).toBe(true);
    expect(areApart(say(other, 300), say(one, 2, 2))).toBe(true);
  });

  it('also when a rare state stands where hundreds of names do', () => {
    const names = Array.from({ length: 400 }, (_, at) => `app: (${nameOf(at)}) <${at}> seen`);
    expect(areApart(names, ['app: (failed) <7+Xa> seen'])).toBe(true);
  });

  it('also when a place takes names as well', () => {
    const users = Array.from(
      { length: 40 },
      (_, at) => `app: state of user${'abcdefghij'[at % 10]}${at} seen`,
    );
    const messages = [...users, 'app: state of started seen', 'app: state of stopped seen'];
    expect(findKinds(messages).kinds.rows.length).toBeGreaterThanOrEqual(3);
  });

  it('also when only a handful of plain words takes turns, whatever they are', () => {
    const words = ['amber', 'violet', 'crimson', 'azure'];
    expect(kindsOf(words.map((word) => `app: lamp glows ${word} now`))).toHaveLength(4);
    expect(kindsOf(words)).toHaveLength(4);
    expect(kindsOf(words.map((word) => `${word}: begins`))).toHaveLength(4);
  });
});

describe('what differs in values only is one kind', () => {
  it.each(TOGETHER)('%s', (pattern) => {
    expect(kindsOf(say(pattern, 60))).toHaveLength(1);
  });

  it.each(ALIKE)('%s', (_, ...messages) => {
    expect(kindsOf(messages)).toHaveLength(1);
  });

  it('many words in one place are values', () => {
    const { below } = createRandom(3);
    const word = (): string => Array.from({ length: 6 }, () => 'bcdfgklmnoprtuvz'[below(16)]).join('');
    expect(kindsOf(Array.from({ length: 60 }, () => `app: widget ${word()} was seen today`))).toEqual([
      'app: widget <*> was seen today',
    ]);
  });

  it('a kind is described by its text, with names for what varies', () => {
    expect(kindsOf(say('sshd: Failed password for $ from @ port # ssh2', 60))).toEqual([
      'sshd: Failed password for <user> from <address> port <port> ssh2',
    ]);
  });
});

describe('invented logs of many styles', () => {
  it.each(STYLES)('%s', (style) => {
    const log = inventLog(style, 2000);
    const { groups } = findKinds(log.map(({ text }) => text));
    const { ga, fga } = scoreGroups(
      log.map(({ event }) => event),
      groups,
    );
    expect(ga).toBeGreaterThan(0.96);
    expect(fga).toBeGreaterThan(0.96);
  });
});

describe('bounds', () => {
  it('the same messages in the same order make the same groups', () => {
    const messages = STYLES.flatMap((style) => inventLog(style, 300, 5)).map(({ text }) => text);
    expect(findKinds(messages).groups).toEqual(findKinds(messages).groups);
  });

  it('a log that is sorted out many times on the way gives the same kinds', () => {
    const messages = Array.from({ length: 3 }, (_, round) => inventLog('services', 1000, round + 1)).flat();
    const whole = findKinds(messages.map(({ text }) => text));
    const inParts = findKinds(
      messages.map(({ text }) => text),
      { ...KIND_LIMITS, maxShapes: 60 },
    );
    const events = messages.map(({ event }) => event);
    expect(scoreGroups(events, inParts.groups).ga).toBeGreaterThan(0.95);
    expect(scoreGroups(whole.groups, inParts.groups).ga).toBeGreaterThan(0.95);
  });

  it('each message is counted once, in its kind or as one that had to give way', () => {
    const { below } = createRandom(1);
    const word = (): string =>
      Array.from({ length: 7 }, () => 'abcdefghijklmnopqrstuvwxyz'[below(26)]).join('');
    const messages = Array.from({ length: 5000 }, () => Array.from({ length: 2 + below(9) }, word).join(' '));
    const limits = { maxShapes: 200, maxKinds: 100, maxNumbers: 10_000 };
    const { kinds, groups } = findKinds(
      [...say('app: number #', 500), ...messages, ...say('app: number #', 9)],
      limits,
    );
    expect(kinds.rows.length).toBeLessThanOrEqual(limits.maxKinds);
    expect(kinds.unsorted).toBeGreaterThan(0);
    expect(kinds.rows.reduce((sum, { count }) => sum + count, 0) + kinds.unsorted).toBe(5509);
    expect(groups[0]).not.toBe(NO_KIND);
    expect(groups.filter((group) => group === groups[0])).toHaveLength(509);
  });

  it('a message of a kind that was found is known later on', () => {
    const finder = new KindFinder({ ...KIND_LIMITS, maxShapes: 50 });
    const shapes = Array.from({ length: 400 }, (_, at) =>
      finder.add(`app: guest v${'x'.repeat(at % 90)}z came in #${at}`),
    );
    const kinds = finder.finish();
    expect(new Set(shapes.map((shape) => kinds.kindOf(shape))).size).toBe(1);
  });
});

describe('any bytes', () => {
  it.each<readonly [title: string, messages: readonly string[], kinds: number]>([
    ['nothing', [], 0],
    ['an empty message', ['', ''], 1],
    ['one message', ['app: a'], 1],
    ['one word', ['a', 'a'], 1],
    ['all numbers', ['1 2 3', '4', '5 6'], 1],
    ['marks', ['=<>()[]{}', '=<>()[]{}', '+++'], 2],
    ['Japanese without blanks', ['ユーザー12がログインしました', 'ユーザー7がログインしました'], 1],
    ['control characters', ['a\u0000\u0007 1', 'a\u0000\u0007 2'], 1],
    ['halves of characters', ['\ud800 1', '\ud800 2'], 1],
    ['a long message', [`app: ${'x y '.repeat(5000)}`, `app: ${'x y '.repeat(5001)}`], 1],
    ['what stands for values', ['a \uffff \ufffe', 'a 1 2', 'a \uffff 3'], 2],
  ])('%s', (_, messages, kinds) => {
    expect(findKinds(messages).kinds.rows).toHaveLength(kinds);
  });
});

describe('a rare kind that is a frequent one in disguise', () => {
  const users = Array.from(
    { length: 300 },
    (_, at) => `sshd: bye invalid user x${nameOf(at)} 192.0.2.7 port ${at}`,
  );

  it('is counted with it when a name looks like a number', () => {
    expect(kindsOf([...users, 'sshd: bye invalid user adfdcdbb 192.0.2.9 port 7'])).toHaveLength(1);
  });

  it('has its group, too', () => {
    const { groups, kinds } = findKinds([...users, 'sshd: bye invalid user adfdcdbb 192.0.2.9 port 7']);
    expect(new Set(groups).size).toBe(1);
    expect(kinds.rows.map(({ count }) => count)).toEqual([301]);
  });
});
