import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originOf } from '../../src/line/log-host.js';
import {
  createMultilineJoiner,
  isIndented,
  MAX_ENTRY_LENGTH,
  MAX_ENTRY_LINES,
} from '../../src/line/multiline.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { MAX_HELD_BYTES } from '../../src/source/entry-joiner.js';
import { createSplitter } from '../../src/source/joining-splitter.js';
import { listLines } from '../../src/source/split-lines.js';

const join = createMultilineJoiner(isIndented);
const ofBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const pieces = fc
  .array(
    fc.oneof(
      ofBytes,
      fc.constantFrom('\n', ' ', '\t', '\r\n', '\0', 'Caused by: ', '\ufeff').map(Buffer.from),
    ),
    { maxLength: 30 },
  )
  .map((all) => Buffer.concat(all));

describe('whatever bytes a log holds', () => {
  it('entries hold no newline, none is empty, and each byte is handed on or held', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (chunks) => {
        const splitter = createSplitter(join, { onCut() {}, onEntryCut() {} });
        let left = 0;
        for (const chunk of chunks) {
          const { text } = splitter.push(chunk);
          for (const entry of listLines({ text })) expect(entry).not.toMatch(/^$|\n/);
          left += chunk.length;
          expect(splitter.partialLength).toBeLessThanOrEqual(left);
          expect(splitter.heldLength).toBeLessThanOrEqual(MAX_HELD_BYTES);
        }
        splitter.end();
        expect(splitter.heldLength).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an endless entry', () => {
  it.each([
    ['of short lines', ' x\n'.repeat(200_000)],
    ['of long lines', ` ${'x'.repeat(90_000)}\n`.repeat(60)],
    ['of one line without an end', ' x'.repeat(5_000_000)],
  ])('%s is bounded', (_, text) => {
    const splitter = createSplitter(join, { onCut() {}, onEntryCut() {} });
    const bytes = Buffer.from(text);
    let longest = 0;
    for (let at = 0; at < bytes.length; at += 65_536) {
      const entries = listLines(splitter.push(bytes.subarray(at, at + 65_536)));
      longest = Math.max(longest, ...entries.map(({ length }) => length));
      expect(splitter.heldLength).toBeLessThanOrEqual(MAX_HELD_BYTES);
    }
    expect(longest).toBeLessThanOrEqual(MAX_ENTRY_LENGTH + MAX_ENTRY_LINES + 100);
  });
});

it('whatever a path is, the host is a name, and what stands in front is one line of words', () => {
  const compiled = compile('/(?<host>[^/]*)/(?<user>[^/]*)_(?<address>[^/]*)$');
  if (!compiled.ok) throw new Error(compiled.seen);
  const { pattern } = compiled;
  const part = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.constantFrom('web1', 'a=b', 'c: d', '\u001b[2J', 'x\ny'),
  );
  fc.assert(
    fc.property(part, part, part, (host, user, address) => {
      const origin = originOf(`/${host}/${user}_${address}`, { kind: 'from-path', pattern }, 'here');
      if (!origin) return;
      expect(origin.host).toMatch(/^[^\s[\](){}<>]+$/);
      expect(origin.front).toMatch(/^$|^(?:(?:user|address)=[^\s=:]+ ?){1,2}: $/);
      expect(origin.front.length).toBeLessThanOrEqual(230);
    }),
    { numRuns: 2000 },
  );
});
