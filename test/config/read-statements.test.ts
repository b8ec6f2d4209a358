import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { BASE, type Files, read, sound, write } from './read.js';

/** The regexes of all rules, as they stand. */
function regexes({ rules }: Config): string[] {
  return rules.map(({ pattern }) => pattern.source);
}

describe('lines', () => {
  it.each<[string, string | Buffer, string[]]>([
    ['blanks and tabs before a statement', ' \t  a x\n\ta y\n', ['x', 'y']],
    ['comments, also behind blanks, and empty lines', '# a\n  # b\n\n \t \na x\n', ['x']],
    ['a # later in a line is text', 'a ^foo #bar\n', ['^foo #bar']],
    ['blanks at the end of a regex', 'a ^x \na ^y\t\n', ['^x ', '^y\t']],
    ['a regex of one blank', 'a  \n', [' ']],
    ['several blanks before the regex', 'a \t  x\n', ['x']],
    ['CRLF, with and without blanks', 'a x\r\na y \r\n\r\n# z\r\n', ['x', 'y ']],
    ['a CR within a line', 'a x\ry\n', ['x\ry']],
    ['no newline at the end', 'a x', ['x']],
    ['U+3000 and U+00A0 are no blanks', 'a \u3000x\u00a0\n', ['\u3000x\u00a0']],
    ['no continuation lines', 'a x\\\\\na y\n', ['x\\\\', 'y']],
    ['bytes that are not UTF-8', Buffer.from('a \xe9t\xe9\n', 'latin1'), ['\\xe9t\\xe9']],
  ])('%s', (_, text, expected) => {
    const files = { 'tenshi.conf': `${BASE}include rules\n`, rules: text };
    expect(regexes(sound(files))).toEqual(expected);
  });

  it('set lines of a CRLF file mean what they mean without the CR', () => {
    const text = `set queue a f@x t@x,u@x [0 9 * * *] Logs of the web
set logfile /var/log/x
set sleep 7
set mask
set subject All logs
set mailserver 127.0.0.1:2525
set mailhelo loghost.example.org
set hidepid on
set sort_order ascending
set logprefix ^(\\S+) says
set filter a /bin/cat -n
set csv [now] /bin/cat > /dev/null
set threshold a 3 ^x$
a,csv ^y$
`;
    const folder = write({ 'tenshi.conf': text });
    const file = join(folder, 'tenshi.conf');
    const unix = readConfig(file);
    writeFileSync(file, text.replaceAll('\n', '\r\n'));
    expect(unix).toMatchObject({
      ok: true,
      faults: [],
      config: { mask: { value: '' }, sleep: { value: 7 } },
    });
    expect(JSON.stringify(readConfig(file))).toBe(JSON.stringify(unix));
  });

  it('a byte order mark, in any file', () => {
    const files = { 'tenshi.conf': `\uFEFF${BASE}include rules\n`, rules: '\uFEFFa x\n' };
    expect(regexes(sound(files))).toEqual(['x']);
  });

  it('bytes that are not UTF-8 are told where they count, not in comments', () => {
    const text = Buffer.from(`${BASE}# caf\xe9\na x\n  b caf\xe9\n`, 'latin1');
    expect(read({ 'tenshi.conf': text }).codes).toEqual(['6:3 warning not-utf8']);
  });
});

