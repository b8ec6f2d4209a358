import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderListings } from '../../../src/source/file/folder-listings.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { type Reading, reading, text, timed } from './reading.js';

/** How many files in a folder this process has open. */
function openIn(folder: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`);
    } catch {
      return false; // the one of the listing itself
    }
  }).length;
}

const names = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => join(folder, `app-${n + 1}.log`));

const sorted = (lines: readonly string[]): string[] => lines.toSorted();

it('whoever asks for a listing at the same time gets the same, and who asks later a new one', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.log'), '');
  const listings = new FolderListings();
  const [first, second] = await Promise.all([listings.list(folder), listings.list(folder)]);
  expect(first).toBe(second);
  writeFileSync(join(folder, 'a.log.1'), '');
  expect((await listings.list(folder)).startingWith('a.log')).toEqual([
    join(folder, 'a.log'),
    join(folder, 'a.log.1'),
  ]);
  expect(first?.startingWith('a.log')).toEqual([join(folder, 'a.log')]);
});

describe('more logs than may be open', () => {
  const MOST = 10;

  function many(count: number): Reading & { readonly files: string[] } {
    const made = reading({ patterns: ['*.log'], maxOpen: MOST });
    const files = names(made.folder, count);
    for (const file of files) writeFileSync(file, text(timed(file, 1, 1)));
    return { ...made, files };
  }

  it('are read by turns: each line once, and it is told', async () => {
    const { folder, files, lines, events, look } = many(50);
    const expected = files.flatMap((file) => timed(file, 1, 4));
    await look();
    for (const n of [2, 3, 4]) {
      for (const file of files) appendFileSync(file, text(timed(file, n, n)));
      await look();
      expect(openIn(folder)).toBeLessThanOrEqual(MOST);
    }
    expect(sorted(lines)).toEqual(sorted(expected));
    expect(events.filter(({ kind }) => kind === 'few-descriptors')).toEqual([
      { kind: 'few-descriptors', max: MOST },
    ]);
  });

  it('keep their half lines', async () => {
    const { files, lines, look } = many(50);
    await look();
    for (const file of files) appendFileSync(file, 'half ');
    await look();
    for (const file of files) appendFileSync(file, `line ${file}\n`);
    await look();
    const halves = lines.filter((line) => line.startsWith('half'));
    expect(sorted(halves)).toEqual(sorted(files.map((file) => `half line ${file}`)));
  });

  it.each([
    ['renamed', (file: string) => renameSync(file, `${file}.1`)],
    [
      'copied and emptied',
      (file: string) => {
        copyFileSync(file, `${file}.1`);
        truncateSync(file);
      },
    ],
  ])('all %s at once, with lines unread, and stragglers after it: each line once', async (_how, rotate) => {
    const { folder, files, lines, losses, clock, look } = many(50);
    await look();
    for (const file of files) {
      appendFileSync(file, text(timed(file, 2, 2)));
      rotate(file);
      appendFileSync(file, text(timed(file, 3, 3)));
    }
    await look();
    expect(openIn(folder)).toBeLessThanOrEqual(MOST + 2);
    for (const file of files) appendFileSync(`${file}.1`, text(timed(file, 4, 4)));
    await look();
    for (const file of files) appendFileSync(file, text(timed(file, 5, 5)));
    await look();
    clock.advance(61_000);
    await look();
    expect(sorted(lines)).toEqual(sorted(files.flatMap((file) => timed(file, 1, 5))));
    expect(losses).toEqual([]);
  });

  it('of which some are deleted and made anew are survived', async () => {
    const { files, lines, look } = many(50);
    await look();
    for (const file of files) {
      rmSync(file);
      writeFileSync(file, text(timed(file, 2, 2)));
    }
    await look();
    expect(sorted(lines)).toEqual(sorted(files.flatMap((file) => timed(file, 1, 2))));
  });

  it('and a stop and a start', async () => {
    const { files, lines, look, stop } = many(50);
    await look();
    stop();
    for (const file of files) appendFileSync(file, text(timed(file, 2, 2)));
    await look();
    expect(sorted(lines)).toEqual(sorted(files.flatMap((file) => timed(file, 1, 2))));
  });
});

it('more files than are followed are told, and taken up when others are gone', async () => {
  const made = reading({ patterns: ['*.log', 'named.txt'], maxFollowed: 5 });
  const { folder, lines, events, clock, look } = made;
  const files = names(folder, 8);
  for (const file of files) writeFileSync(file, `${file}\n`);
  writeFileSync(join(folder, 'named.txt'), 'named\n');
  await look();
  await look();
  expect(lines).toHaveLength(5);
  expect(lines).toContain('named');
  expect(events.filter(({ kind }) => kind === 'too-many-files')).toEqual([
    { kind: 'too-many-files', max: 5 },
  ]);
  for (const file of lines.filter((line) => line !== 'named')) rmSync(file);
  for (let looks = 0; looks < 5; looks++) {
    await look();
    clock.advance(61_000);
  }
  expect(sorted(lines)).toEqual(sorted([...files, 'named']));
});

describe('files that come and go', () => {
  it('are let go of a while after they were deleted, read to their ends', async () => {
    const { folder, lines, clock, kept, look } = reading({ patterns: ['*.log'] });
    for (let round = 1; round <= 20; round++) {
      const file = join(folder, `pod-${round}.log`);
      writeFileSync(file, text(timed(file, 1, 1)));
      await look();
      appendFileSync(file, text(timed(file, 2, 2)));
      rmSync(file);
      await look();
      clock.advance(61_000);
      await look();
      clock.advance(61_000);
      await look();
      await look();
    }
    expect(lines).toHaveLength(40);
    expect(openIn(folder)).toBe(0);
    expect([...kept.values()].every(({ stage }) => stage === 'done')).toBe(true);
  });

  it('come back after a stop, and are read from their beginning', async () => {
    const { folder, lines, clock, look, stop } = reading({ patterns: ['*.log'], start: 'end' });
    const file = join(folder, 'a.log');
    writeFileSync(file, 'old\n');
    await look();
    appendFileSync(file, 'one\n');
    await look();
    renameSync(file, `${file}.1`);
    for (let minutes = 0; minutes < 4; minutes++) {
      await look();
      clock.advance(61_000);
    }
    stop();
    writeFileSync(file, 'two\n');
    await look();
    expect(lines).toEqual(['one', 'two']);
  });

  it('vanish between two steps of a look, and are told of or not, but survived', async () => {
    const { folder, lines, look } = reading({ patterns: ['*/*.log', '*.log'] });
    let round = 0;
    const busy = setInterval(() => {
      const sub = join(folder, `d${++round % 3}`);
      rmSync(sub, { recursive: true, force: true });
      if (round % 2) mkdirSync(sub, { recursive: true });
      if (existsSync(sub)) writeFileSync(join(sub, 'x.log'), `${round}\n`);
    }, 0);
    for (let n = 0; n < 50; n++) await look();
    clearInterval(busy);
    writeFileSync(join(folder, 'last.log'), 'last\n');
    await look();
    expect(lines).toContain('last');
  });
});
