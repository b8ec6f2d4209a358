import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Follower, followFiles } from '../../../src/source/file/follow-files.js';
import type { FilePosition } from '../../../src/source/file/line-batch.js';
import type { Start } from '../../../src/source/file/segment.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { listLines, MAX_LINE_BYTES } from '../../../src/source/split-lines.js';
import { type HeldClock, heldClock } from '../../support/held-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

interface Followed {
  readonly follower: Follower;
  readonly lines: string[];
  readonly events: SourceEvent[];
  readonly clock: HeldClock;
  kinds(): string[];
}

interface Given {
  readonly start?: Start;
  readonly positions?: readonly FilePosition[];
  readonly waitForMissing?: boolean;
}

function follow(patterns: readonly string[], given: Given = {}): Followed {
  const lines: string[] = [];
  const events: SourceEvent[] = [];
  const clock = heldClock(0);
  const follower = followFiles({
    patterns,
    positions: given.positions ?? [],
    start: given.start ?? { kind: 'beginning' },
    waitForMissing: given.waitForMissing ?? true,
    clock,
    onLines: (batch) => void lines.push(...listLines(batch.lines)),
    onForget() {},
    onDone() {},
    onEvent: (event) => void events.push(event),
  });
  onTestFinished(() => follower.close());
  return { follower, lines, events, clock, kinds: () => events.map(({ kind }) => kind) };
}

describe('lines', () => {
  it('of two files written in halves are never glued together', async () => {
    const folder = temporaryFolder();
    const [a, b] = [join(folder, 'a.log'), join(folder, 'b.log')];
    writeFileSync(a, '');
    writeFileSync(b, '');
    const { follower, lines } = follow([a, b]);
    await follower.poll();
    appendFileSync(a, 'par');
    await follower.poll();
    appendFileSync(b, 'other\n');
    await follower.poll();
    appendFileSync(a, 'tial\n');
    await follower.poll();
    expect(lines).toEqual(['other', 'partial']);
  });

  it.each([
    ['CRLF', 'one\r\ntwo\r\n', ['one', 'two']],
    ['blank ones are none', '\n\none\n\r\n', ['one']],
    ['NUL passes', 'a\0b\n', ['a\0b']],
    ['bytes that are not UTF-8 stay visible', Buffer.from([0x61, 0x93, 0xfa, 0x0a]), ['a\\x93\\xfa']],
    ['what is UTF-8 stays beside them', Buffer.from([0xe3, 0x81, 0x82, 0xff, 0x0a]), ['あ\\xff']],
    ['a cut character', Buffer.from([0x61, 0xe3, 0x81, 0x0a]), ['a\\xe3\\x81']],
    ['without newline: held', 'one\ntw', ['one']],
  ])('%s', async (_name, bytes, expected) => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, bytes);
    const { follower, lines } = follow([log]);
    await follower.poll();
    expect(lines).toEqual(expected);
  });

  it('of 10 MB are cut, say so, and the next one is whole', async () => {
    const log = join(temporaryFolder(), 'x.log');
    const size = 10 * 1024 * 1024;
    writeFileSync(log, `${'x'.repeat(size)}\nnext\n`);
    const { follower, lines, events } = follow([log]);
    await follower.poll();
    expect(lines.map((line) => line.length)).toEqual([MAX_LINE_BYTES + ` [cut: ${size} bytes]`.length, 4]);
    expect(lines[0]?.endsWith(`x [cut: ${size} bytes]`)).toBe(true);
    expect(events).toContainEqual({ kind: 'line-cut', path: log, bytes: size });
  });
});

describe('where reading begins', () => {
  it.each<[string, Start, string[]]>([
    ['at the end', { kind: 'end' }, ['new']],
    ['at the beginning', { kind: 'beginning' }, ['old 1', 'old 2', 'new']],
    ['in the last bytes, at a whole line', { kind: 'last', bytes: 8 }, ['old 2', 'new']],
  ])('%s', async (_name, start, expected) => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'old 1\nold 2\n');
    const { follower, lines } = follow([log], { start });
    await follower.poll();
    appendFileSync(log, 'new\n');
    await follower.poll();
    expect(lines).toEqual(expected);
  });

  it('of a file that comes later: at its beginning, its folder too', async () => {
    const folder = join(temporaryFolder(), 'later');
    const log = join(folder, 'x.log');
    const { follower, lines, kinds } = follow([log], { start: { kind: 'end' } });
    await follower.poll();
    mkdirSync(folder);
    writeFileSync(log, 'first\n');
    await follower.poll();
    expect(lines).toEqual(['first']);
    expect(kinds()).toEqual(['missing', 'opened']);
  });

  it('never, of a missing file, when it is not to be waited for', async () => {
    const log = join(temporaryFolder(), 'x.log');
    const { follower, lines } = follow([log], { waitForMissing: false });
    await follower.poll();
    writeFileSync(log, 'first\n');
    await follower.poll();
    expect(lines).toEqual([]);
  });

  it('of a later match of a glob: at its beginning', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'alma-i1.log'), 'old\n');
    const { follower, lines } = follow([join(folder, 'alma-i***.log')], { start: { kind: 'end' } });
    await follower.poll();
    writeFileSync(join(folder, 'alma-i2.log'), 'two\n');
    writeFileSync(join(folder, 'other.log'), 'not ours\n');
    await follower.poll();
    expect(lines).toEqual(['two']);
  });
});

