import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Reading, reading, text, timed, untimed } from './reading.js';

/** Puts other content under the name of a log, as rsync, editors and `sed -i` do. */
function replace(log: string, content: string): void {
  writeFileSync(`${log}.tmp`, content);
  renameSync(`${log}.tmp`, log);
}

/** Writes other content into the file itself, as `cp` does. */
function refill(log: string, content: string): void {
  truncateSync(log);
  appendFileSync(log, content);
}

const kinds = [
  ['lines with times', timed],
  ['lines without times', untimed],
] as const;

const ways = [
  ['renamed over it', replace],
  ['written into it', refill],
] as const;

const cases = kinds.flatMap(([kind, lines]) =>
  ways.flatMap(([way, put]) =>
    ([false, true] as const).map((stopped) => [kind, way, stopped, lines, put] as const),
  ),
);

describe('a log written anew with what it held and more', () => {
  it.each(cases)(
    '%s, %s (stopped meanwhile: %s): each new line once',
    async (_kind, _way, stopped, of, put) => {
      const { log, lines, losses, look, stop } = reading({ start: 'end' });
      writeFileSync(log, text(of('line', 1, 200)));
      await look();
      for (const last of [201, 202, 203]) {
        if (stopped) stop();
        put(log, text(of('line', 1, last)));
        await look();
        await look();
      }
      expect(lines).toEqual(of('line', 201, 203));
      expect(losses).toEqual([]);
    },
  );

  it.each(kinds)('%s, in pieces, with looks between them: only what is new is told', async (_kind, of) => {
    const { log, lines, losses, kinds, look } = reading();
    writeFileSync(log, text(of('line', 1, 200)));
    await look();
    truncateSync(log);
    await look();
    const content = text(of('line', 1, 201));
    for (let from = 0; from < content.length; from += 1000) {
      appendFileSync(log, content.slice(from, from + 1000));
      await look();
    }
    expect(lines).toEqual(of('line', 1, 201));
    expect(kinds()).toContain('rewritten');
    expect(losses).toEqual([]);
  });

  it('a stop and a start fall between its emptying and its filling', async () => {
    const { log, lines, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 50)));
    await look();
    truncateSync(log);
    await look();
    stop();
    appendFileSync(log, text(timed('line', 1, 20)));
    await look();
    stop();
    appendFileSync(log, text(timed('line', 21, 51)));
    await look();
    expect(lines).toEqual(timed('line', 1, 51));
  });

  it('what its writer still put into the old file is read once, and so is what both have', async () => {
    const { log, lines, look } = reading();
    writeFileSync(log, text(timed('line', 1, 10)));
    await look();
    linkSync(log, `${log}.open`); // stands for the open file of the writer
    appendFileSync(log, text(timed('line', 11, 12)));
    replace(log, text(timed('line', 1, 11)));
    rmSync(`${log}.open`);
    appendFileSync(log, text(timed('line', 13, 13)));
    await look();
    await look();
    expect(lines.toSorted()).toEqual(timed('line', 1, 13));
  });

  it('in the midst of a line: it is told once, whole', async () => {
    const { log, lines, clock, look } = reading();
    writeFileSync(log, `${text(timed('line', 1, 10))}Nov 29 10:00:11 web1 beg`);
    await look();
    replace(log, `${text(timed('line', 1, 10))}Nov 29 10:00:11 web1 begun\n`);
    await look();
    clock.advance(61_000);
    await look();
    clock.advance(61_000);
    await look();
    expect(lines).toEqual([...timed('line', 1, 10), 'Nov 29 10:00:11 web1 begun']);
  });

  it('is rotated afterwards, as always', async () => {
    const { log, lines, clock, look, stop } = reading();
    writeFileSync(log, text(timed('line', 1, 10)));
    await look();
    replace(log, text(timed('line', 1, 11)));
    await look();
    clock.advance(61_000);
    await look();
    stop();
    appendFileSync(log, text(timed('line', 12, 12)));
    renameSync(log, `${log}.1`);
    execFileSync('gzip', [`${log}.1`]);
    writeFileSync(log, text(timed('line', 13, 13)));
    await look();
    expect(lines).toEqual(timed('line', 1, 13));
  });
});

