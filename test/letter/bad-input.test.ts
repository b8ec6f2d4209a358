import fc from 'fast-check';
import PostalMime, { type Attachment } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { escapeControl } from '../../src/base/text/escape.js';
import { MAX_LETTER_MESSAGES } from '../../src/letter/build/gathering.js';
import type { News, NewsRow } from '../../src/letter/history/news.js';
import type { Letter } from '../../src/letter/letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderJson } from '../../src/letter/render/render-json.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { unfolded } from '../support/unfolded.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

const KINDS: readonly News[] = [
  { kind: 'routine' },
  { kind: 'new', anywhere: false },
  { kind: 'louder', usual: 3 },
  { kind: 'back', last: 5 },
];

function letterOf(rows: Iterable<NewsRow>, changes: Partial<Letter> = {}): Letter {
  const frame = { ...aLetter(changes), sortOrder: 'descending' } as const;
  const letter = buildLetter(rows, { ...frame, before: { isFirst: false, period: null } });
  if (!letter) throw new Error('no letter');
  return letter;
}

/** A row whose text, name and value are all foreign; name and value such that a letter tells them. */
function row(text: string, news: News, host = text): NewsRow {
  const masked = [
    { name: `n ${text}`, distinct: 2, about: true, atLeast: false, top: [{ value: `v ${text}`, count: 12 }] },
  ];
  return { host, message: text, count: 12, first: 0, last: 1, news, detail: { hours: [[0, 12]], masked } };
}

const EVIL = [
  ['control characters', 'a\x1b[2J\0\x07\x9b31m\x7fb'],
  ['line breaks', 'a\r\nweb2: \r\n    99: b'],
  ['right-to-left overrides', 'a\u202etxt.exe\u2066b\u200f'],
  ['characters that nobody sees', 'a\u200bb\u00ad\u2060c\u{e0041}\ufe0f'],
  ['HTML', '</td></table><script>alert(1)</script><img src="http://192.0.2.1/x">'],
  ['a template', '{{verdict}} {{{title}}} {{#each hosts}}{{/each}} {{> x}}'],
  ['a header', 'a\r\nBcc: evil@example.org\r\nContent-Type: text/html\r\n\r\n<b>'],
  ['a part of a mail', '\r\n--NmP-x-Part_1\r\nContent-Type: text/html\r\n\r\n<b>x</b>'],
  ['half characters', '\ud800 and \udc00'],
] as const;

describe.each(EVIL)('%s', (_name, text) => {
  it.each(KINDS)('stay text, in $kind', async (news) => {
    const letter = letterOf([row(text, news), row('x', { kind: 'routine' }, 'web1')], {
      subject: text,
      notes: [text],
      status: text,
    });
    const { mime } = await sealLetter(letter, { id: 'x', version: '0' });
    const mail = await PostalMime.parse(mime);
    const unix = mail.text?.replaceAll('\r\n', '\n').trimEnd();
    expect(unix).toBe(renderText(letter).trimEnd());
    expect(mail.attachments).toEqual([]);
    expect(mail.bcc).toBeUndefined();
    for (const part of [mail.text, mail.html])
      expect(escapeControl(part?.replace(/\r?\n/g, '') ?? '\0')).toBe(part?.replace(/\r?\n/g, ''));
    expect(mail.html).not.toMatch(/<(?:script|img)/);
    expect(mail.html).toContain(escaped(escapeControl(text)));
  });
});

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('=', '&#x3D;')
    .replaceAll('`', '&#x60;')
    .replaceAll("'", '&#x27;');
}

it('no text gives a page tags of its own, or what acts', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const tags = async (one: string, language: 'en' | 'ja'): Promise<string[]> => {
    const html = await renderHtml(
      letterOf(
        KINDS.map((news) => row(one, news, `${one}${news.kind}`)),
        { language },
      ),
    );
    expect(escapeControl(html.replaceAll('\n', ''))).toBe(html.replaceAll('\n', ''));
    return html.match(/<[^>]*>/g) ?? [];
  };
  const [en, ja] = [await tags('m', 'en'), await tags('m', 'ja')];
  await fc.assert(
    fc.asyncProperty(text, async (one) => {
      expect(await tags(one, 'en')).toEqual(en);
      expect(await tags(one, 'ja')).toEqual(ja);
    }),
  );
});

function bytesOf(attachment: Attachment | undefined): number {
  return attachment?.content instanceof ArrayBuffer ? attachment.content.byteLength : 0;
}

describe('a million different messages', () => {
  function* million(news: News): Generator<NewsRow> {
    for (let at = 0; at < 1_000_000; at += 1)
      yield {
        host: `web${at % 30}`,
        message: `message ${at}`,
        count: 1 + (at % 3),
        first: at,
        last: at,
        news,
      };
  }
  const LINES = 1_999_999;

  it.each<News>([{ kind: 'routine' }, { kind: 'new', anywhere: false }])(
    'of $kind are shown or counted, all of them, and the letter keeps its size',
    async (news) => {
      const letter = letterOf(million(news));
      expect(letter.parts?.total).toEqual({ messages: 1_000_000, lines: LINES, hosts: 30 });
      const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 90_000 });
      const mail = await PostalMime.parse(mime);
      const text = unfolded(mail.text ?? '');
      const shown = [...text.matchAll(/^(?: {4}(\d+): | {2}\[(\d+)x] )message/gm)];
      const left = [...text.matchAll(/(\d+) more messages \((\d+) lines\)/g)];
      const sum = (found: readonly RegExpMatchArray[], group: number): number =>
        found.reduce((all, match) => all + Number(match[group] ?? match[1]), 0);
      expect(shown.length + sum(left, 1)).toBe(1_000_000);
      expect(shown.reduce((all, [, a, b]) => all + Number(a ?? b), 0) + sum(left, 2)).toBe(LINES);
      const [attached] = mail.attachments;
      const packed = Math.ceil((bytesOf(attached) * 4) / 3) * (78 / 76);
      expect(mime.length - packed).toBeLessThan(90_500);
      expect(letter.hosts.flatMap(({ messages }) => messages).length).toBeLessThanOrEqual(
        MAX_LETTER_MESSAGES,
      );
    },
    60_000,
  );
});

it('messages of 100 kB leave room for all others', async () => {
  const huge = Array.from({ length: 20 }, (_, at) =>
    row(`${at}${'x'.repeat(100_000)}`, KINDS[at % 4] ?? { kind: 'routine' }, 'web1'),
  );
  const letter = letterOf([...huge, row('a disk fails', { kind: 'routine' }, 'web1')]);
  const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 400_000 });
  const mail = await PostalMime.parse(mime);
  expect(
    mail.text?.match(/^(?: {4}12:| +\[12x]) .*99,00\d more characters in the attached report/gm),
  ).toHaveLength(20);
  expect(mail.text).toContain('    12: a disk fails');
  expect(mail.attachments).toHaveLength(1);
});

it('JSON of anything can be read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.double(), (text, time) => {
      const json = renderJson(letterOf([{ ...row(text, { kind: 'routine' }), first: time, last: time }]));
      expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    }),
  );
});
