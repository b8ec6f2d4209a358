import { appendFileSync, copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createMultilineJoiner, isIndented } from '../../../src/line/multiline.js';
import { MAX_HOLD_TIME } from '../../../src/source/file/segment.js';
import { beside, type Reading, reading } from './reading.js';

const join = createMultilineJoiner(isIndented);
const DRAINED = 61_000;

/** A log whose first entries were read, and whose last one is held. */
async function held(before = 'a\n b\n'): Promise<Reading> {
  const log = reading({ join });
  log.write(before);
  await log.look();
  log.write('trace\n at 1\n');
  await log.look();
  return log;
}

async function waiting(log: Reading, ms: number): Promise<void> {
  log.clock.advance(ms);
  await log.look();
}

describe('an entry of several lines', () => {
  it('waits for the line behind it, however often somebody looks', async () => {
    const log = await held();
    expect(log.lines).toEqual(['a b']);
    log.write(' at 2\n');
    await log.look();
    log.write('next\n');
    await log.look();
    expect(log.lines).toEqual(['a b', 'trace at 1 at 2']);
  });

  it('is handed on when nothing has come for a while, once', async () => {
    const log = await held();
    await waiting(log, MAX_HOLD_TIME - 1);
    expect(log.lines).toEqual(['a b']);
    await waiting(log, 1);
    expect(log.lines).toEqual(['a b', 'trace at 1']);
    await waiting(log, MAX_HOLD_TIME);
    log.stop();
    await log.look();
    log.write('next\n');
    await waiting(log, MAX_HOLD_TIME);
    await waiting(log, MAX_HOLD_TIME);
    expect(log.lines).toEqual(['a b', 'trace at 1', 'next']);
  });

  it('is handed on although a line behind it has begun and stays unfinished', async () => {
    const log = await held();
    log.write(' at');
    await log.look();
    await waiting(log, MAX_HOLD_TIME);
    log.write(' 2\nnext\nlast\n');
    await log.look();
    expect(log.lines).toEqual(['a b', 'trace at 1', ' at 2', 'next']);
  });

  it.each([
    ['the first of its log', ''],
    ['one behind others', 'a\n b\n'],
  ])('is read again after a kill -9, and counted once: %s', async (_, before) => {
    const log = await held(before);
    log.stop();
    log.write(' at 2\n');
    await log.look();
    log.stop();
    await log.look();
    log.write('next\n');
    await log.look();
    log.stop();
    await log.look();
    await waiting(log, MAX_HOLD_TIME);
    await waiting(log, MAX_HOLD_TIME);
    expect(log.lines).toEqual([...(before === '' ? [] : ['a b']), 'trace at 1 at 2', 'next']);
  });

  it('that is the first of its log may grow for long, and the log is opened once', async () => {
    const log = await held('');
    for (const n of [2, 3, 4]) {
      log.write(` at ${n}\n`);
      await log.look();
    }
    log.write('next\n');
    await log.look();
    expect(log.lines).toEqual(['trace at 1 at 2 at 3 at 4']);
    expect(log.kinds()).toEqual(['missing', 'opened'].slice(-log.kinds().length));
  });
});

describe('held lines survive a rotation: each entry comes once, in order', () => {
  const rename = (log: Reading): void => renameSync(log.log, beside(log.log, 'x.log.1'));
  const copytruncate = (log: Reading): void => {
    copyFileSync(log.log, beside(log.log, 'x.log.1'));
    truncateSync(log.log);
  };
  const rows = [
    ['renamed, a new log at once', rename, 'running'],
    ['copied and truncated', copytruncate, 'running'],
    ['renamed while nobody looked', rename, 'stopped'],
    ['copied and truncated while nobody looked', copytruncate, 'stopped'],
    [
      'packed while nobody looked',
      (log: Reading) => {
        writeFileSync(beside(log.log, 'x.log.1.gz'), gzipSync('a\n b\ntrace\n at 1\n'));
        rmSync(log.log);
      },
      'stopped',
    ],
  ] as const;

  it.each(rows)('%s', async (_, rotate, state) => {
    const log = await held();
    if (state === 'stopped') log.stop();
    rotate(log);
    appendFileSync(log.log, 'new\n more\nnewer\n');
    await log.look();
    await log.look();
    await waiting(log, DRAINED);
    await waiting(log, DRAINED);
    expect(log.lines.toSorted()).toEqual(['a b', 'new more', 'newer', 'trace at 1']);
    expect(log.lines.indexOf('new more')).toBeLessThan(log.lines.indexOf('newer'));
    expect(log.losses).toEqual([]);
  });

  it.each(rows.slice(0, 2))('%s, where the only entry so far is held', async (_, rotate) => {
    const log = await held('');
    rotate(log);
    appendFileSync(log.log, 'new\n more\nnewer\n');
    await log.look();
    await log.look();
    await waiting(log, DRAINED);
    await waiting(log, DRAINED);
    expect(log.lines.toSorted()).toEqual(['new more', 'newer', 'trace at 1']);
  });

  it('takes up what is still written into the renamed file', async () => {
    const log = await held();
    rename(log);
    writeFileSync(log.log, 'new\n');
    await log.look();
    appendFileSync(beside(log.log, 'x.log.1'), ' at 2\n');
    await log.look();
    await waiting(log, DRAINED);
    await waiting(log, DRAINED);
    expect(log.lines).toContain('trace at 1 at 2');
  });

  it('the first entry of the new log grows, while the old one is still read', async () => {
    const log = await held();
    rename(log);
    writeFileSync(log.log, 'new\n');
    for (const n of [1, 2, 3]) {
      await log.look();
      log.write(` more ${n}\n`);
    }
    await log.look();
    log.write('newer\n');
    await log.look();
    await waiting(log, MAX_HOLD_TIME);
    expect(log.lines).toEqual(['a b', 'new more 1 more 2 more 3', 'trace at 1', 'newer']);
    expect(log.kinds().filter((kind) => kind === 'opened')).toHaveLength(2);
  });

  it.each([
    ['emptied, and no copy is left', (log: Reading) => writeFileSync(log.log, 'new\n')],
    ['deleted', (log: Reading) => rmSync(log.log)],
  ])('is not lost with a log that is %s', async (_, spoil) => {
    const log = await held();
    spoil(log);
    await log.look();
    await waiting(log, DRAINED);
    await waiting(log, DRAINED);
    expect(log.lines.filter((line) => line !== 'new')).toEqual(['a b', 'trace at 1']);
  });

  it('is there once where the log is written anew with the same lines', async () => {
    const log = await held();
    copyFileSync(log.log, beside(log.log, 'x.log.new'));
    renameSync(beside(log.log, 'x.log.new'), log.log);
    await log.look();
    log.write('next\n');
    await log.look();
    await waiting(log, DRAINED);
    await waiting(log, DRAINED);
    expect(log.lines.toSorted()).toEqual(['a b', 'next', 'trace at 1']);
  });
});

it('an entry that is too long is told', async () => {
  const log = reading({ join });
  log.write(`head\n${' at x\n'.repeat(700)}next\n`);
  await log.look();
  expect(log.events).toContainEqual({ kind: 'entry-cut', path: log.log, entries: 1 });
});
