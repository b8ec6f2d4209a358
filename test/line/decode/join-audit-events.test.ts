import { describe, expect, it } from 'vitest';
import {
  joinAuditEvents,
  MAX_EVENT_LENGTH,
  MAX_LINES_BETWEEN,
  RECORD_SEPARATOR,
} from '../../../src/line/decode/join-audit-events.js';
import { MAX_HELD_BYTES, MAX_HELD_LINES } from '../../../src/source/entry-joiner.js';
import { record } from './audit-samples.js';

const call = (serial: number, time?: string): string => record('SYSCALL', serial, 'x', time);
const title = (serial: number): string => record('PROCTITLE', serial, 'proctitle="x"');
const alone = (serial: number, time?: string): string => record('USER_LOGIN', serial, 'x', time);

/** Entries by the serial numbers of their records. */
function joined(lines: readonly string[], isEnd = false): [string[], number] {
  const { entries, held } = joinAuditEvents(lines, isEnd);
  const names = entries.map((entry) =>
    entry
      .split(RECORD_SEPARATOR)
      .map((one) => /:(\d+)\)/.exec(one)?.[1] ?? one)
      .join('+'),
  );
  return [names, held];
}

describe('records of one event are one entry', () => {
  it.each<[string, string[], string[], number]>([
    ['to the title of its process', [call(1), call(1), title(1), call(2)], ['1+1+1'], 1],
    ['records of programs stand alone', [alone(1), alone(2)], ['1', '2'], 0],
    [
      'two events whose records stand among each other, in the order of their first ones',
      [call(1), call(2), title(2), title(1), call(3)],
      ['1+1', '2+2'],
      1,
    ],
    ['what stands within an event that goes on is held with it', [call(1), alone(2), alone(3)], [], 3],
    [
      'an event is held whole when one of its records is behind what is held',
      [alone(0), call(1), call(2), title(1)],
      ['0'],
      3,
    ],
    [
      'one without an end ends two seconds later',
      [call(1), alone(2), alone(3, '1796018402.053')],
      ['1', '2', '3'],
      0,
    ],
    ['not a moment earlier', [call(1), alone(3, '1796018402.052')], [], 2],
    ['not by the clock of another node', [call(1), `node=b ${alone(3, '1796018412.0')}`], [], 2],
    ['a number is one of its node', [call(1), `node=b ${title(1)}`, title(1)], ['1+1', '1'], 0],
    [
      'a number with another time is another event',
      [call(1), title(1), call(1), title(1)],
      ['1+1', '1+1'],
      0,
    ],
    ['a line that is no record is an entry', ['hello', alone(1)], ['hello', '1'], 0],
    ['nothing', [], [], 0],
  ])('%s', (_, lines, entries, held) => {
    expect(joined(lines)).toEqual([entries, held]);
  });

  it('what is held is handed on at the end', () => {
    expect(joined([call(1), call(2), title(2)], true)).toEqual([['1', '2+2'], 0]);
  });

  it('one without an end ends when many lines of others have followed', () => {
    const others = Array.from({ length: MAX_LINES_BETWEEN + 1 }, (_, n) => alone(n + 2));
    expect(joined([call(1), ...others.slice(1)])[1]).toBe(MAX_LINES_BETWEEN + 1);
    expect(joined([call(1), ...others])[1]).toBe(0);
  });

  it('a separator in a line makes no record', () => {
    const { entries } = joinAuditEvents([`${alone(1)}${RECORD_SEPARATOR}${alone(2)}`], true);
    expect(entries[0]).not.toContain(RECORD_SEPARATOR);
  });
});

it('however the lines come, the entries are the same', () => {
  const lines = Array.from({ length: 60 }, (_, n) => {
    const serial = Math.floor(n / 6) * 2 + (n % 2);
    return n % 6 >= 4 ? title(serial) : n % 7 === 0 ? alone(900 + n) : call(serial);
  });
  const [whole] = joined(lines, true);
  for (let size = 1; size < 20; size += 1) {
    const entries: string[] = [];
    let held: string[] = [];
    for (let at = 0; at < lines.length; at += size) {
      held.push(...lines.slice(at, at + size));
      const [names, left] = joined(held, at + size >= lines.length);
      entries.push(...names);
      held = held.slice(held.length - left);
    }
    expect(entries).toEqual(whole);
  }
});

describe('is bounded', () => {
  it('an event by its length, and says so', () => {
    const long = record('EXECVE', 1, `a0="${'x'.repeat(MAX_EVENT_LENGTH / 3)}"`);
    const { entries, held, cut } = joinAuditEvents([long, long, long, long, title(1)], false);
    expect([entries.length, held, cut]).toEqual([2, 0, 1]);
  });

  it('kernels that write no title of a process hold few lines', () => {
    const lines = Array.from({ length: 5000 }, (_, n) => call(Math.floor(n / 3)));
    const [entries, held] = joined(lines);
    expect(entries.length).toBeGreaterThan(1500);
    expect(held).toBeLessThan(MAX_HELD_LINES);
    expect(held * call(1).length).toBeLessThan(MAX_HELD_BYTES);
  });
});
