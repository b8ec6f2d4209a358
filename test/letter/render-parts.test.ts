import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import { writeParts } from '../../src/letter/build/write-parts.js';
import type { News, NewsRow } from '../../src/letter/history/news.js';
import { LETTER_KINDS, type Letter } from '../../src/letter/letter.js';
import { columnsOf } from '../../src/letter/render/columns.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderJson } from '../../src/letter/render/render-json.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { createDescriber } from '../../src/letter/words/describe-letter.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

/** What stands before the host blocks. */
function opening(letter: Letter): string {
  return renderText(letter).split('\n\nmail1: \n')[0] ?? '';
}

it('the parts of a letter, in English', () => {
  expect(opening(sampleLetter())).toBe(`2 new, 1 louder, 1 back, 1 gone; else as usual.
Nov 20 12:00 to Nov 21 12:00, 1,961 lines in 11 messages of 5 hosts
A column of a bar is an hour; the first begins Nov 20 12:00.

NEW
  [3x] kernel: ata3.00: failed command: READ FPDMA QUEUED
       db1; never seen before; 03:04 – 05:42
  [1x] systemd: backup.service: Failed with result 'exit-code'.
       web2; new here, known on other hosts; 02:04 – 02:42

LOUDER
  [1204x] sshd: Invalid user ___ from ___ port ___
       2 hosts (web1 1100, web2 104); usually 120;
       12:04 – 06:42  ▁............▁▂▇█▃▁......
       40 users (root 311, 39 more), 9 addresses (192.0.2.14 673, 8 more)

BACK
  [2x] smartd: Device: /dev/sda, 1 Currently unreadable (pending) sectors
       db1; last seen Nov 08 12:00; 15:04 – 15:42

GONE
  [usually 24x] CRON: (root) CMD (/usr/local/bin/backup)
       db1, web2; last seen Nov 20 10:00

ON MANY HOSTS
  [240x] CRON: (root) CMD (run-parts /etc/cron.hourly)
       4 hosts (db1 60, mail1 60, web1 60, web2 60); not on ns1;
       12:04 – 11:42  ████████████████████████.`);
});

it('the parts of a letter, in Japanese', () => {
  expect(
    opening(sampleLetter({ language: 'ja' })),
  ).toBe(`新規2件、増加1件、再来1件、途絶1件。ほかはいつもどおりです。
11月20日 12:00〜11月21日 12:00、ホスト5台、メッセージ11種類、1,961行
棒の1本は1時間です（11月20日 12:00から）。

新規
  [3回] kernel: ata3.00: failed command: READ FPDMA QUEUED
       db1 / はじめて出ました / 03:04〜05:42
  [1回] systemd: backup.service: Failed with result 'exit-code'.
       web2 / ここでははじめてです（ほかのホストでは既出） / 02:04〜02:42

増加
  [1204回] sshd: Invalid user ___ from ___ port ___
       ホスト2台 (web1 1100、web2 104) / ふだんは120回 /
       12:04〜06:42  ▁............▁▂▇█▃▁......
       user 40種類、アドレス9種類

再来
  [2回] smartd: Device: /dev/sda, 1 Currently unreadable (pending) sectors
       db1 / 最後は11月8日 12:00 / 15:04〜15:42

途絶
  [ふだん24回] CRON: (root) CMD (/usr/local/bin/backup)
       db1、web2 / 最後は11月20日 10:00

多くのホストに共通
  [240回] CRON: (root) CMD (run-parts /etc/cron.hourly)
       ホスト4台 (db1 60、mail1 60、web1 60、web2 60) / ns1にはありません /
       12:04〜11:42  ████████████████████████.`);
});

