import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/line/dialects.js';
import { Excerpt } from '../../../src/line/excerpt.js';
import { createLineReader } from '../../../src/line/read-line.js';
import { createPrefixReader } from '../../../src/line/read-prefix.js';
import { createPrefixScanner } from '../../../src/line/scan-prefix.js';
import { MessageSplitter } from '../../../src/source/push/message-splitter.js';
import { sentOf } from '../../../src/source/push/sent.js';
import { type PrefixReading, SentLines } from '../../../src/source/push/sent-lines.js';
import { lineOptions, patternOf } from '../../line/read.js';

const STAMP = 'Nov  2 12:00:00';

/** `quick`: lines whose prefix can be scanned stay together. */
function readingOf(options: ReturnType<typeof lineOptions>, how: 'quick' | 'line by line'): PrefixReading {
  const read = createPrefixReader(options);
  const scan = createPrefixScanner(options);
  const excerpt = new Excerpt();
  return {
    readPrefix(line) {
      const reading = read(line);
      if (reading.kind !== 'known') return { kind: reading.kind === 'hostless' ? 'unnamed' : 'none' };
      const { host, time, text } = reading.prefix;
      return host === null ? { kind: 'hostless', time, text } : { kind: 'named', host, time, text };
    },
    scanHost: (whole, from, to) => (how === 'quick' && scan(excerpt, whole, from, to) ? excerpt.host : null),
    keepsPriority: () => false,
    stamp: () => STAMP,
  };
}

const USUAL = [
  '<34>Nov 20 10:00:00 web1 su: failed',
  '<34>2026-11-20T10:00:00Z web1 su[12]: failed',
  'Nov 20 10:00:00 web2 sshd[7]: x',
  'no prefix',
  '<13>',
  '<13>one\ntwo',
];
const message = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...USUAL) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('', '<38>', '<13> ', '<999>'), fc.constantFrom(...DIALECTS))
      .map(([priority, { example }]) => priority + example),
  },
);

describe('what one sender said comes to the same entries, whether its lines are read together or one by one', () => {
  it.each([
    ['as it stands', 500, lineOptions()],
    ['with a logprefix', 10, lineOptions({ logprefixes: [patternOf('^(\\S+) \\S+ ')] })],
  ] as const)('%s', (_, few, options) => {
    const read = createLineReader(options);
    const quick = new SentLines(readingOf(options, 'quick'));
    const slow = new SentLines(readingOf(options, 'line by line'));
    let together = 0;
    const entries = (lines: SentLines, messages: readonly string[]): unknown[] => {
      const { texts, lines: count } = lines.ofSender(sentOf(messages), 'sender');
      const one = texts.flatMap((text) => text.split('\n'));
      expect(one).toHaveLength(count);
      together += count - texts.length;
      return one.map((line) => {
        const reading = read(line);
        if (reading.kind !== 'entry') return reading;
        const { host, time, text } = reading.entry;
        return { host, time, text };
      });
    };
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        expect(entries(quick, messages)).toEqual(entries(slow, messages));
      }),
      { numRuns: 2000 },
    );
    expect(together).toBeGreaterThan(few);
  });
});

it('messages of a known length are the same, however they are cut into pieces and mixed with lines', () => {
  const framed = fc.array(
    fc.tuple(message, fc.constantFrom('counted', 'line'), fc.constantFrom('', '\n', '\r\n', '\0')),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(framed, fc.integer({ min: 1, max: 200 }), (messages, size) => {
      const counted = messages.filter(([text, how]) => how === 'counted' && text.startsWith('<'));
      const lines = messages.filter(([text, how]) => how === 'line' && /^<[^\n]*$/.test(text));
      const bytes = Buffer.concat([
        ...counted.map(([text, , end]) => Buffer.from(`${Buffer.byteLength(text + end)} ${text}${end}`)),
        ...lines.map(([text]) => Buffer.from(`${text}\n`)),
        ...counted.map(([text]) => Buffer.from(`${Buffer.byteLength(text)} ${text}`)),
      ]);
      const splitter = new MessageSplitter(() => {});
      const said: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        for (const { kind, text } of splitter.push(bytes.subarray(at, at + size)).sent)
          said.push(...(kind === 'message' ? [text] : text.split('\n')));
      const plain = [...counted, ...lines, ...counted].map(([text]) => text);
      expect(said).toEqual(plain);
      expect(splitter.end()).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
