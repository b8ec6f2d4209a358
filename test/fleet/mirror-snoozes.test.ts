import { describe, expect, it } from 'vitest';
import { compareSnoozes } from '../../src/fleet/mirror-snoozes.js';
import type { Snooze } from '../../src/queue/snooze.js';

const QUEUES = new Set(['q']);

function snooze(more: Partial<Snooze> = {}): Snooze {
  return {
    ...{ id: 'x', queue: 'q', message: 'm', host: '', reason: 'r', began: 10, until: 1000, usual: 1 },
    ...{ held: 0, day: 10, before: 0, ended: null, why: null },
    ...more,
  };
}

const ENDED = snooze({ ended: 500, why: 'hand' });
const AGAIN = snooze({ began: 600, until: 2000 });
const HELD = snooze({ held: 7 });

/** What both sides have when they had `before`, and then `here` and `there`; null: nothing. */
function after(before: Snooze | null, here: Snooze | null, there: Snooze | null) {
  const list = (one: Snooze | null): Snooze[] => (one ? [one] : []);
  const common = compareSnoozes([], list(before), list(before), QUEUES).mirrored;
  const { here: own, there: other } = compareSnoozes(common, list(here), list(there), QUEUES);
  const side = (had: Snooze | null, { put, drop }: typeof own): Snooze | null =>
    put[0] ?? (drop.length > 0 ? null : had);
  return [side(here, own), side(there, other)];
}

describe('snoozes of a node and its fleet', () => {
  it.each<[string, Snooze | null, Snooze | null, Snooze | null, Snooze | null]>([
    ['one that is new here goes there', null, snooze(), null, snooze()],
    ['one that is new there comes here', null, null, snooze(), snooze()],
    ['one that has ended here has ended there', snooze(), ENDED, snooze(), ENDED],
    ['one that has ended there has ended here', snooze(), snooze(), ENDED, ENDED],
    [
      'one that a letter there has held back more of has held back as much here',
      snooze(),
      snooze(),
      HELD,
      HELD,
    ],
    [
      'one that ends here while a letter there holds it back has both',
      snooze(),
      ENDED,
      HELD,
      { ...ENDED, held: 7 },
    ],
    ['one that is gone there is gone here', snooze(), snooze(), null, null],
    ['one that is gone here is gone there', snooze(), null, snooze(), null],
    ['one that has ended here, and whose end a letter has told, is gone', snooze(), ENDED, null, null],
    ['one that was put aside anew here is there again', ENDED, AGAIN, null, AGAIN],
    ['the later one of two holds', null, snooze(), AGAIN, AGAIN],
    ['one that is gone on both sides stays gone', snooze(), null, null, null],
  ])('%s', (_, before, here, there, expected) => {
    expect(after(before, here, there)).toEqual([expected, expected]);
  });

  it('count the lines of a day by themselves', () => {
    const here = snooze({ day: 100, before: 5 });
    const there = snooze({ day: 300, before: 9 });
    const { here: own, there: other } = compareSnoozes([], [here], [there], QUEUES);
    expect([own.put, other.put]).toEqual([[], []]);
    expect(compareSnoozes([], [here], [{ ...there, held: 7 }], QUEUES).here.put).toEqual([
      { ...here, held: 7 },
    ]);
  });

  it('are left alone where the config does not know their queue', () => {
    const others = [snooze({ queue: 'other' })];
    const compared = compareSnoozes([], [], others, QUEUES);
    expect(compared.here).toEqual({ put: [], drop: [] });
    expect(compared.there).toEqual({ put: [], drop: [] });
  });
});
