import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import { RuleState } from '../../src/rule/rule-state.js';
import type { Lines } from '../../src/source/split-lines.js';
import { sound } from '../config/read.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { NOON, startDaemon } from './start-daemon.js';

const PREFIX = 'Nov 20 10:00:00 web1 ';
const NOTHING = { last: [], hits: [] };

describe('what is held in memory', () => {
  function sorter() {
    const config = sound('set queue a f@x.org t@x.org [0 0 1 1 *]\na .\nset logfile /x\n');
    return new LineProcessor(
      config,
      new RuleState(NOTHING),
      () => NOON,
      () => {},
    );
  }

  it.each([
    ['many messages', 29_999, 1, ''],
    ['long ones', 39, 1, 'x'.repeat(200_000)],
  ])('is to be committed when there are too many: %s', (_, few, more, text) => {
    const held = sorter();
    const lines = (length: number, first = 0): Lines => ({
      text: Array.from({ length }, (_, at) => `${PREFIX}${first + at} ${text}`).join('\n'),
    });
    held.take(lines(few));
    expect(held.full).toBe(false);
    held.take(lines(few));
    expect(held.full).toBe(false);
    held.take(lines(more, few));
    expect(held.full).toBe(true);
    held.onCommitted();
    expect(held.full).toBe(false);
  });

  it('names of hosts count, too', () => {
    const held = sorter();
    const lines = (from: number, to: number): Lines => ({
      text: Array.from({ length: to - from }, (_, at) => {
        const host = String(from + at).padStart(255, 'h');
        return `Nov 20 10:00:00 ${host} ${'x'.repeat(100)}`;
      }).join('\n'),
    });
    held.take(lines(0, 22_000));
    expect(held.full).toBe(false);
    held.take(lines(22_000, 23_000));
    expect(held.full).toBe(true);
  });

  it('of what each host said last is bounded in text, the oldest being forgotten first', () => {
    const memory = new RuleState(NOTHING);
    for (let host = 0; host < 50; host++)
      memory.remember(`h${host}`, { message: `${host} ${'x'.repeat(200_000)}`, queues: ['a'] });
    expect(memory.last('h49')?.message).toMatch(/^49 /);
    expect(memory.last('h0')).toBeNull();
    expect(memory.changes().last.get('h0')).toBeNull();
    expect(memory.last('h20')).not.toBeNull();
  });

  it('keeps nothing alive but itself: not the chunk that a line was cut from', () => {
    const held = sorter();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let chunk = 0; chunk < 400; chunk++) {
      const line = `Nov 20 10:00:00 a-host-of-the-chunk-${chunk} message of the chunk ${chunk}, and more\n`;
      held.take({ text: Buffer.from(line.padEnd(256 * 1024, 'x')).toString('latin1') });
    }
    expect([...held.changes().tally]).toHaveLength(400);
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
  });
});

describe('what escalating rules remember', () => {
  const hits = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ rule: 'r', host: `h${at}`, leftmost: 'a', count: 7 }));

  it('is bounded in number; the host that was longest without a hit is forgotten, in the state, too', () => {
    const memory = new RuleState({ last: [], hits: hits(100_000) });
    expect(memory.hit('r', 'h0', 'a')).toBe(8);
    expect(memory.hit('r', 'new', 'a')).toBe(1);
    expect(memory.changes().hits).toEqual([
      { rule: 'r', host: 'h0', leftmost: 'a', count: 8 },
      { rule: 'r', host: 'new', leftmost: 'a', count: 1 },
      { rule: 'r', host: 'h1', leftmost: 'a', count: 0 },
    ]);
    expect(memory.hit('r', 'h1', 'a')).toBe(1);
  });

  it('is bounded in text', () => {
    const memory = new RuleState(NOTHING);
    const rule = 'x'.repeat(100_000);
    for (let host = 0; host < 90; host++) memory.hit(rule, `h${host}`, 'a');
    expect(memory.hit(rule, 'h89', 'a')).toBe(2);
    expect(memory.hit(rule, 'h0', 'a')).toBe(1);
  });

  it('is bounded when it is taken from a state that was not', () => {
    const memory = new RuleState({ last: [], hits: hits(100_010) });
    expect(memory.changes().hits).toHaveLength(10);
    expect(memory.hit('r', 'h9', 'a')).toBe(1);
    expect(memory.hit('r', 'h100009', 'a')).toBe(8);
  });
});

