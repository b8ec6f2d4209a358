import { type Case, log, on, read, send, signal, write } from './case.js';
import { prove } from './prove.js';

const cases: Case[] = [
  {
    name: 'FIFOs beside a log; their writers come and go',
    conf: 'set fifo %DIR%/one\nset fifo %DIR%/two\na ^x',
    fifos: ['one', 'two'],
    log: log('x'),
    steps: [
      write(on('web2', 'x', 'y'), 'one'),
      write(on('web3', 'x'), 'two'),
      signal('USR2'),
      write(on('web2', 'x', 'x'), 'one'),
      read,
    ],
    letters: {
      counts: ['a/web1 1 x', 'a/web2 1 x', 'a/web3 1 x', 'a#2/web2 2 x'],
    },
  },
  {
    name: 'the pieces of a line in a FIFO are put together; a priority before the prefix',
    mended: 'is taken off',
    conf: 'set fifo %DIR%/one\nset queue noprefix np@example.org admin@example.org [now]\na ^',
    fifos: ['one'],
    steps: [
      write('Nov 20 10:00:00 we', 'one'),
      read,
      write('b2 x y\n<34>Nov 20 10:00:00 web2 z\n', 'one'),
      read,
    ],
    original: { counts: ['a/web2 1 x y', 'noprefix/[unprefixed logs] 1 <34>Nov 20 10:00:00 web2 z'] },
    tayori: { counts: ['a/web2 1 x y', 'a/web2 1 z'] },
  },
  {
    name: 'datagrams with the classic prefix: the priority is taken off, each line is one',
    conf: 'set listen %UDP%\na ^',
    steps: [
      send('<34>Nov 20 10:00:00 web2 x\n'),
      send('Nov 20 10:00:00 web2 x\n'),
      send('<34>Nov 20 10:00:00 web3 x\n<0>Nov 20 10:00:00 web3 y\n'),
      read,
    ],
    letters: { counts: ['a/web2 2 x', 'a/web3 1 x', 'a/web3 1 y'] },
  },
  {
    name: 'datagrams without a newline',
    mended: 'each ends its line; Tenshi glues them together',
    conf: 'set listen %UDP%\na ^',
    steps: [
      send('<34>Nov 20 10:00:00 web2 one'),
      send('<34>Nov 20 10:00:00 web2 two'),
      send('<34>Nov 20 10:00:00 web2 three\n'),
      read,
    ],
    original: {
      counts: ['a/web2 1 one<34>Nov 20 10:00:00 web2 two<34>Nov 20 10:00:00 web2 three'],
    },
    tayori: { counts: ['a/web2 1 one', 'a/web2 1 three', 'a/web2 1 two'] },
  },
  {
    name: 'a datagram of more than 1024 bytes',
    mended: 'is taken whole; Tenshi cuts it, and glues what is left to the next one',
    conf: 'set listen %UDP%\na ^(?:x+|y)',
    steps: [send(`<34>Nov 20 10:00:00 web2 ${'x'.repeat(1500)}\n`), send('Nov 20 10:00:00 web2 y\n'), read],
    original: { counts: [`a/web2 1 ${'x'.repeat(999)}Nov 20 10:00:00 web2 y`] },
    tayori: { counts: [`a/web2 1 ${'x'.repeat(1500)}`, 'a/web2 1 y'] },
  },
];
prove('FIFOs and datagrams', cases);
