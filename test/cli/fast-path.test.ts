import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { COMMANDS } from '../../src/base/command-table.js';
import { plainOptions } from '../../src/cli/fast-path.js';

const { options } = COMMANDS.main;

/** What yargs makes of a command line for the same table; null where it is wrong. */
function byYargs(argv: readonly string[]): Record<string, unknown> | null {
  try {
    const read = yargs([...argv])
      .command('$0', '', (command) => command.options(options))
      .strict()
      .exitProcess(false)
      .fail((text, error) => {
        throw error ?? new Error(text);
      })
      .parseSync();
    return Object.fromEntries(
      Object.entries(read).filter(([name, value]) => name in options && value !== undefined),
    );
  } catch {
    return null;
  }
}

const NAMES = Object.entries(options).flatMap(([name, { alias }]) => [`-${name}`, `--${alias}`]);
const WORDS = [
  ...NAMES,
  ...['/etc/a.conf', 'a', '5', '007', '1e3', '0x1f', 'true', 'false', 'a=b', 'a:b', '@x', 'é', 'x y', ''],
  ...[
    '-',
    '--',
    '-fC',
    '-cx',
    '--configuration=x',
    '--no-foreground',
    '"x"',
    "'",
    '-1',
    'check',
    '__proto__',
  ],
];

describe('command lines that are read without yargs', () => {
  it.each([
    [['-f', '-c', '/etc/tayori/conf/tenshi.conf'], { f: true, c: '/etc/tayori/conf/tenshi.conf' }],
    [['-C', '--configuration', 'my.conf'], { C: true, c: 'my.conf' }],
    [['--pidfile', '/run/tayori.pid'], { P: '/run/tayori.pid' }],
    [[], {}],
  ])('%j', (argv, found) => {
    expect(plainOptions(argv)).toEqual(found);
  });

  it.each([
    ['a command', ['check', 'x']],
    ['an option twice', ['-c', 'a', '-c', 'b']],
    ['one by both of its names', ['-f', '--foreground']],
    ['a value that is missing', ['-f', '-c']],
    ['an option for a value', ['-c', '-f']],
    ['options in one word', ['-fc', 'x']],
    ['a value that may be left out', ['--debug', '2']],
    ['help', ['-h']],
  ])('%s is left to yargs', (_name, argv) => {
    expect(plainOptions(argv)).toBeNull();
  });

  it('mean what they mean to yargs, however they are put together', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }), (argv) => {
        const plain = plainOptions(argv);
        if (plain) expect(plain).toEqual(byYargs(argv));
      }),
      { numRuns: 3000 },
    );
  });
});
