import { expect, it } from 'vitest';
import { read } from './read.js';

const BASE = String.raw`set logfile /var/log/x
set queue a f@x.org t@x.org [now]
set queue b f@x.org t@x.org [30 12 * * *]
a ^x (?<ip>\S+)
b ^y (\S+)
a,b ^z (?<user>\S+)
`;

it.each([
  [
    'set window a 3 1h by host',
    'warning: a window by "host", and no rule of the queue "a" has a group of that name',
  ],
  [
    'set window b 3 1h by ip',
    'warning: a window by "ip", and no rule of the queue "b" has a group of that name',
  ],
  [
    'set window a 3 1h by ip',
    'notice: a window by "ip", which the rule in line 6 of the queue "a" does not have',
  ],
  ['set window nosuch 3 1h', 'warning: a window of the unknown queue "nosuch"'],
  ['set follows a nosuch 1h', 'warning: a follows of the unknown queue "nosuch"'],
  [
    'set mutes a b 1h by ip',
    'warning: a mutes by "ip", and no rule of the queue "b" has a group of that name',
  ],
  ['set throttle b 1h', 'notice: "b" has a schedule: its letters hold everything, and nothing of it waits'],
  ['set exempt adress 10.0.0.1', 'warning: an exemption by "adress", and no rule has a group of that name'],
  ['set window a 3 1h\nset window a 4 1h', 'notice: "a" has another window above'],
])('check says of %s that it cannot count', (line, said) => {
  const { told } = read(`${BASE}${line}\n`);
  expect(
    told.some((one) => one.includes(said)),
    told.join('\n'),
  ).toBe(true);
});

it('check is content with a window whose group is in each rule', () => {
  expect(read(`${BASE}set window b 3 1h by user\n`).told.filter((one) => one.includes('warning'))).toEqual(
    [],
  );
});
