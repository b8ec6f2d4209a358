import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const REPEATS = String.raw`repeat ^(?:--- )?(?:last message repeated|above message repeats) (\d+) times?
repeat ^(?:[^:\[\]]+(?:\[\d+\])?:? )?message repeated (\d+) times: \[
repeat ^[^:\[\]]+(?:\[\d+\])?: Last message '.*' repeated (\d+) times?, suppressed by syslog-ng`;

/** `HOST COUNT MESSAGE` for each message of the letter that a log makes. */
async function messagesOf(log: string, rules = 'a .*'): Promise<string[]> {
  const folder = temporaryFolder();
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(
    conf,
    `set mailserver localhost\nset logfile ${join(folder, 'x.log')}\nset hidepid on\nset timezone UTC\nset queue a f@x.org t@x.org [now]\n${REPEATS}\n${rules}\n`,
  );
  const { out } = await runCli(['digest', '-c', conf, '--format', 'json', '-'], log);
  const letters = JSON.parse(out) as {
    hosts: { host: string; messages: { count: number; message: string }[] }[];
  }[];
  return letters
    .flatMap(({ hosts }) => hosts)
    .flatMap(({ host, messages }) => messages.map(({ count, message }) => `${host} ${count} ${message}`))
    .sort();
}

const at = (text: string): string => `Nov 20 10:00:00 h ${text}\n`;
const modern = (text: string): string => `2026-11-20T10:00:00Z h ${text}\n`;

describe('a repeat counts for the message that it names', () => {
  it.each<[string, string, string[]]>([
    [
      'L18: lines of other files and programs stand between',
      at('sshd[5]: Failed password for root from 192.0.2.3') +
        at('CRON[6]: (root) CMD (true)') +
        at('sshd[5]: message repeated 3 times: [ Failed password for root from 192.0.2.3]') +
        at('phpMyAdmin[7]: message repeated 4 times: [ user denied: root]'),
      [
        'h 1 CRON: (root) CMD (true)',
        'h 4 phpMyAdmin: user denied: root',
        'h 4 sshd: Failed password for root from 192.0.2.3',
      ],
    ],
    [
      'L19: rsyslog of RFC 5424, without a colon',
      modern('app[5] text') + modern('other: x') + modern('app[5] message repeated 3 times: [text]'),
      ['h 1 other: x', 'h 4 app: text'],
    ],
    [
      'L19: a tag with a blank',
      modern('my app: text') + modern('other: x') + modern('my app: message repeated 3 times: [ text]'),
      ['h 1 other: x', 'h 4 my app: text'],
    ],
    [
      'L19: syslog-ng',
      at('app[5]: text') +
        at('other: x') +
        at("app[5]: Last message 'text' repeated 3 times, suppressed by syslog-ng on vm"),
      ['h 1 other: x', 'h 4 app: text'],
    ],
    [
      'a message that syslog-ng has cut is the last one of the host',
      at('app[5]: Failed password for root') +
        at("app[5]: Last message 'Failed password for ' repeated 3 times, suppressed by syslog-ng on vm"),
      ['h 4 app: Failed password for root'],
    ],
    [
      'one that names none is the last one of the host',
      at('app: text') + at('last message repeated 2 times') + at('--- last message repeated 1 time ---'),
      ['h 4 app: text'],
    ],
    [
      'brackets in brackets are the last one of the host',
      at('app: text') + at('app: message repeated 2 times: [ message repeated 9 times: [ x]]'),
      ['h 3 app: text'],
    ],
  ])('%s', async (_, log, messages) => {
    expect(await messagesOf(log)).toEqual(messages);
  });

  it('it is masked, and goes to the queue, as the message itself', async () => {
    const rules = 'trash ^noise\na ^sshd: Failed password for (\\S+)';
    const log =
      at('sshd[1]: Failed password for ann') +
      at('x[5]: message repeated 3 times: [ never mind]') +
      at('sshd[5]: message repeated 3 times: [ Failed password for bob]') +
      at('message repeated 3 times: [noise]');
    expect(await messagesOf(log, rules)).toEqual(['h 4 sshd: Failed password for ______']);
  });
});

describe('journalctl | tayori digest -', () => {
  const HEAD = 'Nov 20 10:00:00 h app[1]: ';
  const indent = ' '.repeat(HEAD.length);

  it.each<[string, string, string[]]>([
    [
      'L21: the further lines of a message are part of it',
      `-- Boot 0123456789abcdef0123456789abcdef --\n${HEAD}first\n${indent}second\n${indent}  third\n${HEAD}next\n`,
      ['h 1 app: first second third', 'h 1 app: next'],
    ],
    [
      'they are indented to the column of the text, and a line that is not stands alone',
      `${HEAD}first\n  second\n${HEAD}next\n`,
      ['h 1 app: first', 'h 1 app: next'],
    ],
    [
      'so many lines are joined, and the rest stand alone',
      `${HEAD}first\n${`${indent}x\n`.repeat(600)}${HEAD}next\n`,
      [`h 1 app: first${' x'.repeat(499)}`, 'h 1 app: next'],
    ],
    [
      'in each of its forms',
      [
        'Sun 2026-11-29 10:00:00 UTC h app[1]: one',
        '                                      two',
        'Sun 2026-11-29 10:00:00 UTC h app.service[1]: one',
        '1795946400.123456 h app[1]: one',
        '[12345.678901] h app[1]: one',
        'Nov 20 10:00:00.123456 h app[1]: one',
        '2026-11-29T10:00:00+0100 h app[1]: one',
        '-- Reboot --',
        '',
      ].join('\n'),
      ['h 1 app.service: one', 'h 1 app: one two', 'h 4 app: one'],
    ],
    [
      'a message of many lines is one, however the stream is cut',
      `${`${HEAD}first\n${`${indent}${'x'.repeat(90)}\n`.repeat(40)}`.repeat(500)}${HEAD}end\n`,
      [`h 1 app: end`, `h 500 app: first ${Array(40).fill('x'.repeat(90)).join(' ')}`],
    ],
  ])('%s', async (_, log, messages) => {
    expect(await messagesOf(log)).toEqual(messages);
  });
});

it('digest -v tells how many lines each dialect has read', async () => {
  const folder = temporaryFolder();
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(
    conf,
    `set mailserver localhost\nset logfile ${folder}/x\nset queue a f@x.org t@x.org [now]\na .*\n`,
  );
  const log = `${at('a: x')}${at('b: x')}${modern('c: x')}<190>421: Nov 23 22:23:27: %SEC-6-X: y\nnothing\n`;
  const { err } = await runCli(['digest', '-v', '-c', conf, '-'], log);
  expect(err).toMatch(
    /How the lines were read:\n {2}2 by RFC 3164, as in: .*\n {2}1 by Cisco IOS, as in: .*\n {2}1 by RFC 3339, as in: .*\n {2}1 by no known prefix\n$/,
  );
});
