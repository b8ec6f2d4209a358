import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFifo } from '../../../src/source/push/fifo.js';
import type { Receiver } from '../../../src/source/push/receiver.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { MAX_LINE_BYTES } from '../../../src/source/split-lines.js';
import { collect } from '../../support/lines.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

function start(make: 'make' | 'leave' = 'make') {
  const path = join(temporaryFolder(), 'log.fifo');
  if (make === 'make') execFileSync('mkfifo', [path]);
  const lines = collect<string>();
  const events = collect<SourceEvent>();
  const fifo: Receiver = openFifo({
    path,
    onLines: (more) => lines.add(...more),
    onEvent: (event) => events.add(event),
  });
  onTestFinished(() => fifo.close());
  return { path, lines, events, fifo };
}

/** A writer that comes, writes and goes. */
async function write(path: string, bytes: string | Buffer): Promise<void> {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.end(bytes);
  await once(stream, 'close');
}

const kinds = (events: readonly SourceEvent[]): string[] => events.map(({ kind }) => kind);

describe('a FIFO', () => {
  it('is read while writers come and go', async () => {
    const { path, lines, fifo, events } = start();
    await fifo.poll();
    await write(path, 'one\ntwo\n');
    await write(path, 'three\n');
    await lines.until(3);
    await fifo.poll();
    await write(path, 'four\n');
    expect(await lines.until(4)).toEqual(['one', 'two', 'three', 'four']);
    expect(events.all).toEqual([{ kind: 'receiver-open', name: `fifo ${path}`, again: false }]);
    expect(fifo.state()).toEqual({ name: `fifo ${path}`, status: 'open' });
  });

  it('joins the pieces of a line, whoever writes them, and keeps one without an end to itself', async () => {
    const { path, lines, fifo } = start();
    await fifo.poll();
    await write(path, 'be');
    await write(path, 'gun');
    await write(path, ' and done\nnever done');
    expect(await lines.until(1)).toEqual(['begun and done']);
    await fifo.close();
    expect(lines.all).toEqual(['begun and done']);
  });

  it('hands on what writers have left in it when it is closed', async () => {
    const { path, lines, fifo } = start();
    await fifo.poll();
    execFileSync('sh', ['-c', 'echo left > "$0"', path]); // no turn of the event loop in between
    await fifo.close();
    expect(lines.all).toEqual(['left']);
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x0a]), ['a\\xff\\xfe']],
    ['a line of CRLF', Buffer.from('a\r\n'), ['a']],
    ['blank lines', Buffer.from('\n\n\r\na\n'), ['a']],
    ['NULs', Buffer.from('a\0b\n'), ['a\0b']],
    ['a PRI, which stays', Buffer.from('<34>a\n'), ['<34>a']],
  ])('takes %s as a file does', async (_name, bytes, expected) => {
    const { path, lines, fifo } = start();
    await fifo.poll();
    await write(path, bytes);
    expect(await lines.until(1)).toEqual(expected);
  });

  it('cuts a line that is too long, and says so', async () => {
    const { path, lines, events, fifo } = start();
    await fifo.poll();
    await write(path, `${'x'.repeat(MAX_LINE_BYTES + 10)}\nnext\n`);
    const [cut, next] = await lines.until(2);
    expect(cut).toHaveLength(MAX_LINE_BYTES + ` [cut: ${MAX_LINE_BYTES + 10} bytes]`.length);
    expect(next).toBe('next');
    expect(kinds(events.all)).toEqual(['receiver-open', 'line-cut']);
  });

  it('hands on 100,000 lines of one writer, all of them in order', async () => {
    const { path, lines, fifo } = start();
    await fifo.poll();
    const written = Array.from({ length: 100_000 }, (_, at) => `line ${at}`);
    await write(path, `${written.join('\n')}\n`);
    expect(await lines.until(written.length)).toEqual(written);
  });
});

describe('what is no FIFO yet, or no longer', () => {
  it('is taken up when it is made', async () => {
    const { path, lines, events, fifo } = start('leave');
    await fifo.poll();
    await fifo.poll();
    expect(kinds(events.all)).toEqual(['missing']);
    expect(fifo.state().status).toBe('not there yet');
    execFileSync('mkfifo', [path]);
    await fifo.poll();
    await write(path, 'one\n');
    expect(await lines.until(1)).toEqual(['one']);
    expect(events.all.at(-1)).toMatchObject({ kind: 'receiver-open', again: true });
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, 'text\n')],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('%s is told once, and left alone', async (_name, make) => {
    const { path, lines, events, fifo } = start('leave');
    make(path);
    await fifo.poll();
    await fifo.poll();
    expect(kinds(events.all)).toEqual(['no-fifo']);
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
    await fifo.poll();
    await write(path, 'one\n');
    expect(await lines.until(1)).toEqual(['one']);
  });

  it('replaced by a file: writers who have it open are still read; told, and told again when it is back', async () => {
    const { path, lines, events, fifo } = start();
    await fifo.poll();
    const writer = createWriteStream(path, { flags: 'a' });
    writer.write('one\n');
    await lines.until(1);
    renameSync(path, `${path}.away`);
    writeFileSync(path, 'a file\n');
    await fifo.poll();
    writer.write('two\n');
    expect(await lines.until(2)).toEqual(['one', 'two']);
    expect(kinds(events.all)).toEqual(['receiver-open', 'no-fifo']);
    rmSync(path);
    renameSync(`${path}.away`, path);
    await fifo.poll();
    writer.end('three\n');
    expect(await lines.until(3)).toEqual(['one', 'two', 'three']);
    expect(events.all.at(-1)).toMatchObject({ kind: 'receiver-open', again: true });
  });

  it('made anew: what is left in the old one is read, then the new one', async () => {
    const { path, lines, fifo } = start();
    await fifo.poll();
    execFileSync('sh', ['-c', 'echo old > "$0"; rm "$0"; mkfifo "$0"', path]);
    await fifo.poll();
    await write(path, 'new\n');
    expect(await lines.until(2)).toEqual(['old', 'new']);
  });
});
