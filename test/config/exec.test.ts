import { expect, it } from 'vitest';
import { read } from './read.js';

const BASE = String.raw`set logfile /var/log/x
set queue a f@x.org t@x.org [now]
set exec act /bin/true {{ip}} {{host}}
a ^x (?<ip>\S+)
act,a ^y (?<ip>\S+)
`;

it.each([
  [
    'set exec a /bin/true {{user}}',
    'warning: "{{user}}", and no rule of the queue "a" has a group of that name: the program never runs; name it in a rule: a from (?<user>\\S+)',
  ],
  [
    'act ^z',
    'notice: "{{ip}}", which the rule in line 6 of the queue "act" does not have: the program does not run for it',
  ],
  ['act ^(?<ip>.) (?<host>.)', 'notice: "{{host}}" is not the group of that name, but that of the line'],
  ['set exec act /bin/true {{ip', 'warning: a "{{" without its "}}" is taken as text; write {{NAME}}'],
  ['set exec act /bin/true {{ ip }}', 'warning: a "{{" without its "}}" is taken as text'],
  ["set exec act /bin/sh -c 'echo", '"\'echo", which the program is given as it stands'],
  ['set exec act /bin/true', 'notice: "act" has another program above; this line replaces the earlier one'],
  ['set exec lonely /bin/true', 'notice: no rule feeds the queue "lonely"'],
  [
    'set exec act /bin/no-such-program',
    'error: "/bin/no-such-program" cannot be run; name a program that exists',
  ],
  ['set exec act /etc/passwd', 'error: "/etc/passwd" cannot be run'],
  ['set fold act 2m', 'warning: a fold of "act", which has a program and no letters'],
  [
    'set window act 3 1h by user',
    'warning: a window by "user", and no rule of the queue "act" has a group of that name',
  ],
])('check says of %s what is wrong', (line, said) => {
  expect(read(`${BASE}${line}\n`).told.join('\n')).toContain(said);
});

it('check is content with a program whose groups are in each rule', () => {
  expect(read(BASE).told.filter((one) => /warning|act/.test(one))).toEqual([]);
});
