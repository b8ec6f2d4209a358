import { type Case, log, on, read, signal, times, write } from './case.js';
import { prove } from './prove.js';

const cases: Case[] = [
  {
    name: 'below the first number only the leftmost queue counts',
    conf: 'a,b:10,c:50 ^e',
    log: log(...times(9, 'e')),
    letters: { counts: ['a/web1 9 e'] },
  },
  {
    name: 'each number is reached in its turn, and the count is what the letter says',
    conf: 'a,b:10,c:50 ^e',
    log: log(...times(59, 'e')),
    letters: { counts: ['a/web1 59 e', 'b/web1 10 e', 'c/web1 50 e'] },
  },
  {
    name: 'the turns go round by the highest number',
    conf: 'a,b:10,c:50 ^e',
    log: log(...times(110, 'e')),
    letters: { counts: ['a/web1 110 e', 'b/web1 110 e', 'c/web1 100 e'] },
  },
  {
    name: 'hits of a rule count together, whatever their lines say',
    conf: 'a,b:3 ^e \\w+',
    log: log('e a', 'e b', 'e c', 'e d', 'e e', 'e f'),
    letters: {
      counts: [
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `a/web1 1 e ${letter}`),
        'b/web1 6 e f',
        'b/web1 3 e c',
      ],
    },
  },
  {
    name: 'each rule and each host counts for itself',
    conf: 'a,b:3 ^e\na,c:2 ^f',
    log: log('e', 'f', 'e') + on('web2', 'e', 'e', 'e', 'f'),
    letters: {
      counts: ['a/web1 2 e', 'a/web1 1 f', 'a/web2 3 e', 'a/web2 1 f', 'b/web2 3 e'],
    },
  },
  {
    name: 'a queue with a number may stand alone, and equal numbers side by side',
    conf: 'b:3 ^e\na,b:2,c:2 ^f',
    log: log(...times(7, 'e'), ...times(3, 'f')),
    letters: { counts: ['a/web1 3 f', 'b/web1 6 e', 'b/web1 2 f', 'c/web1 2 f'] },
  },
  {
    name: 'two plain queues in front',
    conf: 'a,b,c:2 ^e',
    log: log(...times(3, 'e')),
    letters: { counts: ['a/web1 3 e', 'b/web1 3 e', 'c/web1 2 e'] },
  },
  {
    name: 'it begins anew when the leftmost queue is mailed',
    conf: 'a,b:3 ^e',
    log: log('e', 'e'),
    steps: [signal('USR2'), write(log('e', 'e')), signal('USR2'), write(log('e', 'e', 'e', 'e'))],
    letters: { counts: ['a/web1 2 e', 'a#2/web1 2 e', 'a#3/web1 4 e', 'b/web1 3 e'] },
  },
  {
    name: 'only for the hosts that its letter tells of: a rule without a leftmost entry goes on counting',
    conf: 'a ^e first\nb:3 ^e',
    log: log('e', 'e') + on('web2', 'e first'),
    steps: [signal('USR2'), write(log('e'))],
    letters: { counts: ['a/web2 1 e first', 'b/web1 3 e'] },
  },
  {
    name: 'a letter of another queue clears nothing',
    conf: 'a,n:2,b:4 ^e',
    log: log('e', 'e'),
    steps: [read, write(log('e', 'e'))],
    letters: { counts: ['a/web1 4 e', 'b/web1 4 e', 'n/web1 2 e'] },
  },
  {
    name: 'counts across a reload',
    mended: 'they are kept until the leftmost queue is mailed, as across a restart',
    conf: 'b:3 ^e',
    log: log('e', 'e'),
    steps: [signal('HUP'), write(log('e'))],
    original: { counts: [] },
    tayori: { counts: ['b/web1 3 e'] },
  },
];
prove('escalation', cases);
