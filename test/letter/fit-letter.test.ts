import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import PostalMime, { type Attachment } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { countItems, keepItems } from '../../src/letter/build/fit-letter.js';
import type { News, NewsRow } from '../../src/letter/history/news.js';
import type { Letter } from '../../src/letter/letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { unfolded } from '../support/unfolded.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

function letterOf(rows: readonly NewsRow[]): Letter {
  const { hosts: _, parts: __, ...rest } = aLetter();
  const before = { isFirst: false, period: null };
  const letter = buildLetter(rows, { ...rest, sortOrder: 'descending', before });
  if (!letter) throw new Error('no letter');
  return letter;
}

function row(host: string, count: number, message: string, news: News = { kind: 'routine' }): NewsRow {
  return { host, count, message, first: null, last: null, news };
}

function bytesOf(attachment: Attachment | undefined): Buffer {
  return Buffer.from((attachment?.content ?? new ArrayBuffer(0)) as ArrayBuffer);
}

function packed(attachment: Attachment | undefined): Buffer {
  return gunzipSync(bytesOf(attachment));
}

/** All lines that a letter tells, shown or left out by limits of hosts. */
function linesIn({ parts, hosts }: Letter): number {
  const items = [...(parts?.news ?? []), ...(parts?.shared ?? [])].reduce((sum, { count }) => sum + count, 0);
  return hosts.reduce(
    (sum, { messages, more }) =>
      sum + messages.reduce((lines, { count }) => lines + count, 0) + (more?.lines ?? 0),
    items,
  );
}

it('whatever is kept, all lines are shown or told as left out', () => {
  const news = fc.constantFrom<News>(
    { kind: 'routine' },
    { kind: 'new', anywhere: false },
    { kind: 'louder', usual: 3 },
    { kind: 'back', last: 5 },
  );
  const rows = fc.uniqueArray(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.integer({ min: 1, max: 9 }),
        fc.string({ maxLength: 2 }),
        news,
      )
      .map((of) => row(...of)),
    { selector: ({ host, message }) => `${host}\n${message}`, minLength: 1 },
  );
  fc.assert(
    fc.property(rows, fc.nat(20), (some, keep) => {
      const letter = letterOf(some);
      const { letter: kept, left } = keepItems(letter, keep);
      expect(linesIn(letter)).toBe(some.reduce((sum, { count }) => sum + count, 0));
      expect(linesIn(kept) + left.lines).toBe(linesIn(letter));
      expect(countItems(kept)).toBe(Math.min(keep, countItems(letter)));
    }),
  );
});

describe('a letter with a budget', () => {
  it('of 5,000 different messages keeps the news, fills its size, and has all of it attached', async () => {
    const routine = Array.from({ length: 5000 }, (_, at) =>
      row(`web${at % 7}`, 1 + (at % 50), `message ${at} of many`),
    );
    const news = row('db1', 1, 'a disk fails', { kind: 'new', anywhere: false });
    const letter = letterOf([...routine, news]);
    const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 90_000 });
    const mail = await PostalMime.parse(mime);
    const [attached] = mail.attachments;
    const all = packed(attached).toString();
    const shown = (mail.text ?? '').match(/^ {4}\d+: /gm)?.length ?? 0;
    const left = /because of the size of the letter: (\d+) more messages/.exec(
      unfolded(mail.text ?? ''),
    )?.[1];
    expect(mime.length - bytesOf(attached).length * (4 / 3) * (78 / 76)).toBeLessThan(90_500);
    expect(mime.length).toBeGreaterThan(80_000);
    expect(mail.text).toContain('[1x] a disk fails');
    expect(shown + Number(left)).toBe(5000);
    expect(all.match(/^ {4}\d+: /gm)).toHaveLength(5000);
  });

  it('that is large enough has no attachment', async () => {
    const letter = letterOf([row('a', 1, 'x')]);
    const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 90_000 });
    expect((await PostalMime.parse(mime)).attachments).toEqual([]);
  });

  it('with a message of 100 kB shows its beginning and all others, and has it attached', async () => {
    const huge = row('a', 1, 'x'.repeat(100_000), { kind: 'new', anywhere: false });
    const letter = letterOf([huge, row('a', 2, 'a disk fails')]);
    const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 90_000 });
    const mail = await PostalMime.parse(mime);
    expect(mail.text).toContain('x... (99,000 more characters in the attached report)\n');
    expect(mail.text).toContain('    2: a disk fails\n');
    expect(mime.length).toBeLessThan(20_000);
    expect(packed(mail.attachments[0]).toString()).toContain('x'.repeat(100_000));
  });
});
