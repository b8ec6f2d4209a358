import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { plainOptions } from '../../src/cli/fast-path.js';
import { debianChangelog } from '../../src/package/debian-changelog.js';
import { isForThisMachine, readBinary } from '../../src/package/native-binary.js';

it('a changelog in the form of Debian has a part for each version, with its date', () => {
  const text = `# Changes

## 0.2.0 (not released)

- One that is long enough to be wrapped, since a changelog of Debian has eighty columns and not one more than that.
- Two.

### Changed

Mail:

- Three.

## 0.1.0 (2026-11-20)

Words before the list.

- First,
  in two lines.
`;
  const project = {
    version: '0.2.0~1',
    architecture: 'amd64',
    maintainer: 'A <a@x.org>',
    time: 1_790_000_000,
  };
  expect(debianChangelog(text, project)).toBe(`tayori (0.2.0~1) unstable; urgency=medium

  * One that is long enough to be wrapped, since a changelog of Debian has
    eighty columns and not one more than that.
  * Two.
  * Three.

 -- A <a@x.org>  Mon, 21 Sep 2026 14:13:20 +0000

tayori (0.1.0) unstable; urgency=medium

  * First, in two lines.

 -- A <a@x.org>  Fri, 20 Nov 2026 12:00:00 +0000
`);
});

/** The head of an ELF file, with strings behind it as compilers write them. */
function elf(machine: number, ...strings: readonly string[]): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01', 'latin1');
  head.writeUInt16LE(machine, 18);
  return Buffer.concat([head, Buffer.from(strings.map((text) => `\0${text}\0`).join(''))]);
}

/** This machine's, by the Node.js that runs here. */
const machine = readFileSync(process.execPath).readUInt16LE(18);
const libc = readBinary(readFileSync(process.execPath)).libraries.includes('libc.so.6')
  ? 'libc.so.6'
  : 'libc.musl-x86_64.so.1';
const otherLibc = libc === 'libc.so.6' ? 'libc.musl-x86_64.so.1' : 'libc.so.6';

it.each([
  ['of this processor and C library', elf(machine, libc), true],
  ['of another processor', elf(machine + 1, libc), false],
  ['of another C library', elf(machine, otherLibc), false],
  ['of another system', Buffer.from('MZ\x90\0 and so on'), false],
])('a compiled part %s is in the package: %s', (_name, bytes, isIn) => {
  expect(isForThisMachine(readBinary(bytes))).toBe(isIn);
});

it('what a compiled part needs is read from it', () => {
  const binary = readBinary(
    elf(
      62,
      'libstdc++.so.6',
      'libc.so.6',
      'GLIBC_2.9',
      'GLIBC_2.34',
      'GLIBC_2.2.5',
      'napi_register_module_v1',
    ),
  );
  expect(binary).toEqual({
    machine: '02013e00',
    libraries: ['libstdc++.so.6', 'libc.so.6'],
    glibc: '2.34',
    isNodeApi: true,
  });
});

it('the unit starts and checks tayori as the command line reads it, on one config', () => {
  const unit = readFileSync(new URL('../../conf/systemd/tayori.service', import.meta.url), 'utf8');
  const lines = [...unit.matchAll(/^Exec(Start|Reload)=tayori (.*)$/gm)].map(([, when, words = '']) => [
    when,
    plainOptions(words.split(' ')),
  ]);
  const c = '/etc/tayori/tenshi.conf';
  expect(lines).toEqual([
    ['Start', { f: true, c }],
    ['Reload', { C: true, c }],
  ]);
});
