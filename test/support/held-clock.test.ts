import { expect, it } from 'vitest';
import { heldClock } from './held-clock.js';

it('runs what comes due, in order, each at its own time', () => {
  const clock = heldClock(1000);
  const seen: string[] = [];
  clock.after(20, () => void seen.push(`b ${clock.now()}`));
  clock.after(10, () => {
    seen.push(`a ${clock.now()}`);
    clock.after(5, () => void seen.push(`again ${clock.now()}`));
  });
  const callOff = clock.after(12, () => void seen.push('never'));
  clock.after(31, () => void seen.push('later'));
  callOff();
  clock.advance(30);
  expect(seen).toEqual(['a 1010', 'again 1015', 'b 1020']);
  expect([clock.now(), clock.waiting]).toEqual([1030, 1]);
});