it('what the masks of routine hid stands behind the hosts', () => {
  const text = renderText(sampleLetter());
  expect(text.slice(text.indexOf('\nns1 '))).toBe(`
ns1 (ns1.example.org): 
    66: named: zone transfer of example.org

UNDER THE MASK
  - postfix/smtpd: warning: ___: SASL LOGIN authentication failed: UGFzc3dvcmQ6
       about 4,000 values (unknown[192.0.2.77] 60, ...)
  - dovecot: imap-login: Login: user=<___>
       2 users (ann 8, bob 4)

  *** 2 lines had no known prefix and went to no queue; a queue named
      noprefix would show them ***

RULES FOR MOST OF THIS ("tayori suggest" shows more):

# takes 40 lines of 2 hosts; 12 different messages become 1
#> backupd: wrote <12> files
#= backupd: wrote <___> files
misc ^backupd: wrote <(\\d+)> files$
`);
  expect(renderText(sampleLetter({ language: 'ja' }))).toContain(`
マスクの中身
  - postfix/smtpd: warning: ___: SASL LOGIN authentication failed: UGFzc3dvcmQ6
       値約4,000種類 (unknown[192.0.2.77] 60、unknown[198.51.100.3] 41、…)
  - dovecot: imap-login: Login: user=<___>
       user 2種類 (ann 8、bob 4)
`);
});

it('counts are aligned, also where they stand in Japanese', () => {
  const { parts } = sampleLetter();
  const [one] = parts?.news ?? [];
  if (!parts || !one) throw new Error('no news');
  const news = [
    { ...one, count: 1204 },
    { ...one, message: 'x', count: 3 },
  ];
  const text = (language: 'en' | 'ja'): string =>
    opening(sampleLetter({ language, parts: { ...parts, news } }));
  expect(text('en')).toMatch(/\n {2}\[1204x\] kernel.*\n.*\n {5}\[3x\] x\n/);
  expect(text('ja')).toMatch(/\n {2}\[1204回\] kernel.*\n.*\n {5}\[3回\] x\n/);
});

