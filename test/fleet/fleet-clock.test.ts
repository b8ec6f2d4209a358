import { describe, expect, it } from 'vitest';
import { FleetClock } from '../../src/fleet/fleet-clock.js';
import { heldClock } from '../support/held-clock.js';

describe('the clock of a fleet', () => {
  it.each([
    ['is that of this machine while they differ by no more than an answer may take', 2000, 0, false],
    ['is set back where this machine is ahead', 2001, -2001, false],
    ['is set forward where this machine is behind', -90_000, 90_000, true],
    ['tells that a clock is wrong from a minute on', 60_001, -60_001, true],
    ['does not tell it before', 60_000, -60_000, false],
  ])('%s', (_, ahead, difference, isWrong) => {
    const own = heldClock();
    const clock = new FleetClock(own, 0);
    clock.measured(ahead);
    expect([clock.now() - own.now(), clock.isWrong]).toEqual([difference, isWrong]);
  });

  it('begins with what was known last, and waits as the clock of this machine does', () => {
    const own = heldClock();
    const clock = new FleetClock(own, 300_000);
    let rang = false;
    clock.after(1000, () => {
      rang = true;
    });
    own.advance(1000);
    expect([own.now() - clock.now(), rang]).toEqual([300_000, true]);
  });
});