describe('a backlog that takes longer than anybody waits', () => {
  const CONF = 'set queue a f@x.org t@x.org [0 0 1 1 *]\na ^x\n';
  const LINES = 60_000;

  it.each([
    ['a flush', 30_000],
    ['a look', 5_000],
  ])('%s goes on with what was read, and the rest is read behind it', async (what, longest) => {
    const clock = heldClock(NOON);
    const { daemon, log, folder, events } = await startDaemon(CONF, { clock });
    appendFileSync(log, Array.from({ length: LINES }, (_, line) => `${PREFIX}x ${line}\n`).join(''));
    const work = what === 'a flush' ? daemon.flush('flushing') : daemon.poll();
    while (daemon.pending().length === 0) await new Promise(setImmediate);
    expect(daemon.files()[0]?.position?.offset).toBeLessThan(LINES * PREFIX.length);
    clock.advance(longest);
    await work;
    if (what === 'a flush') expect(maildir(folder)).toHaveLength(1);
    const early = letterLines(events);
    expect(early).toBeLessThan(LINES);
    await daemon.poll();
    await daemon.flush('flushing');
    expect(letterLines(events)).toBe(LINES);
    expect(daemon.pending()).toEqual([]);
  });

  it('a commit that fails in the midst of it lets go of what is read further, and nothing is lost or doubled', async () => {
    const { daemon, store, log, events } = await startDaemon(CONF);
    appendFileSync(log, Array.from({ length: LINES }, (_, line) => `${PREFIX}x ${line}\n`).join(''));
    const { commit } = store;
    let commits = 0;
    Object.assign(store, {
      commit(batch: Parameters<typeof commit>[0]) {
        commits += 1;
        if (commits % 3 === 2) throw new Error('database or disk is full');
        commit(batch);
      },
    });
    while (linesOf(daemon.pending()) < LINES && commits < 100) await daemon.poll();
    Object.assign(store, { commit });
    expect(events.map(({ kind }) => kind)).toContain('state-failed');
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: LINES, lines: LINES }]);
    expect(store.counters().get('lines')).toBe(LINES);
  });

  it('a stop in the midst of it reads nothing any more', async () => {
    const first = await startDaemon(CONF, { clock: heldClock(NOON) });
    appendFileSync(first.log, Array.from({ length: LINES }, (_, line) => `${PREFIX}x ${line}\n`).join(''));
    const looking = first.daemon.poll();
    while (linesOf(first.daemon.pending()) === 0) await new Promise(setImmediate);
    const begun = first.daemon.files()[0]?.position?.offset;
    await first.stop();
    await looking.catch(() => {});
    expect(begun).toBeLessThan(LINES * PREFIX.length);
    const second = await startDaemon(CONF, { folder: first.folder });
    await second.daemon.poll();
    expect(second.daemon.pending()).toEqual([{ queue: 'a', messages: LINES, lines: LINES }]);
  });

  function linesOf(pending: readonly { readonly lines: number }[]): number {
    return pending.reduce((sum, { lines }) => sum + lines, 0);
  }

  /** Lines in letters, shown or left out. */
  function letterLines(events: Awaited<ReturnType<typeof startDaemon>>['events']): number {
    const sections = events.flatMap((event) => (event.kind === 'sealed' ? event.letter.hosts : []));
    const shown = sections.flatMap(({ messages }) => messages.map(({ count }) => count));
    const left = sections.map(({ more }) => more?.lines ?? 0);
    return [...shown, ...left].reduce((sum, lines) => sum + lines, 0);
  }
});
