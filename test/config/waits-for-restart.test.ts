import { expect, it } from 'vitest';
import { waitsForRestart } from '../../src/config/check/waits-for-restart.js';
import { BASE, sound } from './read.js';

it.each([
  ['set uid root', 'set uid daemon', ['uid']],
  ['set uid root', 'set uid 0', []],
  ['', 'set uid root', ['uid']],
  ['set gid root', 'set gid daemon', ['gid']],
  ['set gid root', 'set gid 0', []],
  ['set pidfile /run/a', 'set pidfile /run/b', ['pidfile']],
  ['set state /a\nset uid root', 'set uid root', ['state']],
  ['set uid root\nset state /a', 'set state /b', ['uid', 'state']],
  ['set sleep 5\nset fifo /a', 'set sleep 6', []],
])('a reload from %j to %j leaves to the next start: %j', (atStart, now, expected) => {
  const config = (lines: string) => sound(`${BASE}a x\nb y\n${lines}\n`);
  expect(waitsForRestart(config(atStart), config(now))).toEqual(expected);
});
