import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExportReader, type JournalEntry } from '../../../src/source/journal/export-reader.js';
import { MAX_LINE_BYTES } from '../../../src/source/split-lines.js';
import { entry, exportOf, START, type WrittenEntry } from '../../support/journal.js';

/** With the cursor that journalctl prints first. */
function printed(written: readonly WrittenEntry[]): Buffer {
  return Buffer.concat(
    written.map((one, at) => Buffer.concat([Buffer.from(`__CURSOR=s=x;i=${at + 1}\n`), exportOf([one])])),
  );
}

function readIn(pieces: readonly Buffer[]): { entries: JournalEntry[]; cut: number[] } {
  const entries: JournalEntry[] = [];
  const cut: number[] = [];
  const reader = new ExportReader(
    (one) => void entries.push(one),
    (bytes) => void cut.push(bytes),
  );
  for (const piece of pieces) reader.push(piece);
  return { entries, cut };
}

const only = (written: WrittenEntry): JournalEntry | undefined => readIn([printed([written])]).entries[0];

/** Bytes as pieces of so many each. */
function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

describe('an entry of a journal', () => {
  it('is read with its host, time, program, pid, priority and message', () => {
    expect(only(entry(5, 'hello'))).toEqual({
      cursor: 's=x;i=1',
      time: START + 5,
      host: 'web1',
      program: 'sshd',
      pid: '812',
      priority: 4 * 8 + 6,
      message: 'hello',
    });
  });

  it.each<[string, Readonly<Record<string, string | null>>, Partial<JournalEntry>]>([
    [
      'the command stands for an identifier that is missing',
      { SYSLOG_IDENTIFIER: null, _COMM: 'cron' },
      { program: 'cron' },
    ],
    ['an empty identifier is none', { SYSLOG_IDENTIFIER: '', _COMM: 'cron' }, { program: 'cron' }],
    ['neither identifier nor command', { SYSLOG_IDENTIFIER: null }, { program: null }],
    [
      'the pid that syslog named stands for one that is missing',
      { _PID: null, SYSLOG_PID: '7' },
      { pid: '7' },
    ],
    ['no pid, as of the kernel', { _PID: null }, { pid: null }],
    ['no host', { _HOSTNAME: null }, { host: null }],
    ['no severity', { PRIORITY: null }, { priority: null }],
    ['a severity that is none', { PRIORITY: '8' }, { priority: null }],
    ['no facility is that of users', { SYSLOG_FACILITY: null }, { priority: 14 }],
    ['a facility that is none', { SYSLOG_FACILITY: '24' }, { priority: 14 }],
  ])('may lack fields: %s', (_, fields, expected) => {
    expect(only(entry(0, 'x', fields))).toMatchObject(expected);
  });

  it('may hold a message of several lines', () => {
    expect(only(entry(0, 'one\ntwo\n\nthree'))?.message).toBe('one\ntwo\n\nthree');
  });

  it('may hold a message that is no text: what is not UTF-8 stays visible', () => {
    expect(only(entry(0, Buffer.from([0x61, 0xff, 0x00, 0x0a, 0xc3, 0xa9])))?.message).toBe('a\\xff\0\né');
  });

  it('may hold a field that looks like the end of an entry, and like other fields', () => {
    const message = '\n\n__CURSOR=forged\nMESSAGE=forged\n\n';
    const { entries } = readIn([printed([entry(0, message), entry(1, 'next')])]);
    expect(entries.map((one) => [one.cursor, one.message])).toEqual([
      ['s=x;i=1', message],
      ['s=x;i=2', 'next'],
    ]);
  });

  it('has all its messages, and of other fields the first', () => {
    const { at, fields } = entry(0, 'one');
    const twice = { at, fields: [...fields, ['MESSAGE', 'two'], ['_HOSTNAME', 'web2']] as const };
    expect(only(twice)).toMatchObject({ message: 'one\ntwo', host: 'web1' });
  });

  it('may hold no message', () => {
    expect(only({ at: 0, fields: [['_HOSTNAME', 'web1']] })).toMatchObject({ message: '' });
  });

  it.each([
    ['of one line', 'x'.repeat(MAX_LINE_BYTES + 1000)],
    ['of many lines', `${'x'.repeat(99)}\n`.repeat(4000)],
  ])('has a message that is cut where it is too long, and says so: %s', (_, message) => {
    const { entries, cut } = readIn(inPieces(printed([entry(0, message), entry(1, 'next')]), 65_536));
    expect(cut).toEqual([message.length]);
    expect(entries[0]?.message).toBe(`${message.slice(0, MAX_LINE_BYTES)} [cut: ${message.length} bytes]`);
    expect(entries[1]?.message).toBe('next');
  });

  it('has a message at the bound that is whole', () => {
    const { entries, cut } = readIn([printed([entry(0, 'x'.repeat(MAX_LINE_BYTES))])]);
    expect([entries[0]?.message.length, cut]).toEqual([MAX_LINE_BYTES, []]);
  });

  it('keeps little of other fields, however large', () => {
    const large = 'p'.repeat(1_000_000);
    const read = only(entry(0, 'x', { SYSLOG_IDENTIFIER: large, COREDUMP: Buffer.alloc(3_000_000, 0xee) }));
    expect(read?.program).toBe('p'.repeat(512));
    expect(read?.message).toBe('x');
  });

  it('is none before its empty line has come', () => {
    const bytes = printed([entry(0, 'x')]);
    expect(readIn([bytes.subarray(0, -1)]).entries).toEqual([]);
  });
});

it('says that there are no entries', () => {
  expect(readIn([Buffer.from('-- No entries --\n')]).entries).toEqual([]);
});

it('reads the same however the bytes come', () => {
  const bytes = printed([
    entry(0, 'one'),
    entry(1, 'two\nlines', { X: Buffer.from([0, 10, 10, 255]) }),
    entry(2, 'あ'),
  ]);
  const whole = readIn([bytes]).entries;
  expect(whole).toHaveLength(3);
  for (let size = 1; size < 40; size++) expect(readIn(inPieces(bytes, size)).entries).toEqual(whole);
});

it('reads back any message', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (message, size) => {
        const text = Buffer.from(message);
        const { entries } = readIn(inPieces(printed([entry(0, text), entry(1, 'next')]), size));
        expect(entries).toHaveLength(2);
        expect(Buffer.byteLength(entries[0]?.message ?? '')).toBeGreaterThanOrEqual(text.length);
      },
    ),
  );
});

it.each([
  ['a name without an end', Buffer.from(`${'x'.repeat(100)}\n`)],
  ['a size that no field has', Buffer.concat([Buffer.from('X\n'), Buffer.alloc(8, 0xff)])],
])('refuses what is no journal: %s', (_, bytes) => {
  expect(() => readIn([bytes])).toThrow('no journal');
});
