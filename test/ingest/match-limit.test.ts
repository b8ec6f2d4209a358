import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { startDaemon } from '../daemon/start-daemon.js';

const r = String.raw;
/** Takes a matcher years on 40 times `a`. */
const BAD = r`((a+)\2?)+[cd]`;
const QUEUE = 'set queue a f@x.org t@x.org [0 0 1 1 *]\n';

describe('a regex that runs over', () => {
  it.each([
    ['a rule', `a ${BAD}\na .\n`, 1],
    ['the condition of a group', `group ${BAD}\ntrash .\ngroup_end\na .\n`, 1],
    ['a logprefix', `set logprefix ${BAD}\na .\n`, 15],
  ])('is named once, counted each time, and the next one has its turn: %s', async (_, rules, column) => {
    const others = rules.replace('a .', 'a ^(?!tayori: )');
    const { daemon, store, write, log, folder, events } = await startDaemon(`${QUEUE}${others}`);
    const lines = ['a'.repeat(40), 'a'.repeat(41)];
    // Without a known prefix, so that `logprefix` is asked; with one, for the rules.
    appendFileSync(log, lines.map((line) => `${line}\n`).join(''));
    write(...lines);
    await daemon.poll();
    const told = events.filter(({ kind }) => kind === 'overrun').map(describeEvent);
    const place = `${join(folder, 'tenshi.conf')}:6:${column}`;
    expect(told).toEqual([expect.stringContaining(`${place}: the regex ${BAD} ran too long on a line`)]);
    expect(store.counters().get(`overrun ${place} ${BAD}`)).toBe(2);
    expect(store.counters().get('unprefixed')).toBe(2);
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 2, lines: 2 }]);
  });
});

describe('what one rule takes on a line', () => {
  it.each([
    ['a regex that tries everywhere', '(?=.*(error|fail))(?=.*(disk|sda))', 'error x y z '.repeat(125)],
    ['a regex that is given up', r`((a+)\2?)+[cd]`, `${'a'.repeat(60)} ${'x y '.repeat(350)}`],
  ])('is nothing to the next one: %s', async (_, dear, rest) => {
    const queues = ['a', 'b', 'c'].map((name) => QUEUE.replace('queue a', `queue ${name}`)).join('');
    const { daemon, write } = await startDaemon(
      `${queues}a ${dear}\nb ^(?i)(alpha) .* \\1 \nc ^(?!tayori: )\n`,
    );
    write(`Alpha x alpha ${rest}`);
    await daemon.poll();
    expect(daemon.pending()).toEqual([{ queue: 'b', messages: 1, lines: 1 }]);
  });
});
