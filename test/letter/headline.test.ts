import { describe, expect, it } from 'vitest';
import type { LetterFrame } from '../../src/letter/build/build-letter.js';
import type { News, NewsRow } from '../../src/letter/history/news.js';
import type { LetterKind } from '../../src/letter/letter.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

const NOON = Date.UTC(2026, 10, 29, 12);
const MINUTE = 60_000;
const ROUTINE: News = { kind: 'routine' };

/** `minutes` before noon: the first and the last line. */
function row(
  host: string,
  count: number,
  message: string,
  minutes: readonly number[],
  news = ROUTINE,
): NewsRow {
  const times = minutes.map((before) => NOON - before * MINUTE);
  return { host, count, message, news, first: times[0] ?? null, last: times.at(-1) ?? null };
}

function letterOf(kind: LetterKind, rows: readonly NewsRow[], changes: Partial<LetterFrame> = {}) {
  const { hosts: _, parts: __, ...frame } = aLetter({ kind, made: NOON, since: NOON - 24 * 60 * MINUTE });
  const before = { isFirst: false, period: null };
  const letter = buildLetter(rows, { ...frame, sortOrder: 'descending', before, ...changes });
  if (!letter) throw new Error('no letter');
  return letter;
}

/** The first lines, up to that with the size. */
function opening(...given: Parameters<typeof letterOf>): string[] {
  const lines = renderText(letterOf(...given)).split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => / of \d+ hosts?$|\d行$/.test(line)),
  );
}

const DISK = 'kernel: [___] Buffer I/O error on dev sdb, logical block ___, async page read';

describe('a letter of trouble begins with what happens', () => {
  it.each<[string, readonly NewsRow[], Partial<LetterFrame>, readonly string[]]>([
    [
      'going on until now',
      [row('web1', 17, DISK, [45, 1])],
      {},
      [
        '17x Buffer I/O error on dev sdb, logical block…, web1, since 11:15, going on',
        'Nothing new since yesterday.',
      ],
    ],
    ['once', [row('db1', 1, 'x', [45])], {}, ['1x x, db1, 11:15', 'Nothing new since yesterday.']],
    [
      'over for a while, on several hosts',
      [row('db1', 1, 'x', [45]), row('db2', 2, 'x', [60, 30])],
      {},
      ['3x x, 2 hosts, 11:00 to 11:30', 'Nothing new since yesterday.'],
    ],
    [
      'worst first: what is new, then what is most frequent',
      [
        row('a', 900, 'often', [45, 30]),
        row('a', 9, 'seldom', [45, 30]),
        row('a', 1, 'unheard', [30], { kind: 'new', anywhere: false }),
        row('a', 8, 'fourth', [30]),
      ],
      {},
      [
        '1x unheard, a, 11:30',
        '900x often, a, 11:15 to 11:30',
        '9x seldom, a, 11:15 to 11:30',
        '1 new; else as usual.',
      ],
    ],
    [
      'in the first letter, which has nothing to compare',
      [row('a', 2, 'x', [])],
      { before: { isFirst: true, period: null } },
      ['2x x, a'],
    ],
    [
      'a page, of which nobody knows the letter before',
      [row('a', 2, 'x', [])],
      { since: null },
      ['2x x, a', 'Nothing new: all of it was seen before.'],
    ],
    [
      'in Japanese',
      [row('web1', 17, 'I/O error', [45, 1])],
      { language: 'ja' },
      ['17回: I/O error、web1、11:15から続いています', '昨日から新しいものはありません。'],
    ],
  ])('%s', (_name, rows, changes, expected) => {
    expect(opening('trouble', rows, changes)).toEqual(expected);
  });

  it('and never says routine', () => {
    for (const kind of ['trouble', 'report', 'trash'] as const)
      expect(renderText(letterOf(kind, [row('a', 1, 'x', [1])]))).not.toMatch(/routine/i);
  });

  it('in HTML, too', async () => {
    const html = await renderHtml(
      letterOf('trouble', [row('<b>', 17, '<i>', [45, 1]), row('a', 1, 'y', [9])]),
    );
    expect(html).toContain('<b>17x &lt;i&gt;, &lt;b&gt;, since 11:15, going on</b>');
    expect(html).toContain('>1x y, a, 11:51</p>');
  });
});

describe('other letters begin with what changed', () => {
  const louder: News = { kind: 'louder', usual: 3 };
  it.each<[LetterKind, readonly NewsRow[], string]>([
    ['report', [row('a', 60, 'x', [], louder), row('a', 1, 'y', [])], '1 louder; else as usual.'],
    ['report', [row('a', 1, 'y', [])], 'Nothing new since yesterday, nothing missing.'],
    ['trash', [row('a', 60, 'x', [], louder)], 'Put aside, for a glance: 1 louder; else as usual.'],
    [
      'trash',
      [row('a', 1, 'y', [])],
      'Put aside, for a glance: nothing new since yesterday, nothing missing.',
    ],
  ])('%s', (kind, rows, expected) => {
    expect(opening(kind, rows)).toEqual([expected]);
  });

  it('a letter long ago is dated', () => {
    const since = NOON - 3 * 24 * 60 * MINUTE;
    expect(opening('report', [row('a', 1, 'y', [])], { since })).toEqual([
      'Nothing new since Nov 26 12:00, nothing missing.',
    ]);
  });
});
