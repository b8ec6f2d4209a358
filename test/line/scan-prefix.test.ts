import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextBlock } from '../../src/base/text/text-block.js';
import type { Reading } from '../../src/line/entry.js';
import { Excerpt } from '../../src/line/excerpt.js';
import { createLineReader } from '../../src/line/read-line.js';
import { createPrefixScanner } from '../../src/line/scan-prefix.js';
import { compile } from '../../src/perl-regex/perl-regex.js';

const NOW = Date.UTC(2026, 10, 20);

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
  '',
];
const blanks = [' ', ' ', ' ', ' ', '  ', '\t', '\v', '\u00a0', ''];
const hosts = [
  ...['web1', 'web2', 'a', 'mail.example.org', 'h\u00fc', '\u30db', 'x:', ''],
  ...['h'.repeat(255), 'h'.repeat(256), '\u30db'.repeat(85), '\u30db'.repeat(86)],
];
const heads = [
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
const line = fc
  .tuple(pick(stamps), pick(blanks), pick(hosts), pick(blanks), pick(rests))
  .map((parts) => parts.join(''));

function logprefix(source: string) {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(compiled.seen);
  return compiled.pattern;
}

describe('what is scanned in a larger text is what is read of a line alone', () => {
  it.each([
    ['as it stands', false, []],
    ['with hidepid', true, []],
    ['with a logprefix of its own', true, [logprefix('^(\\S+) \\S+ ')]],
  ] as const)('%s', (_, hidepid, logprefixes) => {
    const options = { logprefixes, hidepid, timezone: 'UTC', now: () => NOW };
    const read = createLineReader(options);
    const scan = createPrefixScanner(options);
    const excerpt = new Excerpt();
    const reused = new TextBlock();
    let scanned = 0;
    const agrees = (lines: readonly string[]): void => {
      const whole = reused.lay(lines.join('\n'));
      let from = 0;
      for (const one of lines) {
        if (scan(excerpt, whole, from, from + one.length)) {
          scanned += 1;
          const { host, time, text } = excerpt;
          expect<Reading>({ kind: 'entry', entry: { host, time, text } }).toEqual(read(one));
        }
        from += one.length + 1;
      }
    };
    fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 10 }), agrees), { numRuns: 2000 });
    expect(scanned).toBeGreaterThan(1000);
  });
});
