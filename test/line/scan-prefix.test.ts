import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/base/text/decode.js';
import { TextBlock } from '../../src/base/text/text-block.js';
import { DIALECTS } from '../../src/line/dialects.js';
import type { Reading } from '../../src/line/entry.js';
import { Excerpt } from '../../src/line/excerpt.js';
import { isHostWord } from '../../src/line/host-name.js';
import { createLineReader, type LineOptions } from '../../src/line/read-line.js';
import { createPrefixReader } from '../../src/line/read-prefix.js';
import { createPrefixScanner } from '../../src/line/scan-prefix.js';
import { lineOptions, NOW, patternOf, THIS_MACHINE } from './read.js';

const stamps = [
  'Nov 20 10:00:00',
  'Nov  2 10:00:01',
  'Xyz 99 99:99:99',
  'Nov\t20 10:00:00',
  'nov 20 10:00:00',
  'Nov 20 1:00:00',
  '2026-11-20T12:30:00',
  '2026-11-20T12:30:00.123456+09:00',
  '2026-11-20t12:30:00Z',
  '2026-11-20 12:30:00',
  '<34>1 2026-11-20T12:30:00Z',
  '<34>Nov 20 10:00:00',
  'Nov 20 10:00:00 2026',
  'Nov 20 10:00:00.5 CET',
  'Sun Nov 29 10:00:00 2026',
  '421: *Nov 20 10:00:00:',
  '',
];
const blanks = [...Array.from({ length: 8 }, () => ' '), ' ', ' ', ' ', ' ', '  ', '\t', '\v', '\u00a0', ''];
const hosts = [
  ...Array.from({ length: 12 }, () => 'web1'),
  ...[
    'last',
    'above',
    'message',
    'Message',
    'From',
    'UTC',
    'info',
    'auth.info',
    '2026',
    '0',
    'sshd[1]:',
    'asa-x:',
    '::1',
    'stdout',
    '-',
  ],
  ...['web1', 'web2', 'a', 'mail.example.org', 'h\u00fc', '\u30db', 'x:', ''],
  ...['h'.repeat(255), 'h'.repeat(256), '\u30db'.repeat(85), '\u30db'.repeat(86)],
];
const heads = [
  'auth.info sshd[1]: x',
  'notice mcpd[6]: x',
  'message repeated 2 times',
  'Message forwarded from aix1: su: x',
  'aix1: su: x',
  ': %ASA-4-106023: Deny',
  'app[14] text',
  'my app[14]: text',
  'app: \uFEFFtext',
  '\uFEFFtext',
  '[Note] x',
  'sshd[123]: x',
  'a[1][2]: x',
  'a\tb[12]: x',
  '[5]: z',
  'x[]: y',
  'kernel: [1.2] x',
  'foo[12] bar: z',
];
const rests = [...heads, '', ' ', 'p[1]:', 'p[1]: ', 'p[9]:\tz', '\u3042[1]: b c'];

const pick = (from: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...from);
const priorities = [
  ...Array.from({ length: 12 }, () => ''),
  ...['<34>', '<38> ', '<0>', '<191>\t', '<192>', '<999>', '<1000>', '<>', '<3', '<007>'],
];
const line = fc
  .tuple(pick(priorities), pick(stamps), pick(blanks), pick(hosts), pick(blanks), pick(rests))
  .map((parts) => parts.join(''));

/** Examples of the table with a character left out, doubled, or another one in its place. */
const mutated = fc
  .tuple(
    pick(DIALECTS.flatMap(({ example }) => [example, example, example, `<38>${example}`])),
    fc.nat(),
    pick(['', '', 'twice', '\ufffd', ' ', ':', '1']),
  )
  .map(([example, number, put]) => {
    const at = number % (example.length + 1);
    const one = put === 'twice' ? (example[at] ?? '').repeat(2) : put;
    return put === '' && number % 3 === 0 ? example : example.slice(0, at) + one + example.slice(at + 1);
  });

/** The table row by row, whatever a line begins with: the plain meaning that everything faster must agree with. */
const rowByRow = (options: LineOptions) =>
  createLineReader(
    options,
    createPrefixReader(options, (rows) => rows),
  );

describe('what is scanned in a larger text, and what is chosen by the first character, is what the table says', () => {
  it.each([
    ['as it stands', false, [], []],
    ['with hidepid', true, [], []],
    ['with a logprefix of its own', true, [patternOf('^(\\S+) \\S+ ')], []],
    ['with a prefix of its own', true, [], [patternOf('^\\S+ \\d+ \\S+ (web)')]],
  ] as const)('%s', (_, hidepid, logprefixes, prefixes) => {
    const options = lineOptions({ logprefixes, hidepid, prefixes, now: () => NOW });
    const read = createLineReader(options);
    const table = rowByRow(options);
    const scan = createPrefixScanner(options);
    const excerpt = new Excerpt();
    const reused = new TextBlock();
    let scanned = 0;
    let withPriority = 0;
    const agrees = (lines: readonly string[]): void => {
      const whole = reused.set(lines.join('\n'));
      let from = 0;
      for (const one of lines) {
        const reading = table(one);
        expect(read(one)).toEqual(reading);
        if (scan(excerpt, whole, from, from + one.length)) {
          scanned += 1;
          const { host, time, text, priority, dialect } = excerpt;
          const entry = priority === null ? { host, time, text } : { host, time, text, priority };
          withPriority += priority === null ? 0 : 1;
          expect<Reading>({ kind: 'entry', entry, dialect }).toEqual(reading);
        }
        from += one.length + 1;
      }
    };
    fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 10 }), agrees), { numRuns: 4000 });
    fc.assert(fc.property(fc.array(mutated, { minLength: 1, maxLength: 10 }), agrees), { numRuns: 4000 });
    if (prefixes.length === 0) expect(scanned).toBeGreaterThan(1000);
    if (prefixes.length + logprefixes.length === 0) expect(withPriority).toBeGreaterThan(200);
  });
});

describe('no cut, doubled or broken byte of an example is more than another message', () => {
  it.each(DIALECTS.map(({ name, example }) => [name, example] as const))('%s', (_, example) => {
    const read = rowByRow(lineOptions());
    const bytes = Buffer.from(example);
    for (let at = 0; at < bytes.length; at++) {
      const [before, byte, behind] = [
        bytes.subarray(0, at),
        bytes.subarray(at, at + 1),
        bytes.subarray(at + 1),
      ];
      for (const changed of [
        [before, behind],
        [before, byte, byte, behind],
        [before, Buffer.from([0xff]), behind],
        [before],
      ]) {
        const reading = read(decodeText(Buffer.concat(changed)));
        if (reading.kind === 'entry')
          expect(isHostWord(reading.entry.host) || reading.entry.host === THIS_MACHINE).toBe(true);
      }
    }
  });
});
