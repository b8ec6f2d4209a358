import { describe, expect, it } from 'vitest';
import { suggestingQueues } from '../../src/config/suggesting.js';
import { BASE, read, sound } from './read.js';

/** Warnings and notices of the lines from 4 on. */
function told(text: string): string[] {
  return read(`${BASE}${text}`)
    .told.filter((line) => /automask|proposals/.test(line))
    .map((line) => line.replace('tenshi.conf:', ''));
}

describe('set automask where no rule masks by it', () => {
  const NOTICE =
    '4:14: notice: an automask of "a", whose rules all have groups and mask by these; write a rule without groups, or remove the line';
  it.each<[string, string, string[]]>([
    ['all rules have groups', 'set automask a\na ^x (\\d)\nb,a ^y (\\d)\nb .*\n', [NOTICE]],
    ['also in a group, whose own regex has none', 'set automask a\ngroup ^x\na (\\d)\ngroup_end\n', [NOTICE]],
    ['also by escalation', 'set automask a\nb,a:10 ^x (\\d)\n', [NOTICE]],
    ['one has none', 'set automask a\na ^x (\\d)\na ^y\n', []],
    ['one has a group that masks nothing', 'set automask a\na ^x (?:\\d)\n', []],
    [
      'lines of noprefix come by no rule',
      'set queue noprefix f@x t@x [now]\nset automask noprefix\nnoprefix (x)\n',
      [],
    ],
    ['it is off', 'set automask a off\na ^x (\\d)\n', []],
  ])('%s', (_, text, expected) => expect(told(text)).toEqual(expected));
});

describe('set suggest where nothing is proposed', () => {
  const others = (queue: string): string =>
    `4:13: notice: proposals for "${queue}", which no rule such as misc .* fills; name the queue of such a rule`;
  it.each<[string, string, string[]]>([
    ['a queue of a catch-all', 'set suggest on b\na ^x\nb .*\n', []],
    ['all such queues', 'set suggest on\na ^x\nb .*\n', []],
    ['a queue that other rules fill, too', 'set suggest on b\na ^x\nb ^y\nb .*\n', []],
    ['a queue without a catch-all', 'set suggest on a\na ^x\nb .*\n', [others('a')]],
    [
      'no queue with a catch-all',
      'set suggest on\na ^x\n',
      [
        '4:13: notice: proposals, and no queue is filled by a rule such as misc .*; write one at the end of the rules',
      ],
    ],
    [
      'an unknown queue',
      'set suggest on bb\nb .*\n',
      ['4:13: warning: proposals of the unknown queue "bb"; did you mean b?'],
    ],
    [
      'plain letters',
      'set suggest on b\nset letter plain\nb .*\n',
      ['4:13: notice: proposals for "b", whose letters have no room for them; remove the line'],
    ],
    [
      'a pager',
      'set suggest on b\nset queue b f@x pager:t@x [now]\nb .*\n',
      ['4:13: notice: proposals for "b", whose letters have no room for them; remove the line'],
    ],
    ['it is off', 'set suggest off bb\nset suggest off\n', []],
  ])('%s', (_, text, expected) => expect(told(text)).toEqual(expected));
});

describe('the queues whose letters propose rules', () => {
  it.each<[string, string, string[]]>([
    ['none without a line', '', []],
    ['one that is named', 'set suggest on b\n', ['b']],
    ['all of catch-alls without a name', 'set suggest on\n', ['b', 'c']],
    ['but for one that is off', 'set suggest on\nset suggest off b\n', ['c']],
    ['one that is named above holds', 'set suggest on b\nset suggest off\n', ['b']],
    ['the last line of a queue holds', 'set suggest on b\nset suggest off b\n', []],
    ['one with rules of its own has none', 'set suggest on a\n', []],
  ])('%s', (_, text, expected) => {
    const conf = `${BASE}set section c b Others\n${text}a ^x\ngroup_host ^db\nc .*\ngroup_end\nb .*\n`;
    expect([...suggestingQueues(sound(conf))].sort()).toEqual(expected);
  });
});
