import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { escapeControl } from '../../src/base/text/escape.js';
import { describeEvent } from '../../src/daemon/describe-event.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { createLineReader } from '../../src/line/read-line.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { createLineSplitter, listLines } from '../../src/source/split-lines.js';
import { sound } from '../config/read.js';
import { aLetter } from '../letter/a-letter.js';
import { buildLetter } from '../letter/build-letter.js';
import { hostileLog, hostileText } from './hostile-text.js';
import { runs } from './runs.js';

const NOON = Date.UTC(2026, 10, 20, 12);
const SEAL = { id: 'fuzz.1', version: '0' };

/** Pieces of a whole, cut at random. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

function linesOf(pieces: readonly Buffer[]): string[] {
  const splitter = createLineSplitter(() => {});
  return [...pieces.map((piece) => splitter.push(piece)), splitter.end()].flatMap(listLines);
}

describe('bytes of a log', () => {
  it('are the same lines however they come in', () => {
    fc.assert(
      fc.property(hostileLog, fc.array(fc.nat(), { maxLength: 8 }), (bytes, at) => {
        expect(linesOf(cut(bytes, at))).toEqual(linesOf([bytes]));
      }),
      runs(1_000),
    );
  });

  it('become mail in which they are text and nothing else', async () => {
    const config = sound(
      [
        'set logfile /x',
        'set hidepid on',
        String.raw`set logprefix ^\[(\w+)\] `,
        'set queue noprefix f@x.org t@x.org [now]',
        'set queue a f@x.org t@x.org [now]',
        'trash ^noise',
        String.raw`repeat ^last message repeated (\d+) times`,
        String.raw`a (\w+)=(\S*)`,
        'a .*',
        '',
      ].join('\n'),
    );
    const messages = [{ count: 1, message: 'm', id: 'i', first: NOON, last: NOON + 3_600_000 }];
    const bare = await headersAndTags(
      aLetter({ hosts: [{ host: 'h', name: 'n', messages, more: { messages: 1, lines: 1 } }], notes: ['n'] }),
    );
    await fc.assert(
      fc.asyncProperty(hostileLog, async (bytes) => {
        const memory = new RuleState({ last: [], hits: [] });
        const sorter = new LineProcessor(
          config,
          memory,
          () => NOON,
          () => {},
        );
        sorter.take({ text: linesOf([bytes]).join('\n') });
        const frame = { ...aLetter(), sortOrder: 'descending', before: null } as const;
        const letter = buildLetter(sorter.changes().tally, frame);
        if (!letter) return;
        const { headers, tags } = await headersAndTags(letter);
        expect(headers).toEqual(bare.headers);
        expect(tags.filter((tag) => !bare.tags.includes(tag))).toEqual([]);
      }),
      runs(150),
    );
  });
});

/** Names of all header fields, in order, and of all HTML tags that occur; fails where a byte could act. */
async function headersAndTags(
  letter: Parameters<typeof sealLetter>[0],
): Promise<{ readonly headers: string[]; readonly tags: string[] }> {
  const { mime } = await sealLetter(letter, SEAL);
  const bytes = mime.toString('latin1');
  expect(bytes).toMatch(/^(?:[\t -~]{0,998}\r\n)*[\t -~]{0,998}$/);
  const mail = await PostalMime.parse(mime);
  const { text = '', html = '' } = mail;
  for (const part of [text, html])
    expect(escapeControl(part.replaceAll('\n', ''))).toBe(part.replaceAll('\n', ''));
  expect(mail.attachments).toEqual([]);
  expect(mail.to?.map(({ address }) => address)).toEqual(letter.to);
  const tags = new Set(html.match(/<[^\s>]*/g));
  return { headers: mail.headers.map(({ key }) => key), tags: [...tags].sort() };
}

describe('a line', () => {
  it('is read whole or not at all: no text is made up, and no host is empty', () => {
    const read = createLineReader({ logprefixes: [], hidepid: false, timezone: null, now: () => NOON });
    fc.assert(
      fc.property(hostileText, (line) => {
        const reading = read(line);
        if (reading.kind !== 'entry') return;
        const { host, text, time } = reading.entry;
        expect(host).not.toMatch(/^$|[ \t\n\r]/);
        expect(line).toContain(host);
        if (!line.startsWith('<')) expect(line.endsWith(text)).toBe(true);
        expect(time === null || Number.isSafeInteger(time)).toBe(true);
      }),
      runs(3_000),
    );
  });

  it('and the prefix of somebody who likes regexes', () => {
    const piece = fc.constantFrom(
      '^',
      '$',
      '(',
      ')',
      '(?:',
      '|',
      '.*',
      '.+?',
      '\\S+',
      '(\\w+)',
      '[^ ]',
      '\\b',
      ' ',
      'a',
      '<',
      '>',
    );
    const regex = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(regex, hostileText, (source, line) => {
        const compiled = compile(source);
        if (!compiled.ok) {
          expect(compiled.seen).not.toBe('');
          expect(compiled.instead).not.toBe('');
          expect(compiled.offset).toBeLessThanOrEqual(Array.from(source).length);
          return;
        }
        const logprefixes = [compiled.pattern];
        const read = createLineReader({ logprefixes, hidepid: true, timezone: 'UTC', now: () => NOON });
        const reading = read(line);
        if (reading.kind === 'entry') expect(reading.entry.host).not.toBe('');
      }),
      runs(3_000),
    );
  });
});

describe('an event', () => {
  const path = hostileText.map((text) => `/var/log/${text}`);
  const place = fc.record({ file: path, line: fc.nat(), column: fc.nat() });
  const source = fc.oneof(
    fc.record({
      kind: fc.constant('opened' as const),
      path,
      offset: fc.nat(),
      resumed: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('unreadable' as const), path, reason: hostileText }),
    fc.record({ kind: fc.constant('same-file' as const), path, as: path }),
    fc.record({ kind: fc.constant('unwatchable' as const), folder: path, reason: hostileText }),
  );
  const mail = fc.oneof(
    fc.record({
      kind: fc.constantFrom('deferred' as const, 'rejected' as const),
      queue: hostileText,
      address: hostileText,
      reason: hostileText,
    }),
    fc.record({ kind: fc.constant('unreachable' as const), reason: hostileText, again: fc.nat() }),
  );
  const event: fc.Arbitrary<DaemonEvent> = fc.oneof(
    fc.record({ kind: fc.constant('source' as const), event: source }),
    fc.record({ kind: fc.constant('mail' as const), event: mail }),
    fc.record({ kind: fc.constant('unsealed' as const), queue: hostileText, reason: hostileText }),
    fc.record({ kind: fc.constant('overrun' as const), place, source: hostileText }),
    fc.record({ kind: fc.constantFrom('state-failed' as const, 'unresolved' as const), reason: hostileText }),
    fc.record({
      kind: fc.constant('orphaned' as const),
      queue: hostileText,
      lines: fc.nat(),
      mailed: fc.boolean(),
    }),
  );

  it('is one line in which nothing acts', () => {
    fc.assert(
      fc.property(event, (told) => {
        const text = describeEvent(told);
        expect(text).toBe(escapeControl(text));
        expect(text).not.toContain('\n');
      }),
      runs(2_000),
    );
  });
});
