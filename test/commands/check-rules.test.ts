import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What `check` says of lines 3 and on of a config. */
async function warnings(rules: string): Promise<string[]> {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(path, `set logfile /dev/null\nset queue a f@x.org t@x.org [30 12 * * *] A\n${rules}`);
  const { err } = await runCli(['check', path]);
  return err
    .split('\n')
    .filter((line) => line.includes('never reached'))
    .map((line) => line.replaceAll(`${path}:`, ''));
}

it.each([
  [
    'asks for less',
    'a ^sshd\ntrash ^sshd: x\n',
    ['4:1: warning: never reached: 3:1 takes its lines; remove it, or move it up'],
  ],
  [
    'asks for the same in other words',
    String.raw`a ^x [0-9]+
a ^x (\d+).*
`,
    ['4:1: warning: never reached: 3:1 asks for the same; remove it, or move it up'],
  ],
  [
    'asks for what the group around it asks for',
    'a ^sshd\ngroup ^sshd\na foo\ngroup_end\n',
    ['5:1: warning: never reached: 3:1 takes its lines; remove it, or move it up'],
  ],
])('a rule that stands behind one that %s is told', async (_, rules, told) => {
  expect(await warnings(rules)).toEqual(told);
});

it.each([
  ['stands before the wider one', 'a ^sshd: x\na ^sshd\n'],
  ['stands behind one of another group', 'group_host ^db\na ^sshd\ngroup_end\na ^sshd: x\n'],
])('a rule that %s is not told', async (_, rules) => {
  expect(await warnings(rules)).toEqual([]);
});

it.each([
  ['a rule of the same words', 'a ^x\na ^x\n'],
  ['a rule behind one that takes everything', 'a .*\na ^x\n'],
])('%s is told once', async (_, rules) => {
  expect(await warnings(rules)).toHaveLength(1);
});

it('nothing is said of the rules that come with tayori', async () => {
  const { out, err } = await runCli([
    'check',
    fileURLToPath(new URL('../../conf/tenshi.conf', import.meta.url)),
  ]);
  expect(out).toContain('sound');
  expect(err).not.toContain('never reached');
});
