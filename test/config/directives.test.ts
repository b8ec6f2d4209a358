import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { DIRECTIVES, type SetDirective } from '../../src/config/directives/directives.js';
import { ROWS, within } from './directive-rows.js';
import { BASE, read, sound } from './read.js';

const RULES = 'a x\nb y\n';

it('every directive is tried here', () => {
  expect(Object.keys(ROWS).sort()).toEqual(DIRECTIVES.map(({ name }) => name).sort());
});

it('no two directives have the same name or the same field', () => {
  const names = DIRECTIVES.map(({ name }) => name);
  const fields = DIRECTIVES.flatMap(({ field }) => field ?? []);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(fields).size).toBe(fields.length);
});

/** What the directive's field holds: its value, or its values. */
function held({ field }: SetDirective, config: Config, folder: string): unknown {
  const setting = field && config[field];
  if (Array.isArray(setting))
    return setting.map((one: { readonly value: unknown }) => within(folder, one.value));
  return setting !== null && 'value' in setting ? within(folder, setting.value) : setting;
}

describe.each(DIRECTIVES)('set $name', (directive) => {
  const { name, grammar, help } = directive;
  const row = ROWS[name];
  if (!row) throw new Error(`no row for ${name}`);
  const { pick = (config: Config, folder: string) => held(directive, config, folder) } = row;

  it('is described', () => {
    expect(grammar).not.toBe('');
    expect(help).toMatch(/^[A-Z].{15,}\.$/s);
  });

  it(`prints its default: ${row.prints}`, () => {
    expect(directive.default).toBe(row.prints);
  });

  const picked = (line: string): unknown => {
    const result = read(`${BASE}${RULES}${line}\n`);
    if (!result.ok) throw new Error(result.told.join('\n'));
    return pick(result.config, result.folder);
  };

  it('has its default where it is not set', () => {
    expect(picked('')).toEqual(row.unset);
  });

  if (row.unset !== null && !Array.isArray(row.unset))
    it('takes what it prints for its default', () => {
      expect(picked(`set ${name} ${row.prints}`)).toEqual(row.unset);
    });

  it.each(row.good)('takes "%s"', (value, expected) => {
    expect(picked(`set ${name} ${value}`)).toEqual(expected);
  });

  it.each(row.bad)('refuses "%s" at its place', (value) => {
    const { faults } = read(`${BASE}${RULES}  set ${name} ${value}\n`);
    const errors = faults.filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.place.line).toBe(6);
    expect(errors[0]?.place.column).toBeGreaterThanOrEqual(3);
    expect(errors[0]?.place.column).toBeLessThanOrEqual(`  set ${name} ${value}`.length + 1);
  });
});

it.each([
  ['set sleep 5\nset sleep 7', ({ sleep }: Config) => sleep.value, 7],
  ['set mask X\nset mask', ({ mask }: Config) => mask.value, ''],
  [
    'set filter a /bin/sh 1\nset filter a /bin/sh 2',
    ({ filters }: Config) => filters.map((f) => f.command),
    ['/bin/sh 2'],
  ],
  ['set template a 1\nset template a /2', ({ templates }: Config) => templates.map((t) => t.path), ['/2']],
  ['set fold a 2m\nset fold a 3m', ({ folds }: Config) => folds.map((f) => f.steps), [[180_000]]],
  ['set fold a 2m\nset fold a off', ({ folds }: Config) => folds, []],
  ['set values a off\nset values a on', ({ valuesOff }: Config) => valuesOff, []],
  ['set alias r a@x\nset alias r b@x', ({ aliases }: Config) => aliases.map(({ to }) => to), [['b@x']]],
  [
    'set queue a f@x u@x [now]',
    ({ queues }: Config) => queues.map(({ name, to }) => [name, ...to]),
    [
      ['a', 'u@x'],
      ['b', 'to@x'],
    ],
  ],
])('of two the last holds: %j', (lines, pick, expected) => {
  expect(pick(sound(`${BASE}${RULES}${lines}\n`))).toEqual(expected);
});