describe('an edited log', () => {
  const edits: readonly [string, (lines: string[]) => string[]][] = [
    ['a line is taken out', (lines) => lines.toSpliced(5, 1)],
    ['a line is put in', (lines) => lines.toSpliced(5, 0, 'Nov 29 10:00:05 web1 a note')],
    ['a word is changed', (lines) => lines.with(5, 'Nov 29 10:00:06 web1 password ********')],
    ['only the end is kept', (lines) => lines.slice(-100)],
    ['the first line is taken out', (lines) => lines.slice(1)],
  ];

  it.each(edits.flatMap(([name, edit]) => [false, true].map((stopped) => [name, stopped, edit] as const)))(
    '%s (stopped meanwhile: %s): no line is told again, and new ones are',
    async (_name, stopped, edit) => {
      const { log, lines, look, stop } = reading({ start: 'end' });
      writeFileSync(log, text(timed('line', 1, 200)));
      await look();
      if (stopped) stop();
      replace(log, text([...edit(timed('line', 1, 200)), ...timed('line', 201, 201)]));
      await look();
      appendFileSync(log, text(timed('line', 202, 202)));
      await look();
      expect(lines).toEqual(timed('line', 201, 202));
    },
  );

  it.each([
    ['sed -i', "sed -i '3d' x.log"],
    ['sed -i with a backup', "sed -i.bak '3d;7s/line/row/' x.log"],
    ['tail and mv', 'tail -n 100 x.log > t && mv t x.log'],
    ['cat over it', 'cp x.log t && sed 3d t > x.log'],
    ['an editor that keeps a backup', 'mv x.log x.log~ && sed 3d x.log~ > x.log'],
  ])('with %s: no line is told again', async (_name, command) => {
    const { folder, log, lines, look } = reading({ start: 'end' });
    const last = 'Nov 29 11:00:00 web1 the last one\n';
    writeFileSync(log, `${text(timed('line', 1, 200))}${text(untimed('no time', 1, 20))}${last}`);
    await look();
    execFileSync('sh', ['-c', command], { cwd: folder });
    appendFileSync(log, 'new\n');
    await look();
    await look();
    expect(lines).toEqual(['new']);
  });

  it.skipIf(spawnSync('rsync', ['--version']).error !== undefined)(
    'with rsync: new lines alone',
    async () => {
      const { folder, log, lines, look } = reading({ start: 'end' });
      const from = join(folder, 'source');
      mkdirSync(from);
      for (let last = 100; last <= 103; last++) {
        writeFileSync(join(from, 'x.log'), text(timed('line', 1, last)));
        execFileSync('rsync', ['-t', '--ignore-times', join(from, 'x.log'), log]);
        await look();
      }
      expect(lines).toEqual(timed('line', 101, 103));
    },
  );
});

describe('a new log that begins with the same lines as the old one is read from its beginning', () => {
  const HEADER = text(['Server starting', 'x'.repeat(300), 'Ready']);
  const rotations: readonly [string, (log: string, n: number) => void][] = [
    ['renamed', (log, n) => renameSync(log, `${log}-2026112${n}`)],
    [
      'renamed and packed',
      (log, n) => {
        renameSync(log, `${log}-2026112${n}`);
        execFileSync('gzip', [`${log}-2026112${n}`]);
      },
    ],
    ['deleted', (log) => rmSync(log)],
  ];

  it.each(rotations.flatMap(([way, put]) => [false, true].map((stopped) => [way, stopped, put] as const)))(
    '%s (stopped meanwhile: %s), three times: each line as often as it was written',
    async (way, stopped, put) => {
      const { log, lines, clock, look, stop } = reading();
      const run = (n: number): string[] => [...HEADER.trim().split('\n'), ...untimed(`run ${n}`, 1, n)];
      writeFileSync(log, text(run(1)));
      await look();
      for (const n of [2, 3, 4]) {
        if (stopped) stop();
        put(log, n);
        writeFileSync(log, text(run(n)));
        if (way === 'deleted' || n === 4) await look();
      }
      clock.advance(10_000);
      await look();
      expect(lines.toSorted()).toEqual([1, 2, 3, 4].flatMap(run).toSorted());
    },
  );

  it.each([
    ['renamed', (log: string) => renameSync(log, `${log}.1`)],
    [
      'copied and emptied',
      (log: string) => {
        copyFileSync(log, `${log}.1`);
        truncateSync(log);
      },
    ],
  ])('%s when it had nothing but these lines', async (_way, put) => {
    for (const line of ['Server starting', 'Nov 29 10:00:00 web1 Server starting']) {
      const { log, lines, look } = reading();
      writeFileSync(log, `${line}\n`);
      await look();
      put(log);
      await look();
      appendFileSync(log, `${line}\nmore\n`);
      await look();
      expect(lines).toEqual([line, line, 'more']);
    }
  });

  it('emptied in its place, shorter for now: after ten seconds', async () => {
    const { log, lines, losses, clock, look } = reading();
    writeFileSync(log, `${HEADER}old line\n`);
    await look();
    refill(log, HEADER);
    await look();
    expect(lines).toHaveLength(4);
    clock.advance(9_000);
    await look();
    expect(lines).toHaveLength(4);
    clock.advance(1_000);
    await look();
    expect(lines.slice(4)).toEqual(HEADER.trim().split('\n'));
    expect(losses).toEqual([{ kind: 'emptied', path: log, read: expect.any(Number) }]);
  });

  it('emptied in its place, with other lines behind them: at once', async () => {
    const { log, lines, look } = reading();
    writeFileSync(log, `${HEADER}old line\n`);
    await look();
    refill(log, `${HEADER}a new line that is longer\n`);
    await look();
    expect(lines.slice(4)).toEqual([...HEADER.trim().split('\n'), 'a new line that is longer']);
  });

  it('a job that writes the same line every night: each time', async () => {
    const { log, lines, clock, look } = reading();
    for (let night = 1; night <= 3; night++) {
      writeFileSync(log, '');
      await look();
      clock.advance(10_000);
      await look();
      appendFileSync(log, 'backup failed\n');
      await look();
    }
    expect(lines).toEqual(['backup failed', 'backup failed', 'backup failed']);
  });
});

