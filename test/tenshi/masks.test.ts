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
    name: 'a group that matched nothing is masked all the same; groups side by side each have theirs',
    conf: 'a ^x(.*)$\na ^y(\\d)(\\w*)(\\d)',
    log: log('x', 'y1ab2', 'y12'),
    letters: { counts: ['a/web1 2 y__________________', 'a/web1 1 x______'] },
  },
  {
    name: '(?:...) is not masked, a repeated group masks its last turn, and what was not matched stays',
    conf: 'a 1-(?:(\\d)-)+',
    log: log('before 1-2-3- behind'),
    letters: { counts: ['a/web1 1 before 1-2-______- behind'] },
  },
  {
    name: 'a mask of its own, which is text',
    conf: 'set mask $1\\1$&\na ^x (\\d)',
    log: log('x 1'),
    letters: { counts: ['a/web1 1 x $1\\1$&'] },
  },
  {
    name: 'an empty mask',
    conf: 'set mask\na ^x (\\d+) (\\d+)',
    log: log('x 1 2', 'x 33 44'),
    letters: { counts: ['a/web1 2 x  '] },
  },
  {
    name: 'nested groups',
    mended: 'masked once, by the outermost',
    conf: 'a ^x ((\\d+)-b) end',
    log: log('x 123-b end'),
    original: { counts: ['a/web1 1 x _________ end'] },
    tayori: { counts: ['a/web1 1 x ______ end'] },
  },
  {
    name: 'a group in the midst of another one',
    mended: 'masked once, by the outermost',
    conf: 'a ^x (a(b)c) end',
    log: log('x abc end'),
    original: { counts: ['a/web1 1 x ___________ end'] },
    tayori: { counts: ['a/web1 1 x ______ end'] },
  },
  {
    name: 'nested groups and an empty mask',
    mended: 'masked once, by the outermost',
    conf: 'set mask\na ^((bb)aaaa) and more behind it$',
    log: log('bbaaaa and more behind it'),
    original: { counts: ['a/web1 1  and more behd it'] },
    tayori: { counts: ['a/web1 1  and more behind it'] },
  },
  {
    name: 'groups that are not in the order of their numbers',
    mended: 'masked by their places',
    conf: 'a ^(?:x(\\d)|y(\\d))+$\nb ^(?=.*(foo))(x) bar',
    log: log('x1y2x3', 'x bar foo'),
    original: { counts: ['a/web1 1 x1y2x___________', 'b/web1 1 x b______r ______'] },
    tayori: { counts: ['a/web1 1 x1y______x______', 'b/web1 1 ______ bar ______'] },
  },
];
prove('masks', cases);
