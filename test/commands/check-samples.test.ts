import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What `check` says of samples and odd rules, as `line:column: severity: text`. */
async function told(rules: string): Promise<string[]> {
  const folder = temporaryFolder();
  const path = join(folder, 'tenshi.conf');
  const base =
    'set queue a f@x.org t@x.org [now]\nset queue b f@x.org t@x.org [now]\nset logfile /var/log/x\n';
  writeFileSync(path, `${base}set hidepid on\nset mask ___\n${rules}\n`);
  const { code, err } = await runCli(['check', '-c', path]);
  expect(code).toBe(0);
  return err
    .split('\n')
    .filter((line) => /sample|result|matches no line/.test(line))
    .map((line) => line.replace(`${path}:`, '').replaceAll(path, 'PATH'));
}

describe('check tries the samples of rules', () => {
  it.each<[string, string, string[]]>([
    ['a sample that its rule takes', '#> sshd[812]: from 7\n#= sshd: from ___\na ^sshd: from (\\d+)', []],
    [
      'a sample that was pasted with its prefix',
      '#> Nov 29 12:00:00 h sshd[8]: from 7\na ^sshd: from (\\d+)',
      [],
    ],
    [
      'several samples, comments and empty lines between',
      '#> x: 1\n# one\n\n#> x: 2\n#= x: ___\na ^x: (\\d)',
      [],
    ],
    ['a sample of a trash rule', '#> x: 1\ntrash ^x: (\\d)', []],
    [
      'a sample that its rule does not match',
      '#> sshd: to 7\na ^sshd: from (\\d+)',
      [
        '6:1: warning: the rule in PATH:7:1 does not match its sample; correct the rule, or the line behind #>',
      ],
    ],
    [
      'a result that is another one',
      '#> x: 1\n#= x: 1\na ^x: (\\d)',
      ['7:1: warning: the rule makes "x: ___" of its sample; write that behind #=, or correct the rule'],
    ],
    [
      'a sample that another rule takes before',
      'b ^x\n#> x: 1\na ^x: (\\d)',
      [
        '7:1: warning: PATH:6:1 takes the sample, above its rule in PATH:8:1; move one of the rules, or make it narrower',
      ],
    ],
    ['a sample below another rule that it is not of', '#> x: 1\na ^x: (\\d)\nb ^x', []],
    ['a sample in a group', 'group ^x\n#> x: 1\na (\\d)\ngroup_end', []],
    [
      'a sample that its group does not let in',
      'group ^y\n#> x: 1\na (\\d)\ngroup_end\nb ^x',
      [
        '7:1: warning: PATH:10:1 takes the sample, above its rule in PATH:8:1; move one of the rules, or make it narrower',
      ],
    ],
    [
      'a sample in a group of hosts, of which no line is',
      'group_host ^web\n#> x: 1\na (\\d)\ngroup_end\nb ^x',
      [],
    ],
    [
      'a sample without a rule',
      'a ^x\n#> x: 1\nset mask ___\n#> x: 2',
      [
        '7:1: warning: a sample (#>) without its rule; write it above the rule that takes it',
        '9:1: warning: a sample (#>) without its rule; write it above the rule that takes it',
      ],
    ],
    [
      'a result without a sample',
      '#= x: 1\na ^x',
      ['6:1: warning: a result (#=) without its sample; write #> LINE above it'],
    ],
  ])('%s', async (_, rules, expected) => {
    expect(await told(rules)).toEqual(expected);
  });
});

it('check warns of a rule that matches no line, and says why', async () => {
  expect(await told('a ^x$ \nb y^z\na ^ok$')).toEqual([
    '6:1: warning: a regex that matches no line: it asks for something behind $, or in front of ^; remove the blanks at the end of the line',
    '7:1: warning: a regex that matches no line: it asks for something behind $, or in front of ^; remove that, or write \\$ and \\^',
  ]);
});

it('all samples of the rules that ship are right', async () => {
  const { err } = await runCli(['check', '-c', 'conf/tenshi.conf']);
  expect(err.split('\n').filter((line) => /sample|result|matches no line/.test(line))).toEqual([]);
});
