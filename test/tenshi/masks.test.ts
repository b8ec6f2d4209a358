import { type Case, log } from './case.js';
import { prove } from './prove.js';

const cases: Case[] = [
  {
    name: 'each group is masked, what is alike is counted together',
    conf: 'a ^x (\\d+) y (\\d+)',
    log: log('x 1 y 22', 'x 3 y 4', 'x 5 y z'),
    letters: { counts: ['a/web1 2 x ______ y ______'] },
  },
  {
    name: 'a group that took no part changes nothing',
    conf: 'a ^x(?: u=(\\w+))? p=(\\d+)',
    log: log('x p=3', 'x u=ann p=4'),
    letters: { counts: ['a/web1 1 x p=______', 'a/web1 1 x u=______ p=______'] },
  },
  {
    name: 'nested groups',
    mended: 'masked once, by the outermost',
    conf: 'a ^x ((\\d+)-b) end',
    log: log('x 123-b end'),
    original: { counts: ['a/web1 1 x _________ end'] },
    tayori: { counts: ['a/web1 1 x ______ end'] },
  },
];
prove('masks', cases);
