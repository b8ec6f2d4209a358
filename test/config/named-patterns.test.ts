import { describe, expect, it } from 'vitest';
import { BUILT_IN_PATTERNS } from '../../src/rule/built-in-patterns.js';
import { BASE, read, sound } from './read.js';

/** What the first rule of a config makes of a text; null: it does not match. */
function masked(config: string, text: string): string | null {
  return sound(`${BASE}${config}\n`).rules[0]?.pattern.mask(text, '~') ?? null;
}

const { raw } = String;

describe('a name in a rule', () => {
  it.each<[string, string, string, string | null]>([
    ['stands for the regex', raw`a ^from %{IP}$`, 'from 10.0.0.1', 'from 10.0.0.1'],
    ['and for nothing else', raw`a ^from %{IP}$`, 'from ten', null],
    ['names a group, which is masked', raw`a ^from %{IP:ip} to`, 'from fe80::1%eth0 to', 'from ~ to'],
    ['may stand in a group', raw`a ^job (%{NUMBER}|none)`, 'job none', 'job ~'],
    ['may be repeated', raw`a ^(?:%{HEX} ?){3}$`, 'a1 b2 c3', 'a1 b2 c3'],
    ['is defined by the config', 'set pattern JOB [a-z]+\na ^job %{JOB:job}', 'job abc', 'job ~'],
    ['holds above its definition, too', 'a ^job %{JOB:job}\nset pattern JOB [a-z]+', 'job abc', 'job ~'],
    [
      'may stand in another pattern',
      raw`set pattern NET %{IP}/\d+`.concat('\na ^%{NET:net}$'),
      '10.0.0.0/8',
      '~',
    ],
    ['may replace a built-in one', 'set pattern IP ten\na ^from %{IP:ip}', 'from ten', 'from ~'],
    ['is one, whatever is beside it', 'set pattern AB a|b\na ^x%{AB}y$', 'xby', 'xby'],
    ['does not take modifiers of the rule', 'set pattern AB ab\na (?i)^x %{AB}', 'X AB', null],
    ['stands in the heads of groups', 'group ^%{IP}\na (x)\ngroup_end', '10.0.0.1 x', null],
    ['is text that Perl reads behind a backslash', raw`a ^\%{IP}`, '%{IP}', '%{IP}'],
    ['is text in a class', 'a ^[]%{IP}]+$', 'P}', 'P}'],
    ['is text in a class with a class of POSIX', 'a ^[[:digit:]%{IP}]+$', '1P}', '1P}'],
    ['is text in a quotation', raw`a ^\Q%{IP}\E$`, '%{IP}', '%{IP}'],
    ['is text where no pattern has it', 'a ^%{NOPE}$', '%{NOPE}', '%{NOPE}'],
    ['is a quantifier where it is a number', 'a ^%{2}$', '%%', '%%'],
  ])('%s', (_, config, text, expected) => {
    if (config.startsWith('group')) {
      expect(sound(`${BASE}${config}\n`).rules[0]?.pattern.test(text)).toBe(true);
      return;
    }
    expect(masked(config, text)).toBe(expected);
  });
});

describe('what is wrong is told at its place in the text of the rule', () => {
  it.each<[string, string]>([
    [
      'a ^x %{IP:i} %{NOPE} y',
      'tenshi.conf:4:14: warning: no pattern is named "NOPE": "%{NOPE}" is matched as it stands; define it, as in set pattern NOPE \\S+; for the text itself write \\%\\{NOPE',
    ],
    [
      'a ^x %{IB:i}',
      'tenshi.conf:4:6: warning: no pattern is named "IB": "%{IB:i}" is matched as it stands; did you mean %{IP}? For the text itself write \\%\\{IB',
    ],
    ['a ^é %{IP} (x', 'tenshi.conf:4:12: error:'],
    ['a ^%{IP}%{IP}*+*', 'tenshi.conf:4:16: error:'],
    [
      'a ^x %{IP:1st}',
      'tenshi.conf:4:6: error: "1st" as the name of a group; write a letter, then letters, digits and _',
    ],
    ['set pattern X', 'tenshi.conf:4:13: error: no regex; write set pattern X \\S+'],
    ['set pattern', 'tenshi.conf:4:12: error: "" as a name; write a letter, then letters, digits and _'],
    [
      'set pattern 1X y',
      'tenshi.conf:4:13: error: "1X" as a name; write a letter, then letters, digits and _',
    ],
    [
      'set pattern X (y)',
      'tenshi.conf:4:15: error: a capture group in a named pattern; write (?:...) here, and %{NAME:group} in rules',
    ],
    ['set pattern X a(', 'tenshi.conf:4:16: error:'],
    [
      'set pattern X (?x) y # z',
      'tenshi.conf:4:15: error: a regex that cannot stand in another one; take the comment at its end out',
    ],
    [
      'set pattern IP x',
      'tenshi.conf:4:13: notice: another pattern "IP"; this line replaces the built-in one',
    ],
    [
      'set pattern X x\nset pattern X y',
      'tenshi.conf:5:13: notice: another pattern "X"; this line replaces the earlier one',
    ],
    ['set pattern X %{Y}\nset pattern Y y', 'tenshi.conf:4:15: warning: no pattern is named "Y"'],
  ])('%j', (config, expected) => {
    const { told } = read(`${BASE}${config}\n`);
    expect(told.map((one) => one.slice(0, expected.length))).toContain(expected);
  });

  it('patterns in patterns cannot grow without end', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `set pattern P${at + 1} %{P${at}}%{P${at}}`);
    const { codes } = read(`${BASE}set pattern P0 xxxxxxxxxx\n${lines.join('\n')}\na ^x\n`);
    expect(codes.filter((code) => code.includes('error'))).not.toEqual([]);
  });
});

const VALUES: Readonly<Record<string, readonly string[]>> = {
  IP: ['10.0.0.1', '::1', 'fe80::1%eth0', '2001:db8:0:1:2:3:4:5', '::ffff:192.0.2.7', '1::'],
  HOST: ['mail', 'mail-1.example.org', '10.0.0.1', 'a'],
  USER: ['ann', 'www-data', 'DOM\\ann', 'host$', 'ann@example.org'],
  MAIL: ['ann@example.org', 'a.b+c=d@x-y.example'],
  PATH: ['/', '/var/log/x.log', '~/x', './a', '../b'],
  NUMBER: ['7', '-0.5', '+1,234.5', '1.2.3'],
  HEX: ['1f', '0xDEADbeef'],
  UUID: ['550e8400-e29b-41d4-a716-446655440000'],
  MAC: ['00:1a:2b:3c:4d:5e', '00-1A-2B-3C-4D-5E'],
};

describe('the built-in pattern', () => {
  it.each(BUILT_IN_PATTERNS.map(([name]) => name))('%s takes its values whole', (name) => {
    for (const value of VALUES[name] ?? [])
      expect(masked(`a ^x %{${name}:v} y$`, `x ${value} y`)).toBe('x ~ y');
    expect(VALUES[name]?.length).toBeGreaterThan(0);
    expect(masked(`a ^x %{${name}:v} y$`, 'x  y')).toBe(null);
  });
});