describe('files with the same first lines', () => {
  const HEADER = `${'#'.repeat(299)}\n`;

  function rotate(log: string, n: number, isPacked: boolean): void {
    renameSync(log, `${log}-2026112${n}`);
    if (isPacked) execFileSync('gzip', [`${log}-2026112${n}`]);
  }

  it.each([
    ['plain', false],
    ['packed', true],
  ])('%s: each is found, and goes on where it stopped', async (_name, isPacked) => {
    const { log, lines, clock, look, stop } = reading();
    const of = (n: number): string => `${HEADER}${text(untimed(`file ${n}`, 1, 50))}`;
    writeFileSync(log, of(1));
    await look();
    rotate(log, 1, isPacked);
    writeFileSync(log, of(2).slice(0, 400));
    await look();
    clock.advance(61_000);
    await look();
    stop();
    appendFileSync(log, of(2).slice(400));
    rotate(log, 2, isPacked);
    writeFileSync(log, of(3));
    rotate(log, 3, isPacked);
    writeFileSync(log, of(4));
    await look();
    clock.advance(61_000);
    await look();
    stop();
    await look();
    expect(lines).toEqual([1, 2, 3, 4].flatMap((n) => of(n).trim().split('\n')));
  });

  it('that were there before the log was seen are not read, and do not hide later ones', async () => {
    const { log, lines, look, stop } = reading();
    writeFileSync(`${log}.1`, `${HEADER}before our time\n`);
    writeFileSync(log, `${HEADER}one\n`);
    await look();
    stop();
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    writeFileSync(log, `${HEADER}two\n`);
    renameSync(`${log}.2`, `${log}.3`);
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    execFileSync('gzip', [`${log}.2`]);
    writeFileSync(log, `${HEADER}three\n`);
    await look();
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['one', 'two', 'three']);
  });
});

it('a log is read on after its device got another number', async () => {
  const first = reading();
  writeFileSync(first.log, text(timed('line', 1, 3)));
  await first.look();
  first.stop();
  appendFileSync(first.log, text(timed('line', 4, 4)));
  const second = again(first, (position) => ({ ...position, device: '999' }));
  await second.look();
  expect(second.lines).toEqual(timed('line', 4, 4));
});

/** Another reader that begins with changed positions. */
function again(
  { folder, kept }: Reading,
  change: (position: Parameters<Parameters<Reading['kept']['forEach']>[0]>[0]) => typeof position,
): Reading {
  const next = reading({ folder });
  for (const [key, position] of kept) (next.kept as Map<string, typeof position>).set(key, change(position));
  return next;
}

it('of an emptied log nothing is kept that its lines could be read from', async () => {
  const { log, kept, look } = reading();
  writeFileSync(log, text(timed('secret', 1, 50)));
  await look();
  expect(readFileSync(log, 'utf8')).toContain('secret');
  expect(JSON.stringify([...kept.values()])).not.toContain('secret');
});