describe('include', () => {
  it('is read in place, from the folder of the file that names it, as often as it is named', () => {
    const files = {
      'tenshi.conf': `${BASE}include sub/one\na last\n`,
      'sub/one': 'a one\ninclude two\ninclude two\n',
      'sub/two': 'a two\n',
      two: 'a wrong\n',
    };
    const config = sound(files);
    expect(regexes(config)).toEqual(['one', 'two', 'two', 'last']);
    expect(config.files.map((file) => file.split('/').slice(-1)[0])).toEqual(['tenshi.conf', 'one', 'two']);
  });

  it('takes an absolute path and passes over the rest of the line, with a warning', () => {
    const rules = join(write({ rules: 'a x\n' }), 'rules');
    const { codes, ok } = read(`${BASE}include ${rules} # my rules\n`);
    expect({ codes, ok }).toEqual({
      ok: true,
      codes: ['2:11 notice unused-queue', `4:${rules.length + 10} warning ignored-text`],
    });
  });

  it('may open a group that another file closes, and define the queue of another', () => {
    const config = sound({
      'tenshi.conf': 'include queues\ninclude open\na x\ninclude close\na y\n',
      queues: BASE,
      open: 'group ^s\n',
      close: 'group_end\n',
    });
    expect(config.rules.map(({ kind }) => kind)).toEqual(['group', 'queues']);
  });

  it('settings hold for all files, wherever they stand', () => {
    const files = {
      'tenshi.conf': `${BASE}a x\ninclude last\n`,
      last: 'set mask -\nset timezone Asia/Tokyo\n',
    };
    const { mask, queues } = sound(files);
    expect(mask.value).toBe('-');
    const schedule = queues[1]?.schedule;
    expect(schedule?.kind === 'cron' && schedule.next(Date.parse('2026-11-20T12:00:00Z'))).toBe(
      Date.parse('2026-11-21T00:00:00Z'),
    );
  });

  it.each<[string, Files, string]>([
    ['a missing file', `${BASE}  include  nowhere\n`, '4:12 error unreadable-file'],
    ['a folder', { 'tenshi.conf': `${BASE}include d\n`, 'd/x': '' }, '4:9 error unreadable-file'],
    ['a name with NUL', `${BASE}include a\0b\n`, '4:9 error unreadable-file'],
    ['a name that is too long', `${BASE}include ${'x'.repeat(5000)}\n`, '4:9 error unreadable-file'],
    ['no name', `${BASE}include \n`, '4:1 error unknown-directive'],
    ['a device', `${BASE}include /dev/zero\n`, '4:9 error unreadable-file'],
    ['a missing folder', `${BASE}includedir nowhere/\n`, '4:12 error unreadable-file'],
    ['a file as a folder', `${BASE}includedir tenshi.conf\n`, '4:12 error unreadable-file'],
  ])('%s is an error', (_, files, code) => {
    const { codes, ok } = read(files);
    expect(ok).toBe(false);
    expect(codes).toContain(code);
  });

  it('a FIFO that nobody writes to is an error, and is not waited for', () => {
    const folder = write(`${BASE}include fifo\n`);
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    expect(readConfig(join(folder, 'tenshi.conf')).faults.map(({ code }) => code)).toContain(
      'unreadable-file',
    );
  });

  it('says where Tenshi found a relative path', () => {
    const folder = write({ 'tenshi.conf': `${BASE}a x\ninclude package.json\n` });
    const [fault] = readConfig(join(folder, 'tenshi.conf')).faults.filter(
      ({ severity }) => severity === 'error',
    );
    expect(fault?.instead).toContain(`write ${join(process.cwd(), 'package.json')}`);
  });

  it.each<[string, Files, RegExp]>([
    [
      'of itself',
      { 'tenshi.conf': `${BASE}include tenshi.conf\n` },
      /^tenshi\.conf:4:9: error: .*includes itself/,
    ],
    [
      'through others',
      { 'tenshi.conf': `${BASE}include b\n`, b: 'include c\n', c: '\n include ../FOLDER/b\n' },
      /^c:2:10: error: .*includes itself/,
    ],
    [
      'through its own folder',
      { 'tenshi.conf': `${BASE}includedir d\n`, 'd/x': 'includedir .\n' },
      /^d\/x:1:12: error: .*includes itself/,
    ],
  ])('a loop %s is an error', (_, files, expected) => {
    const folder = temporaryFolder();
    const base = folder.split('/').at(-1) ?? '';
    const named = Object.entries(files).map(([name, text]) => [name, String(text).replace('FOLDER', base)]);
    write(Object.fromEntries(named), folder);
    const { faults } = readConfig(join(folder, 'tenshi.conf'));
    const errors = faults.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual(['include-loop']);
    const { place, seen } = errors[0] ?? { place: { file: '', line: 0, column: 0 }, seen: '' };
    expect(`${relative(folder, place.file)}:${place.line}:${place.column}: error: ${seen}`).toMatch(expected);
  });

  it('a loop through a link is one, too', () => {
    const folder = write({ 'tenshi.conf': `${BASE}include other\n` });
    symlinkSync('tenshi.conf', join(folder, 'other'));
    expect(readConfig(join(folder, 'tenshi.conf')).faults.map(({ code }) => code)).toContain('include-loop');
  });

  it('a few files that include each other twice are given up, in words', () => {
    const files: Record<string, string> = { 'tenshi.conf': `${BASE}include 1\ninclude 1\n`, 20: 'a x\n' };
    for (let n = 1; n < 20; n++) files[n] = `include ${n + 1}\ninclude ${n + 1}\n`;
    const { codes, told } = read(files);
    expect(codes.filter((code) => code.includes('error too-much')).length).toBeGreaterThan(0);
    expect(told.join('\n')).toContain('more than 10000 files');
  });

  it('includes that are nested too deep are given up', () => {
    const files: Record<string, string> = { 'tenshi.conf': `${BASE}a x\ninclude 1\n` };
    for (let n = 1; n < 80; n++) files[n] = `include ${n + 1}\n`;
    expect(read(files).told).toContainEqual(expect.stringContaining('includes nested more than 50 deep'));
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read is an error', () => {
    const folder = write({ 'tenshi.conf': `${BASE}include secret\n`, secret: '' });
    chmodSync(join(folder, 'secret'), 0);
    const { faults } = readConfig(join(folder, 'tenshi.conf'));
    expect(faults.map(({ seen }) => seen).join('\n')).toContain('permission denied');
  });
});

