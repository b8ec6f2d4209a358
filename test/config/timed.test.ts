import { expect, it } from 'vitest';
import { read, sound } from './read.js';

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

const IN_FLEET = `set fleet postgresql://tayori@localhost/tayori
set mailserver smtp://localhost
${BASE}`;

it.each([
  ['set window a 3 1h by ip fleet', ['ip'], true],
  ['set window a 3 1h fleet', [], true],
  ['set window a 3 1h by ip', ['ip'], false],
])('%s says of a window what its key is, and whether it is of the fleet', (line, by, fleet) => {
  const config = sound(`${IN_FLEET}${line}\nset throttle b 1h fleet\n`);
  expect(config.windows).toMatchObject([{ queue: 'a', count: 3, by, fleet }]);
  expect(config.throttles).toMatchObject([{ queue: 'b', by: [], fleet: true }]);
});

it.each([
  ['set window a 3 1h fleet', BASE, 'error: fleet, without set fleet'],
  ['set throttle a 1h fleet', BASE, 'error: fleet, without set fleet'],
  ['set window a 3 1h fleet by ip', IN_FLEET, 'error: "by ip" behind fleet; write by ip fleet'],
  [
    'set window a 3 1h fleet\nset throttle a 1h',
    IN_FLEET,
    'error: the window and the throttle of "a", of which one counts across the fleet',
  ],
])('%s is an error with advice', (lines, base, said) => {
  const { told } = read(`${base}${lines}\n`);
  expect(
    told.some((one) => one.includes(said)),
    told.join('\n'),
  ).toBe(true);
});
