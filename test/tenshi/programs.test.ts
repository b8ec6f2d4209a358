import { type Case, FAR, log, on, signal, times, write } from './case.js';
import { prove } from './prove.js';

const script = (text: string): string => `#!/bin/sh\n${text}\n`;

const cases: Case[] = [
  {
    name: 'a filter: what it prints is the letter, and it is given what the letter would have been',
    conf: 'set filter a %DIR%/bin/edit\na ^',
    files: { 'bin/edit': script('tee %DIR%/out/given | sed s/x/z/') },
    log: log('x', 'x', 'y'),
    letters: {
      counts: ['a/web1 2 z', 'a/web1 1 y'],
      heads: { a: { status: 'terminating' } },
      wrote: { given: ['', '    1: y', '    2: x', '*** Status: terminating ***', 'web1: '] },
    },
  },
  {
    name: 'the arguments of a filter are those of a shell',
    conf: 'set filter a /bin/echo one "two  three" $((1+3)); echo five\na ^',
    log: log('x'),
    letters: { counts: [], heads: { a: { other: 'one two  three 4\nfive' } } },
  },
  {
    name: 'what a failing filter prints is sent all the same; lines of dots are text',
    conf: 'set filter a %DIR%/bin/fail\na ^',
    files: { 'bin/fail': script('echo but this; echo .; echo ..; exit 3') },
    log: log('x'),
    letters: { counts: [], heads: { a: { other: 'but this\n.\n..' } } },
  },
  {
    name: 'a filter that prints nothing and ends well',
    mended: 'sends nothing, and what it was given is done with; Tenshi offers it again and again',
    conf: 'set filter a %DIR%/bin/quiet\na ^x (\\d)',
    files: { 'bin/quiet': script('grep " x " >> %DIR%/out/given; true') },
    log: log('x 1'),
    steps: [signal('USR2'), write(log('x 2'))],
    original: { counts: [], wrote: { given: ['    1: x ______', '    2: x ______'] } },
    tayori: { counts: [], wrote: { given: ['    1: x ______', '    1: x ______'] } },
  },
  {
    name: 'a filter that fails and prints nothing',
    mended: 'holds the letter, whose counts are sealed; Tenshi counts on as if nothing had been due',
    conf: 'set filter a %DIR%/bin/once\na ^x (\\d)',
    files: {
      'bin/once': script('test -e %DIR%/out/been && exec cat; touch %DIR%/out/been; exit 1'),
    },
    log: log('x 1'),
    steps: [signal('USR2'), write(log('x 2'))],
    original: { counts: ['a/web1 2 x ______'], heads: { a: { status: 'terminating' } } },
    tayori: {
      counts: ['a/web1 1 x ______', 'a#2/web1 1 x ______'],
      heads: { a: { status: 'flushing' } },
    },
  },
  {
    name: 'a filter of a pager letter is given pager lines',
    conf: `set queue d d@example.org pager:d@example.org ${FAR}\nset filter d /usr/bin/tr x z\nd ^`,
    log: log('x', 'x'),
    letters: { counts: ['d/web1 2 z'] },
  },
  {
    name: 'csv: rows of host, message and count, behind a redirection of the shell',
    conf: `set csv ${FAR} /bin/cat >> %DIR%/out/rows\ncsv,a ^x (\\d)\ncsv ^`,
    log: log('x 1', 'x 2', 'y, z') + on('web2', 'y'),
    steps: [signal('USR2'), write(log('x 3'))],
    letters: {
      counts: ['a/web1 2 x ______', 'a#2/web1 1 x ______'],
      wrote: { rows: ['web1,"x ______",1', 'web1,"x ______",2', 'web1,"y, z",1', 'web2,"y",1'] },
    },
  },
  {
    name: 'quotes in csv',
    mended: 'are doubled, as RFC 4180 wants it',
    conf: `set csv ${FAR} /bin/cat >> %DIR%/out/rows\ncsv ^`,
    log: log('say "hi", there'),
    original: { counts: [], wrote: { rows: ['web1,"say "hi", there",1'] } },
    tayori: { counts: [], wrote: { rows: ['web1,"say ""hi"", there",1'] } },
  },
  {
    name: 'csv is done with what its program was given, whatever status that ends with',
    conf: `set csv ${FAR} %DIR%/bin/fail\ncsv ^`,
    files: { 'bin/fail': script('cat >> %DIR%/out/rows; echo lost; exit 3') },
    log: log(...times(2, 'x')),
    steps: [signal('USR2'), write(log('x'))],
    letters: { counts: [], wrote: { rows: ['web1,"x",1', 'web1,"x",2'] } },
  },
];
prove('filter and csv', cases);