describe('includedir', () => {
  it('reads plain files in byte order of their names; dot files, folders and dead links are passed over', () => {
    const folder = write({
      'tenshi.conf': `${BASE}includedir d/\na last\n`,
      'd/b': 'a b\n',
      'd/B': 'a B\n',
      'd/_': 'a _\n',
      'd/10-b': 'a 10\n',
      'd/2-a': 'a 2\n',
      'd/rules~': 'a tilde\n',
      'd/便': 'a letter\n',
      'd/.hidden': 'a hidden\n',
      'd/folder/x': 'a x\n',
      elsewhere: 'a linked\n',
    });
    symlinkSync('../elsewhere', join(folder, 'd/c'));
    symlinkSync('nowhere', join(folder, 'd/dead'));
    const result = readConfig(join(folder, 'tenshi.conf'));
    expect(result.ok && regexes(result.config)).toEqual([
      '10',
      '2',
      'B',
      '_',
      'b',
      'linked',
      'tilde',
      'letter',
      'last',
    ]);
  });

  it('an empty folder is fine', () => {
    const folder = write({ 'tenshi.conf': `${BASE}includedir d\na x\nb y\n` });
    mkdirSync(join(folder, 'd'));
    expect(readConfig(join(folder, 'tenshi.conf'))).toMatchObject({ ok: true, faults: [] });
  });

  it('a name that is not UTF-8 is told', () => {
    const folder = write({ 'tenshi.conf': `${BASE}includedir d\na x\nb y\n` });
    mkdirSync(join(folder, 'd'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/d/caf`), Buffer.from([0xe9])]), 'a z\n');
    const result = readConfig(join(folder, 'tenshi.conf'));
    expect(result.faults.map(({ code, severity }) => [code, severity])).toEqual([['not-utf8', 'warning']]);
  });

  it('each fault names the file it is in, in the order of reading', () => {
    const { told } = read({
      'tenshi.conf': `${BASE}includedir d\nx 3\nb y\n`,
      'd/1': 'x 1\n',
      'd/2': '\n\tx 2\na z\n',
    });
    expect(told.map((line) => line.split(': ')[0])).toEqual(['tenshi.conf:5:1', 'd/1:1:1', 'd/2:2:2']);
  });
});

describe('the main file', () => {
  it.each(['nowhere.conf', 'folder', 'a\0b'])('%j cannot be read: one fault, at its first line', (name) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    const file = join(folder, name);
    expect(readConfig(file)).toMatchObject({
      ok: false,
      faults: [{ severity: 'error', code: 'unreadable-file', place: { file, line: 1, column: 1 } }],
    });
  });

  it('an empty one has no queue', () => {
    expect(read('').codes).toEqual(['1:1 error incomplete', '1:1 warning incomplete']);
  });

  it('one of more than 16 MiB is a log by mistake', () => {
    expect(read('# 345678901234567890123456789012\n'.repeat(520_000)).told).toEqual([
      expect.stringContaining('it is larger than 16 MiB'),
    ]);
  });

  it('a relative path does', () => {
    const folder = write({
      'tenshi.conf': `${BASE}set logfile log\ninclude sub/rules\nb y\n`,
      'sub/rules': 'a x\n',
    });
    const result = readConfig(relative(process.cwd(), join(folder, 'tenshi.conf')));
    expect(result.ok && result.config.logfiles.map(({ value }) => value)).toEqual([
      '/var/log/x',
      join(folder, 'log'),
    ]);
    rmSync(join(folder, 'sub'), { recursive: true });
    expect(readConfig(join(folder, 'tenshi.conf')).ok).toBe(false);
  });
});