describe('rotation', () => {
  it('by renaming, and by copying and truncating, while lines are written in halves: every line once', async () => {
    const folder = temporaryFolder();
    const [a, b] = [join(folder, 'a.log'), join(folder, 'b.log')];
    writeFileSync(a, 'a1\na2 first half,');
    writeFileSync(b, 'b1\nb2\n');
    const { follower, lines } = follow([a, b]);
    await follower.poll();
    renameSync(a, `${a}.1`);
    appendFileSync(`${a}.1`, ' second half\na3 straggler\n');
    writeFileSync(a, 'a4\na5 first half,');
    copyFileSync(b, `${b}.1`);
    truncateSync(b);
    await follower.poll();
    appendFileSync(`${a}.1`, 'a6 late straggler\n');
    appendFileSync(a, ' second half\n');
    appendFileSync(b, 'b3\n');
    await follower.poll();
    expect(lines.filter((line) => line.startsWith('a')).sort()).toEqual([
      'a1',
      'a2 first half, second half',
      'a3 straggler',
      'a4',
      'a5 first half, second half',
      'a6 late straggler',
    ]);
    expect(lines.filter((line) => line.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  });

  it('that truncates and has grown past the old place is noticed by its first bytes', async () => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'one\n');
    const { follower, lines, kinds } = follow([log]);
    await follower.poll();
    truncateSync(log);
    writeFileSync(log, 'two, and more than there was\n');
    await follower.poll();
    expect(lines).toEqual(['one', 'two, and more than there was']);
    expect(kinds()).toContain('truncated');
  });

  it.each([
    ['between two looks', false],
    ['while nothing ran', true],
  ])('three times %s: what came and went is read, in order, and copies are not', async (_name, restart) => {
    const folder = temporaryFolder();
    const log = join(folder, 'x.log');
    writeFileSync(`${log}.0`, 'before our time\n');
    utimesSync(`${log}.0`, 1, 1);
    writeFileSync(log, 'one\n');
    const before = follow([log]);
    await before.follower.poll();
    const positions = before.follower.positions();
    if (restart) before.follower.close();
    for (const [n, text] of ['two', 'three', 'four'].entries()) {
      renameSync(log, `${log}-2026112${n + 1}`);
      writeFileSync(log, `${text}\n`);
    }
    copyFileSync(`${log}-20261121`, `${log}-20261120`);
    writeFileSync(`${log}-notes`, 'not a log\n');
    const after = restart ? follow([log], { positions, start: { kind: 'end' } }) : before;
    await after.follower.poll();
    expect(after.lines.filter((line) => line !== 'one')).toEqual(['two', 'three', 'four']);
  });

  it('lets go of the old file a minute after its last line', async () => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'one\n');
    const { follower, clock } = follow([log]);
    await follower.poll();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'two\n');
    await follower.poll();
    expect(follower.positions()).toHaveLength(2);
    clock.advance(61_000);
    await follower.poll();
    expect(follower.positions()).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('goes on behind the last whole line', async () => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'one\ntwo, be');
    const before = follow([log]);
    await before.follower.poll();
    const positions = before.follower.positions();
    before.follower.close();
    appendFileSync(log, 'gun\nthree\n');
    const { follower, lines } = follow([log], { positions, start: { kind: 'end' } });
    await follower.poll();
    expect(lines).toEqual(['two, begun', 'three']);
  });

  it.each([
    ['a rename', true, ['two', 'three']],
    ['a deletion', false, ['three']],
  ])('after %s meanwhile reads what is left', async (_name, kept, expected) => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'one\n');
    const before = follow([log]);
    await before.follower.poll();
    const positions = before.follower.positions();
    before.follower.close();
    appendFileSync(log, 'two\n');
    renameSync(log, `${log}-20261120`);
    writeFileSync(log, 'three\n');
    if (!kept) rmSync(`${log}-20261120`);
    const { follower, lines, kinds } = follow([log], { positions, start: { kind: 'end' } });
    await follower.poll();
    expect(lines).toEqual(expected);
    expect(kinds().includes('lost')).toBe(!kept);
  });
});

describe('what cannot be read is told once and survived', () => {
  it('a folder named as a log', async () => {
    const folder = temporaryFolder();
    const { follower, events } = follow([folder]);
    await follower.poll();
    await follower.poll();
    expect(events).toEqual([{ kind: 'unreadable', path: folder, reason: 'it is a folder' }]);
  });

  it('a file that vanishes and comes back', async () => {
    const log = join(temporaryFolder(), 'x.log');
    writeFileSync(log, 'one\n');
    const { follower, lines } = follow([log]);
    await follower.poll();
    rmSync(log);
    await follower.poll();
    writeFileSync(log, 'two\n');
    await follower.poll();
    expect(lines).toEqual(['one', 'two']);
  });

  it('one file under two names is read once', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.log'), 'one\n');
    symlinkSync(join(folder, 'a.log'), join(folder, 'b.log'));
    const { follower, lines, kinds } = follow([join(folder, '*.log')]);
    await follower.poll();
    expect(lines).toEqual(['one']);
    expect(kinds()).toContain('same-file');
  });
});
