import { type Case, due, log } from './case.js';
import { prove } from './prove.js';

/** Half an hour away from the minute in which the test runs, whenever it began. */
const FAR_MINUTE = (new Date().getMinutes() + 30) % 60;

const queue = (name: string, schedule: string): string =>
  `set queue ${name} ${name}@example.org admin@example.org [${schedule}]\n`;

/** In real time, so up to a minute: both wait for the next one. */
const cases: Case[] = [
  {
    name: 'a queue is mailed when its minute comes, and no other queue is',
    conf: `${queue('d', '* * * * *')}${queue('e', `${FAR_MINUTE} * * * *`)}d,e ^x`,
    log: log('x'),
    steps: [due('d')],
    letters: {
      counts: ['d/web1 1 x', 'e/web1 1 x'],
      heads: { d: { status: null, dated: true }, e: { status: 'terminating', dated: true } },
    },
  },
];
prove('schedules', cases);
