import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RepeatableFiles } from '../../src/commands/repeatable-files.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function textOf(bytes: AsyncGenerator<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** Standard input that comes in pieces. */
function stdin(bytes: Buffer, piece = 1000): Readable {
  const count = Math.ceil(bytes.length / piece);
  return Readable.from(
    Array.from({ length: count }, (_, at) => bytes.subarray(at * piece, (at + 1) * piece)),
  );
}

describe('files that are read more than once', () => {
  const LOG = Buffer.from('one line\n'.repeat(100_000));

  it.each<readonly [title: string, input: Buffer]>([
    ['plain', LOG],
    ['packed', gzipSync(LOG)],
    ['empty', Buffer.alloc(0)],
  ])('give the same each time, also when standard input is %s', async (_, input) => {
    const files = new RepeatableFiles(stdin(input));
    const first = await textOf(files.read('-'));
    expect(first).toBe(input.length === 0 ? '' : LOG.toString('latin1'));
    expect(await textOf(files.read('-'))).toBe(first);
    expect(await textOf(files.read('-'))).toBe(first);
    expect(files.isCut).toBe(false);
  });

  it.each<readonly [title: string, pack: (bytes: Buffer) => Buffer]>([
    ['plain', (bytes) => bytes],
    ['packed', (bytes) => gzipSync(bytes)],
  ])('give the first part alone when %s standard input is too long to be held', async (_, pack) => {
    const bytes = randomBytes(3_000_000);
    const files = new RepeatableFiles(stdin(pack(bytes), 50_000), 1_000_000);
    expect(await textOf(files.read('-'))).toBe(bytes.toString('latin1'));
    expect(files.isCut).toBe(true);
    const again = await textOf(files.read('-'));
    expect(again.length).toBeGreaterThan(300_000);
    expect(again.length).toBeLessThanOrEqual(1_000_000);
    expect(bytes.toString('latin1').startsWith(again)).toBe(true);
  });

  it('are read from the disk when they lie there', async () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, 'before\n');
    const files = new RepeatableFiles(stdin(LOG));
    expect(await textOf(files.read(path))).toBe('before\n');
    writeFileSync(path, 'behind\n');
    expect(await textOf(files.read(path))).toBe('behind\n');
  });
});
