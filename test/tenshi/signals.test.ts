import { type Case, conf, FAR, letter, log, read, signal, write } from './case.js';
import { prove } from './prove.js';

const queue = (name: string, from: string, to = 'admin@example.org'): string =>
  `set queue ${name} ${from} ${to} ${FAR}\n`;

const cases: Case[] = [
  {
    name: 'USR2 mails all queues, and TERM what has come since',
    conf: 'a x\nb y',
    log: log('x 1', 'y 1'),
    steps: [signal('USR2'), write(log('x 2'))],
    letters: {
      counts: ['a/web1 1 x 1', 'a#2/web1 1 x 2', 'b/web1 1 y 1'],
      heads: { a: { status: 'flushing' }, b: { status: 'flushing' } },
    },
  },
  {
    name: 'HUP mails all queues and takes up the new config',
    conf: `${queue('d', 'd@example.org')}set hidepid on\nd ^x\na ^y`,
    log: log('x 1', 'y[1]: 1'),
    steps: [
      conf('set mask ===\na ^x (\\d)\na ^y\nset subject New'),
      signal('HUP'),
      write(log('x 2', 'y[1]: 1')),
    ],
    letters: {
      counts: ['a/web1 1 y: 1', 'a#2/web1 1 x ===', 'a#2/web1 1 y[1]: 1', 'd/web1 1 x 1'],
      heads: { a: { status: 'reloading', subject: 'tenshi report [a]' }, d: { status: 'reloading' } },
    },
  },
  {
    name: 'HUP with a fault in the config',
    mended: 'the old one stays in force; Tenshi dies, when it has mailed',
    conf: 'a ^x',
    log: log('x 1'),
    steps: [conf('a ^x\nb ^(y'), signal('HUP'), write(log('x 2'))],
    original: { counts: ['a/web1 1 x 1'], end: 'died' },
    tayori: { counts: ['a/web1 1 x 1', 'a/web1 1 x 2'] },
  },
  {
    name: 'HUP and settings that are gone from the config',
    mended: 'they have their defaults again',
    conf: 'set limit 1\nset mask ===\nset subject Old\nset sort_order ascending\na ^x (\\d)\na ^y',
    log: log('x 1'),
    steps: [conf('a ^x (\\d)\na ^y'), signal('HUP'), write(log('x 2', 'y', 'y'))],
    original: { counts: ['a/web1 1 x ===', 'a#2/web1 1 x ==='] },
    tayori: {
      counts: ['a/web1 1 x ===', 'a#2/web1 2 y', 'a#2/web1 1 x ______'],
    },
  },
  {
    name: 'HUP and another log file',
    mended: 'it is followed; Tenshi dies, as the setting is protected',
    conf: 'a ^x',
    files: { 'y.log': '' },
    log: log('x'),
    steps: [conf('set logfile %DIR%/y.log\na ^x'), signal('HUP'), write(log('x'), 'y.log')],
    original: { counts: ['a/web1 1 x'], end: 'died' },
    tayori: { counts: ['a/web1 1 x', 'a#2/web1 1 x'] },
  },
  {
    name: 'USR1 looks at the queues',
    mended: 'and its status does not stick to the letters that come after it',
    conf: 'a,n ^x',
    log: '',
    steps: [signal('USR1'), write(log('x')), read],
    original: { counts: ['a/web1 1 x', 'n/web1 1 x'], heads: { n: { status: 'queue check' } } },
    tayori: { counts: ['a/web1 1 x', 'n/web1 1 x'], heads: { n: { status: null } } },
  },
  {
    name: 'a recipient that is refused',
    mended: 'the others get the letter; Tenshi gives it to nobody, and loses it at the end',
    conf: `${queue('d', 'd@example.org', 'refused@example.org,two@example.org')}d,a ^x`,
    log: log('x'),
    original: { counts: ['a/web1 1 x'] },
    tayori: { counts: ['a/web1 1 x', 'd/web1 1 x'], heads: { d: { recipients: ['two@example.org'] } } },
  },
  {
    name: 'a letter refused after its final dot',
    mended: 'it is tried again; Tenshi does not look at the answer, and the letter is lost',
    conf: `${queue('d', 'late@example.org')}d ^x`,
    log: log('x'),
    steps: [signal('USR2'), letter('d')],
    original: { counts: [] },
    tayori: { counts: ['d/web1 1 x'], heads: { d: { status: 'flushing' } } },
  },
  {
    name: 'a sender refused for now',
    mended: 'its letter is sealed and goes later as it is; Tenshi counts on',
    conf: `${queue('d', 'once@example.org')}d ^x`,
    log: log('x', 'x'),
    steps: [signal('USR2'), letter('d'), write(log('x'))],
    original: { counts: ['d/web1 3 x'], heads: { d: { status: 'terminating' } } },
    tayori: { counts: ['d/web1 2 x', 'd#2/web1 1 x'], heads: { d: { status: 'flushing' } } },
  },
];
prove('signals and mail trouble', cases);
