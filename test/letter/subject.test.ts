import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LetterFrame } from '../../src/letter/build/build-letter.js';
import { PLACEHOLDERS } from '../../src/letter/build/placeholders.js';
import type { NewsRow } from '../../src/letter/history/news.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

const { hosts: _, parts: __, ...FRAME } = aLetter();

function row(host: string, count: number, message: string, news: NewsRow['news']): NewsRow {
  return { host, count, message, news, first: null, last: null };
}

const ROUTINE = { kind: 'routine' } as const;
const ROWS = [
  row('web1', 900, 'cron x', ROUTINE),
  row('web1', 40, 'login failed', { kind: 'louder', usual: 3 }),
  row('web2', 2, 'disk fails', { kind: 'new', anywhere: false }),
];
const GONE = [{ message: 'backup done', hosts: ['web1'], usual: 5, last: 0 }];

function subjectOf(
  subject: string,
  rows: readonly NewsRow[] = ROWS,
  frame: Partial<LetterFrame> = {},
): string {
  const before = { isFirst: false, period: null };
  const made = buildLetter(rows, { ...FRAME, sortOrder: 'descending', before, ...frame, subject }, GONE);
  return made?.subject ?? 'no letter';
}

describe('placeholders', () => {
  it.each([
    ['logs of mira', 'logs of mira'],
    ['{{count}} lines, {{messages}} messages', '942 lines, 3 messages'],
    ['{{hosts}}: {{host}}', '2: 2 hosts'],
    ['{{new}} new, {{louder}} louder, {{gone}} gone', '1 new, 1 louder, 1 gone'],
    ['{{ worst }}', 'disk fails'],
    ['{{queue}}', 'a'],
    ['{{count}}{{count}}', '942942'],
    ['{count} {{count', '{count} {{count'],
    ['{{nobody}}', '{{nobody}}'],
  ])('%s', (subject, expected) => {
    expect(subjectOf(subject)).toBe(expected);
  });

  const few = ROWS.slice(0, 1);
  it.each<[string, string, readonly NewsRow[], Partial<LetterFrame>, string]>([
    ['the host when it is one alone', '{{host}}', few, {}, 'web1'],
    ['many hosts in Japanese', '{{host}}', ROWS, { language: 'ja' }, 'ホスト2台'],
    ['the most frequent where nothing is news', '{{worst}}', few, {}, 'cron x'],
    ['nothing to compare with: plain', '{{new}}', few, { before: null, form: 'plain' }, '?'],
    ['nothing to compare with: the first', '{{gone}}', few, { before: { isFirst: true, period: null } }, '?'],
    ['all lines, also those left out', '{{count}}', ROWS, { limit: 1, before: null }, '942'],
    [
      'the least frequent first',
      '{{worst}}',
      [...few, row('w', 1, 'y', ROUTINE)],
      { sortOrder: 'ascending' },
      'cron x',
    ],
  ])('%s', (_name, subject, rows, frame, expected) => {
    expect(subjectOf(subject, rows, frame)).toBe(expected);
  });

  it.each([
    ['is no HTML', 'a < b & "c"', 'a < b & "c"'],
    ['is one line', 'x\r\nBcc: you@example.org', 'x Bcc: you@example.org'],
    ['does not act', 'x\u202ey', 'x\\u202ey'],
    ['means nothing of its own', '{{count}} $& $1', '{{count}} $& $1'],
    ['is shortened', 'x'.repeat(61), `${'x'.repeat(57)}...`],
    ['is not cut where it fits', 'x'.repeat(60), 'x'.repeat(60)],
    ['is cut between characters', '😀'.repeat(70), `${'😀'.repeat(57)}...`],
  ])('log text %s', (_name, message, expected) => {
    expect(subjectOf('{{worst}}', [row('h', 1, message, ROUTINE)])).toBe(expected);
  });
});

it('log text never makes a header field, whatever it is', async () => {
  const subject = PLACEHOLDERS.map((name) => `{{${name}}}`).join(' ');
  const evil = fc.array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\0',
        '\r\nBcc: you@x',
        '\u2028',
        '\u202e',
        '{{count}}',
        '\ud800',
        '便り',
      ),
      fc.string({ unit: 'binary', maxLength: 80 }),
    ),
    { maxLength: 4 },
  );
  const text = evil.map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, text, async (host, message, queue) => {
      const frame = { ...FRAME, queue, subject, sortOrder: 'descending', before: null } as const;
      const letter = buildLetter([row(`h${host}`, 1, message, ROUTINE)], frame);
      if (!letter) throw new Error('no letter');
      const { mime } = await sealLetter(letter, { id: '1', version: '0' });
      const head = mime.toString('latin1').split('\r\n\r\n')[0] ?? '';
      const names = head.split('\r\n').flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []);
      expect(names.filter((name) => /^(?:Subject|Bcc)$/i.test(name))).toEqual(['Subject']);
      expect(names).toHaveLength(11);
      expect(head.split('\r\n').filter((line) => !/^[\t -~]{0,998}$/.test(line))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