describe.each(['logfile', 'fifo', 'state', 'pidfile'])('the path of set %s', (name) => {
  const errors = (path: string): readonly string[] =>
    read(`${BASE}${RULES}set ${name} ${path}\n`).told.filter((line) => line.includes(' error: '));
  const deep = (bytes: number): string => `/${'d/'.repeat(bytes)}`.slice(0, bytes);

  it.each([
    ['a name at its bound', `/${'x'.repeat(255)}`],
    ['a name of wide characters at its bound', `/${'\u3042'.repeat(85)}`],
    ['a path at its bound', deep(4095)],
    ['a pattern that is longer than what it matches', `/${'[ab]'.repeat(70)}`],
  ])('may be as long as the system takes: %s', (_, path) => {
    expect(errors(path)).toEqual([]);
  });

  it.each([
    ['a name above its bound', `/${'x'.repeat(256)}`],
    ['a name of wide characters above its bound', `/${'\u3042'.repeat(86)}`],
    ['a path above its bound', `${deep(4095)}x`],
    ['far above it', `/${'x'.repeat(60_000)}`],
  ])('is refused in words where none can be so long: %s', (_, path) => {
    expect(errors(path)).toEqual([
      expect.stringMatching(
        /:6:\d+: error: ".{80}\.\.\." as a path; write a shorter one: names have at most 255/,
      ),
    ]);
  });
});

it('a second set csv is a fault, which names the first', () => {
  const csv = 'set csv [now] /bin/sh 1\n';
  const { told, ok } = read(`${BASE}${RULES}csv .\n`.replace('csv .', `${csv}csv .\n${csv}`));
  expect(ok).toBe(false);
  expect(told).toEqual([
    expect.stringMatching(
      /tenshi\.conf:8:9: error: a second set csv; remove this line, or that in .*tenshi\.conf:6:9$/,
    ),
  ]);
});

it.each([
  ['set limit 5x', '6:11 warning ignored-text'],
  ['set mask ___ foo', '6:14 warning ignored-text'],
  ['set logfile /x # y', '6:16 warning ignored-text'],
  ['set subject 0', '6:13 warning ignored-text'],
  ['set subject {{count}} {{new}', '6:23 warning bad-template'],
  ['set tail /usr/bin/tail -n 0', '6:10 notice ignored-directive'],
  ['set tail_multiple on', '6:19 notice ignored-directive'],
  ['set mailuser me', '6:14 warning ignored-directive'],
  ['set mailpassword /x', '6:18 warning ignored-directive'],
  ['set alias root a@x b@x', '6:20 warning ignored-text'],
  ['set alias root a@x\nset alias root b@x', '7:11 notice replaced'],
  ['set logprefix ^foo ', '6:15 warning odd-regex'],
  ['set filter nowhere /bin/sh', '6:12 warning unknown-queue'],
  ['set template nowhere x.hbs', '6:14 warning unknown-queue'],
  ['set values nowhere off', '6:12 warning unknown-queue'],
  ['set fold nowhere 2m', '6:10 warning unknown-queue'],
  ['set fold csv 2m', '6:10 warning unknown-queue'],
  ['set fold a 2m 10m', '6:15 warning ignored-text'],
  ['set fold a 2m\nset fold a 3m', '7:10 notice replaced'],
  ['set queue s f@x t@x [* * * * *] S\ns ^z\nset fold s 2m', '8:10 warning ignored-text'],
  ['set csv [now] /bin/sh\ncsv ^z\nset fold csv 2m', '8:10 warning ignored-text'],
  ['set csv [now] /bin/sh', '6:9 notice unused-queue'],
])('%s is told', (line, code) => {
  const { codes, ok } = read(`${BASE}${RULES}${line}\n`);
  expect({ codes, ok }).toEqual({ codes: [code], ok: true });
});

it.each([
  ['set lgofile /x', 'tenshi.conf:6:5: error: unknown directive "set lgofile"; did you mean set logfile?'],
  ['set HIDEPID on', 'tenshi.conf:6:5: error: unknown directive "set HIDEPID"; did you mean set hidepid?'],
  [
    'set flush-on-signal on',
    'tenshi.conf:6:5: error: unknown directive "set flush-on-signal"; did you mean set flush_on_signal?',
  ],
  ['set', 'tenshi.conf:6:1: error: nothing after "set"; write set NAME VALUE'],
])('%s: the nearest known name', (line, expected) => {
  expect(read(`${BASE}${RULES}${line}\n`).told).toEqual([expected]);
});

it('a name that is near none lists what is known', () => {
  const [told] = read(`${BASE}${RULES}set xylophone 1\n`).told;
  expect(told).toContain('"set xylophone"; write one of uid, gid, pidfile, logfile,');
  for (const { name } of DIRECTIVES) expect(told).toContain(name);
});