describe.each(['en', 'ja'] as const)('in %s', (language) => {
  it('a report without news says so in its first line, and has no parts', () => {
    const parts = {
      ...{ isFirst: false, period: null, total: { messages: 1, lines: 1, hosts: 1 }, masked: [] },
      changes: { new: 0, louder: 0, back: 0, gone: 0, atLeast: false },
    };
    const text = renderText(
      aLetter({ language, since: null, parts: { ...parts, news: [], gone: [], shared: [] } }),
    );
    expect(text).toMatch(
      language === 'en'
        ? /^Nothing new, nothing missing\.\n1 line in 1 message of 1 host\n\nweb1: \n/
        : /^新しいものも途絶えたものもありません。\nホスト1台、メッセージ1種類、1行\n\nweb1: \n/,
    );
  });

  it('text and HTML tell the same', async () => {
    const letter = sampleLetter({ language });
    const html = (await renderHtml(letter))
      .replaceAll('&#x27;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
    const text = renderText(letter);
    const told = letter.parts ? writeParts(letter.parts, createDescriber(letter)) : [];
    expect(told.map(({ kind }) => kind)).toEqual(['new', 'louder', 'back', 'gone', 'shared']);
    for (const { title, items } of told)
      for (const { message, details, when, bar, values } of items)
        for (const said of [title, message, ...details, when, bar, ...values]) {
          expect(text).toContain(said);
          expect(html).toContain(said);
        }
  });
});

const KINDS: readonly News[] = [
  { kind: 'routine' },
  { kind: 'new', anywhere: true },
  { kind: 'louder', usual: 3 },
  { kind: 'back', last: 5 },
];

it('a program finds the host blocks and nothing else, whatever the log says', () => {
  const text = fc.oneof(
    fc.constantFrom('web1: ', '    3: x', '  2: y', '3: z', 'NEW', '[3x] w', '- '),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const rows = fc.uniqueArray(
    fc.record({
      host: text.filter((host) => !host.startsWith('[')),
      message: text,
      count: fc.integer({ min: 1, max: 40 }),
      kind: fc.nat(3),
      value: text,
    }),
    { selector: ({ host, message }) => `${host}\n${message}`, minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom('en', 'ja'),
      fc.constantFrom(...LETTER_KINDS),
      (some, language, kind) => {
        const letter = built(
          some.map(
            ({ kind, value, ...row }): NewsRow => ({
              ...row,
              first: 0,
              last: 0,
              news: KINDS[kind] ?? { kind: 'routine' },
              detail: {
                hours: [],
                masked: [
                  {
                    name: null,
                    distinct: 1,
                    about: false,
                    atLeast: false,
                    top: [{ value, count: row.count }],
                  },
                ],
              },
            }),
          ),
          { language, kind },
        );
        const found = readBlocks(renderText(letter));
        const plain = readBlocks(renderText({ ...letter, parts: null }));
        expect(found).toEqual(plain);
        expect(found).toHaveLength(letter.hosts.flatMap(({ messages }) => messages).length);
        const inParts = renderText(letter).matchAll(/^ +\[(\d+)[x回]\] /gm);
        const sum = [...inParts, ...found].reduce((all, [, count]) => all + Number(count), 0);
        expect(sum).toBe(some.reduce((all, { count }) => all + count, 0));
      },
    ),
  );
});

function built(rows: readonly NewsRow[], changes: Partial<Letter>): Letter {
  const frame = { ...aLetter(changes), sortOrder: 'descending' } as const;
  const letter = buildLetter(rows, { ...frame, before: { isFirst: false, period: null } }, [
    { message: '    3: gone', hosts: ['web1: '], usual: 5, last: 0 },
  ]);
  if (!letter) throw new Error('no letter');
  return letter;
}

it('lines before the host blocks have at most 78 columns, but for messages', () => {
  const host = (at: number): string => `a-host-with-quite-a-long-name-${at}.example.org`;
  const letter = built(
    [1, 2, 3, 4, 5, 6].flatMap((at) =>
      KINDS.map(
        (news): NewsRow => ({
          ...{ host: host(at), count: 20, first: 0, last: 0, news },
          message: `m ${news.kind}`,
        }),
      ),
    ),
    { kind: 'trouble', storm: `it goes on: ${'and on '.repeat(40)}`, made: 0 },
  );
  const long = renderText(letter)
    .split('\n')
    .filter((line) => columnsOf(line) > 78);
  expect(long).toEqual([]);
  expect(renderText(letter)).toContain('6 hosts (a-host-with-quite-a-long-name-1.example.org 20, 5 more)');
});

/** As a program for Tenshi's letters would: a line that ends in `: `, and the counted lines below it. */
function readBlocks(text: string): [host: string, count: string, message: string][] {
  const found: [string, string, string][] = [];
  let host: string | null = null;
  for (const line of text.split('\n')) {
    const message = /^ {4}(\d+): (.*)$/.exec(line);
    if (message && host !== null) found.push([host, message[1] ?? '', message[2] ?? '']);
    else host = /^(|\S.*|\s.*): $/.exec(line)?.[1] ?? null;
  }
  return found;
}

it('JSON has all of it', () => {
  const json = renderJson(sampleLetter());
  expect(json).toMatchObject({
    isFirst: false,
    period: { from: '2026-11-20T12:00:00.000Z', to: '2026-11-21T12:00:00.000Z' },
    total: { messages: 11, lines: 1961, hosts: 5 },
    changes: { new: 2, louder: 1, back: 1, gone: 1, atLeast: false },
    news: [
      { kind: 'new', anywhere: false, count: 3, hosts: [{ host: 'db1', count: 3 }] },
      { kind: 'new', anywhere: true },
      {
        kind: 'louder',
        usual: 120,
        hours: expect.arrayContaining([{ from: '2026-11-21T02:00:00.000Z', lines: 90 }]),
        masked: [
          { name: 'user', distinct: 40, about: false },
          { name: null, distinct: 9 },
          { distinct: 1200, about: true },
        ],
      },
      { kind: 'back', before: '2026-11-08T12:00:00.000Z' },
    ],
    gone: [{ hosts: ['db1', 'web2'], usual: 24, last: '2026-11-20T10:00:00.000Z' }],
    shared: [{ without: ['ns1'], count: 240 }],
    hosts: [
      { host: 'mail1', more: { messages: 2, lines: 14 } },
      { host: 'ns1', name: 'ns1.example.org' },
    ],
    limit: 3,
    notes: [expect.stringContaining('prefix')],
  });
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});
