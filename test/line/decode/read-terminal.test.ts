import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTerminalReader, terminalText } from '../../../src/line/decode/read-terminal.js';
import { MAX_CELLS } from '../../../src/line/decode/terminal-row.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ESC = '\x1b';

describe('a line of a typescript reads as it looked', () => {
  it.each([
    ['plain text', '$ ls -la\r', '$ ls -la'],
    ['blanks in front stay', '  total 7\r', '  total 7'],
    ['backspaces, as bash echoes them', '$ lx\b \bs', '$ ls'],
    ['backspaces that erase to the end', `$ lx\b${ESC}[Ks`, '$ ls'],
    ['a line that was thrown away', `$ rm x\b\b\b\b${ESC}[Kls`, '$ ls'],
    ['a character that was put in between', `$ ct x\b\b\b${ESC}[1@a`, '$ cat x'],
    ['a character that was taken out', `$ caat x\b\b\b\b${ESC}[1P`, '$ cat x'],
    ['the cursor to the left and to the right', `$ abc${ESC}[2DX${ESC}[CY`, '$ aXcY'],
    ['a column', `$ abc${ESC}[3GX`, '$ Xbc'],
    ['a return that begins again', '10 %\r50 %\r100 %', '100 %'],
    ['a return and an erasure', `working\r${ESC}[Kdone`, 'done'],
    ['colours', `${ESC}[01;32mopc@web1${ESC}[00m:${ESC}[01;34m~${ESC}[00m$ id`, 'opc@web1:~$ id'],
    ['a title', `${ESC}]0;opc@web1: ~\x07$ id`, '$ id'],
    ['a title that ends with ST', `${ESC}]2;x${ESC}\\$ id`, '$ id'],
    ['bracketed paste', `${ESC}[?2004h$ id${ESC}[?2004l\r`, '$ id'],
    ['character sets, bells and NULs', `${ESC}(B\x07a\0b\x0fc`, 'abc'],
    ['full-width letters, which backspace in two steps', '$ 日本\b \b\b \b', '$ 日'],
    ['an accent of its own', '$ e\u0301\b \bx', '$ x'],
    ['a line that readline wraps', `$ ${'x'.repeat(78)} \ryz`, `$ ${'x'.repeat(78)}yz`],
    [
      'the editor, from its beginning to its end',
      `$ vi a${ESC}[?1049h${ESC}[2;1H~${ESC}[?1049l$ `,
      '$ vi a [full screen] $',
    ],
    ['a screen that was cleared', `old${ESC}[H${ESC}[2Jnew`, 'old new'],
    ['keys as typed: DEL, ^W, ^U', 'rm x\x7f\x7f\x7f\x7fls -l abc\x17x', 'ls -l x'],
    ['^U', 'rm x\x15ls', 'ls'],
  ])('%s', (_, line, text) => {
    expect(terminalText(line)).toBe(text);
  });
});

describe('nothing is hidden by a prompt', () => {
  it.each([
    ['a title that never ends', `${ESC}]0;rm -rf /`, '0;rm -rf /'],
    ['a sequence that never ends', `$ rm${ESC}[`, '$ rm'],
    ['a screen that does not end in the line', `${ESC}[?1049h$ rm x`, '$ rm x'],
    ['text that is painted elsewhere', `$ rm x${ESC}[1;1H$ ls`, '$ rm x $ ls'],
  ])('%s', (_, line, text) => {
    expect(terminalText(line)).toBe(text);
  });
});

describe('bad input is bounded', () => {
  it.each([
    ['a cursor far to the right', `a${ESC}[1000000000Cb`],
    ['a column far to the right', `a${ESC}[99999999999999999999Gb`],
    ['many blanks put in', `a\b${`${ESC}[9999@`.repeat(10_000)}b`],
    ['a cursor to the left of everything', `a${ESC}[1000000000Db`],
    ['deletions', `${'a'.repeat(4000)}\r${`${ESC}[P`.repeat(60_000)}b`],
    ['beginnings of sequences', `${ESC}[`.repeat(128_000)],
    ['titles that never end', `${ESC}]`.repeat(128_000)],
    ['screens that never end', `${ESC}[?47h`.repeat(40_000)],
    ['backspaces', '\b'.repeat(256_000)],
    ['words', `${'a '.repeat(60_000)}${'\x17'.repeat(60_000)}`],
    ['returns', ' \r'.repeat(128_000)],
  ])('%s', (_, line) => {
    expect(terminalText(line).length).toBeLessThanOrEqual(Math.max(line.length, MAX_CELLS));
  });

  it('a line of 256 kB stays whole', () => {
    expect(terminalText('x'.repeat(256_000)).replaceAll(' ', '')).toHaveLength(256_000);
  });
});

it('a line is an entry without a prefix, and an empty one none', () => {
  const read = createTerminalReader('here');
  const line = 'Nov 20 11:00:00 web1 su: x';
  expect(read(line)).toMatchObject({ kind: 'entry', entry: { host: 'here', time: null, text: line } });
  expect(read(`${ESC}[0m\r`)).toEqual({ kind: 'marker' });
});

/** Types into a bash under script(1), a line at each prompt. Resolves with the typescript. */
async function typescript(lines: readonly string[]): Promise<string> {
  const path = join(temporaryFolder(), 'typescript');
  const shell = spawn('script', ['-q', '-f', '-c', 'bash --norc --noprofile -i', path], {
    env: { PATH: process.env.PATH, TERM: 'xterm', HISTFILE: '/dev/null', LC_ALL: 'C.UTF-8' },
  });
  const left = [...lines, 'exit'];
  let seen = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (!/[#$] $/.test(seen)) return;
    seen = '';
    shell.stdin.write(`${left.shift() ?? ''}\n`);
  });
  await once(shell, 'close');
  return readFileSync(path, 'utf8');
}

describe.skipIf(!existsSync('/usr/bin/script') && !process.env.CI)('what script(1) writes of bash', () => {
  it.each([
    ['a correction with backspace', 'echo one twp\x7fo', 'echo one two', 'one two'],
    ['the cursor to the left', 'echo xy\x1b[D\x7fa', 'echo ay', 'ay'],
    ['text put in at the beginning', 'one\x01echo \x05 two', 'echo one two', 'one two'],
    ['a line thrown away', 'rm -rf x\x15echo right', 'echo right', 'right'],
    ['a word thrown away', 'echo good bad\x17all', 'echo good all', 'good all'],
    ['letters beyond ASCII', 'echo 日本\x7f語', 'echo 日語', '日語'],
    ['a long line', `echo ${'a'.repeat(90)} b`, `echo ${'a'.repeat(90)} b`, `${'a'.repeat(90)} b`],
  ])('%s', async (_, typed, command, seen) => {
    const lines = (await typescript([typed])).split('\n').map(terminalText);
    const at = lines.findIndex((line) => /^\S+[#$] echo/.test(line));
    expect(lines[at]?.replace(/^\S+[#$] /, '')).toBe(command);
    expect(lines[at + 1]).toBe(seen);
  });
});
