import { describe, expect, it } from 'vitest';
import { overrunName, overrunOf } from '../../src/store/overrun-name.js';

describe('the counter of a regex that was given up on', () => {
  it('tells the place and the regex again', () => {
    const name = overrunName({ file: '/etc/x y.conf', line: 3, column: 7 }, 'overrun (a+ b)*$');
    expect(name).toBe('overrun /etc/x y.conf:3:7 overrun (a+ b)*$');
    expect(overrunOf(name)).toBe('/etc/x y.conf:3:7 overrun (a+ b)*$');
  });

  it.each(['lines', 'overflowed', 'lost emptied /x.log'])('is no other one: %s', (name) => {
    expect(overrunOf(name)).toBeNull();
  });
});
