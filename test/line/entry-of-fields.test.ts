import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createFieldReader, type EntryFields } from '../../src/line/entry-of-fields.js';

const FIELDS: EntryFields = { host: 'web1', time: 5, program: 'sshd', pid: '812', message: 'hello' };

const read = (fields: Partial<EntryFields>, hidepid = false): string | undefined =>
  createFieldReader({ hidepid })({ ...FIELDS, ...fields })?.text;

describe('an entry of fields', () => {
  it('reads as the line that syslog would have written', () => {
    expect(createFieldReader({ hidepid: false })(FIELDS)).toEqual({
      host: 'web1',
      time: 5,
      text: 'sshd[812]: hello',
    });
  });

  it('has the priority that <PRI> would have said', () => {
    const priorityOf = (priority: number | null): unknown =>
      createFieldReader({ hidepid: false })({ ...FIELDS, priority })?.priority;
    expect([priorityOf(35), priorityOf(6), priorityOf(null), priorityOf(999)]).toEqual([
      'auth.err',
      'kern.info',
      undefined,
      null,
    ]);
  });

  it.each<[string, Partial<EntryFields>, string | undefined]>([
    ['without a pid', { pid: null }, 'sshd: hello'],
    ['without a program', { program: null, pid: null }, 'unknown: hello'],
    ['a program of blanks', { program: ' \n ' }, 'unknown[812]: hello'],
    ['a program with a line break', { program: 'a\nb' }, 'a b[812]: hello'],
    ['several lines are joined', { message: 'one\n  two\n\n\tthree\n' }, 'sshd[812]: one two three'],
    ['lines of Windows', { message: 'one\r\ntwo\r\n' }, 'sshd[812]: one two'],
    ['blanks before the text stay', { message: '   at main' }, 'sshd[812]:    at main'],
    ['a first line without anything', { message: '\n\nfirst' }, 'sshd[812]: first'],
    ['no message', { message: '' }, undefined],
    ['a message of blanks', { message: ' \n \t\n' }, undefined],
  ])('%s', (_, fields, expected) => {
    expect(read(fields)).toBe(expected);
  });

  it('hides the pid where it is asked for', () => {
    expect(read({}, true)).toBe('sshd: hello');
  });

  it.each([[null], [''], ['not a host'], ['<script>'], ['x'.repeat(300)], ['sshd:']])(
    'is of this machine where no host is named: %s',
    (host) => {
      expect(createFieldReader({ hidepid: false })({ ...FIELDS, host })?.host).toBe(hostname());
    },
  );

  it('takes no time over many blanks', () => {
    expect(read({ message: `a${' '.repeat(250_000)}b` })).toHaveLength(250_013);
    expect(read({ message: `${' '.repeat(125_000)}x\n${' '.repeat(125_000)}y` })).toMatch(/x y$/);
  });
});
