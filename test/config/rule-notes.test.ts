import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNotes } from '../../src/commands/check-notes.js';
import { renderFault } from '../../src/config/read/fault.js';
import { runCli } from '../support/run-cli.js';
import { BASE, type Files, read, sound, write } from './read.js';

/** The notes of a config as `line, queues of the rule, line of the rule, day: text`. */
function notes(text: string): string[] {
  return sound(`${BASE}${text}`).notes.map(
    ({ place, rule, queues, until, text }) =>
      `${place.line}:${place.column} ${queues} ${rule.line} ${until ?? '-'}: ${text}`,
  );
}

/** What is said of notes while a config is read. */
function told(text: string): string[] {
  return read(`${BASE}${text}`).told.filter((line) => /note|as a day/.test(line));
}

describe('a note (#:) above a rule', () => {
  it.each<[string, string, string[]]>([
    ['with a day', '#: old switch; until 2027-01-31\na ^x\n', ['4:4 a 5 2027-01-31: old switch']],
    ['without a day', '#: asked by Ann\na ^x\n', ['4:4 a 5 -: asked by Ann']],
    ['of a day alone', '#: until 2027-01-31\na ^x\n', ['4:4 a 5 2027-01-31: ']],
    [
      'that names its day without a semicolon',
      '#: wait until 2027-01-31\na ^x\n',
      ['4:4 a 5 2027-01-31: wait'],
    ],
    ['that only says until', '#: not until Ann is back\na ^x\n', ['4:4 a 5 -: not until Ann is back']],
    ['that holds a semicolon', '#: a; b; until 2028-02-29\na ^x\n', ['4:4 a 5 2028-02-29: a; b']],
    ['above comments, samples and empty lines', '#: n\n\n# c\n#> x 1\n#= x 1\na ^x\n', ['4:4 a 9 -: n']],
    ['of several lines', '#: n\n#: m; until 2027-01-31\na ^x\n', ['4:4 a 6 -: n', '5:4 a 6 2027-01-31: m']],
    ['above a rule of several queues', '#: n\na,b:3 ^x\n', ['4:4 a,b 5 -: n']],
    [
      'above trash and repeat',
      '#: n\ntrash ^x\n#: m\nrepeat ^y (\\d)\n',
      ['4:4 trash 5 -: n', '6:4 repeat 7 -: m'],
    ],
    ['within a group, behind blanks', 'group ^x\n  #:\tn\n  a ^x\ngroup_end\n', ['5:6 a 6 -: n']],
    ['which is a plain comment without its blank', '#:n\n##: n\na ^x\n', []],
  ])('%s', (_, text, expected) => {
    expect(notes(text)).toEqual(expected);
    expect(told(text)).toEqual([]);
  });

  it('is kept with its file, once where the file is included twice', () => {
    const files: Files = {
      'tenshi.conf': `${BASE}include more.conf\ninclude more.conf\n`,
      'more.conf': '#: n; until 2027-01-31\na ^x\n',
    };
    const { notes, files: paths } = sound(files);
    expect(notes.map(({ rule }) => rule)).toEqual([{ file: paths[1], line: 2, column: 1 }]);
  });

  it.each<[string, string, string]>([
    ['no day of the calendar', '#: n; until 2027-02-29\na ^x\n', '4:13: warning: "2027-02-29" as a day'],
    ['a day in words', '#: n; until next week\na ^x\n', '4:13: warning: "next week" as a day'],
    ['a day in another form', '#: n until 31.1.2027\na ^x\n', '4:12: warning: "31.1.2027" as a day'],
    ['nothing where the day should be', '#: n; until\na ^x\n', '4:12: warning: nothing as a day'],
  ])('warns of %s', (_, text, expected) => {
    expect(told(text)).toEqual([
      `tenshi.conf:${expected}; write a day of the calendar, as in until 2027-01-31`,
    ]);
  });

  it.each<[string, string]>([
    ['at the end of the file', '#: n\n'],
    ['above a directive', '#: n\nset mask x\na ^x\n'],
    ['above a group', '#: n\ngroup ^x\na ^x\ngroup_end\n'],
    ['above an include', '#: n\ninclude more.conf\na ^x\n'],
  ])('warns of a note %s, which has no rule', (_, text) => {
    const { told } = read({ 'tenshi.conf': `${BASE}${text}`, 'more.conf': 'a ^y\n' });
    expect(told.filter((line) => /note/.test(line))).toEqual([
      'tenshi.conf:4:4: warning: a note (#:) without its rule; write it above a rule',
    ]);
  });
});

describe('check asks about rules whose day has passed', () => {
  const text = `${BASE}set timezone Asia/Tokyo\n#: old switch; until 2027-01-31\na ^x\n#: until 2027-02-01\ntrash ^y\n#: kept\nb ^z\n`;

  it.each<[string, string, string[]]>([
    ['on the day itself nothing', '2027-01-31T14:59:59Z', []],
    [
      'on the day after, in the zone of the config',
      '2027-01-31T15:00:00Z',
      [
        '5:4: warning: the day of a rule for a has passed, 2027-01-31: "old switch"; is the rule in line 6 still needed? remove it, or write a later day',
      ],
    ],
    [
      'later, of each rule',
      '2027-02-02T00:00:00Z',
      [
        '5:4: warning: the day of a rule for a has passed, 2027-01-31: "old switch"; is the rule in line 6 still needed? remove it, or write a later day',
        '7:4: warning: the day of a rule for trash has passed, 2027-02-01; is the rule in line 8 still needed? remove it, or write a later day',
      ],
    ],
  ])('%s', (_, now, expected) => {
    const config = sound(text);
    const told = checkNotes(config, Date.parse(now)).map(renderFault);
    expect(told.map((line) => line.replace(`${config.files[0]}:`, ''))).toEqual(expected);
  });

  it('in the command', async () => {
    const past = `${BASE}#: n; until 2001-01-31\na ^x\n#: m; until 9999-01-31\nb ^x y\n`;
    const { code, err } = await runCli(['check', '-c', join(write(past), 'tenshi.conf')]);
    expect(code).toBe(0);
    expect(err.split('\n').filter((line) => line.includes('day of a rule'))).toEqual([
      expect.stringContaining(
        'tenshi.conf:4:4: warning: the day of a rule for a has passed, 2001-01-31: "n"',
      ),
    ]);
  });
});
