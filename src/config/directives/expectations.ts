import { config } from '../../base/text/prose.js';
import { each, part } from './declare.js';
import { expect } from './read-expect.js';

export const EXPECTATIONS = part(
  'What must not be silent',
  each(
    'expect',
    'expects',
    expect,
    'none',
    'A log, host or queue that is to have a line at least once in TIME (90m, 2h, 1d). If it has none, tayori says so in a line of its own, and again when it is heard. It may be repeated.',
    'What holds a `/` is the path of a log or a glob, of which each log is watched. A name is that of a queue, if there is one, else that of a host as letters show it. A log is heard by every line, a host by every line whatever the rules do with it, a queue by what is counted for it.',
    'The time is what tayori has been watching: a stop, a suspended machine and a changed clock do not count, so a start calls nothing silent. The lines are `tayori: SUBJECT is silent: no line for TIME` and `tayori: SUBJECT is heard again` (LINES OF TAYORI); they do not count as lines of what they tell of.',
    config(
      'set expect /var/log/mail.log 2h',
      'set expect backup1.example.org 1d',
      'critical ^tayori: \\S+ is silent',
    ),
  ),
);
