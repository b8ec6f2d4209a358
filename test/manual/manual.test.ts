import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, COMMON_OPTIONS } from '../../src/base/command-table.js';
import { DIRECTIVES } from '../../src/config/directives/directives.js';
import { runCli } from '../support/run-cli.js';

const tayori = (await runCli(['manual'])).out;
const tenshiConf = (await runCli(['manual', 'tenshi.conf'])).out;
const fleet = (await runCli(['manual', 'fleet'])).out;

function isHere(tool: string): boolean {
  return spawnSync(tool, ['--version']).error === undefined;
}

/** The words of a page, however its lines are broken. */
function flat(page: string): string {
  return page.replace(/\s+/g, ' ');
}

/** The lines that explain one thing: those behind its heading that are moved in further. */
function entryOf(page: string, heading: string): string {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => line.trim() === heading);
  expect(at, `no entry of ${heading}`).toBeGreaterThan(-1);
  const indent = /^ */.exec(lines[at] ?? '')?.[0] ?? '';
  const length = lines.slice(at + 1).findIndex((line) => line !== '' && !line.startsWith(`${indent} `));
  return flat(lines.slice(at + 1, at + 1 + length).join('\n'));
}

describe('tenshi.conf(5)', () => {
  it.each(DIRECTIVES)('tells all that the table knows of set $name', (directive) => {
    const told = entryOf(tenshiConf, `set ${directive.name} ${directive.grammar}`);
    expect(told).toContain(directive.help);
    if (directive.default !== 'none') expect(told).toContain(`Default: ${directive.default}.`);
    expect(told.includes('waits for a restart')).toBe(directive.applies === 'restart');
  });

  it('explains nothing that is no directive', () => {
    const names = DIRECTIVES.map(({ name }) => name);
    for (const [, name] of flat(tenshiConf).matchAll(/\bset ([a-z_]+) /g)) expect(names).toContain(name);
  });

  it.each([
    'include',
    'includedir',
    'trash',
    'repeat',
    'group',
    'group_host',
    'group_end',
    'noprefix',
    'csv',
  ])('explains %s', (word) => {
    expect(tenshiConf).toMatch(new RegExp(String.raw`^ +(\w+ \w+, )?${word}( |$)`, 'm'));
  });
});

/** The line of a command above its options: no sentence that begins with its name. */
function headingOf(command: string): RegExp {
  return new RegExp(String.raw`\n {4}${command}(?:\n| [[A-Z-])`);
}

describe('tayori-fleet(7)', () => {
  it('names only directives and commands that there are', () => {
    const names = DIRECTIVES.map(({ name }) => name);
    for (const [, name] of flat(fleet).matchAll(/\bset ([a-z_]+) /g)) expect(names).toContain(name);
    for (const [, name] of flat(fleet).matchAll(/ tayori ([a-z-]+) (?:NODE|import|forget)/g))
      expect(Object.keys(COMMANDS)).toContain(name);
  });
});

describe('tayori(8)', () => {
  const rows = Object.entries(COMMANDS).flatMap(([command, row]) =>
    Object.entries({ ...row.options, ...COMMON_OPTIONS }).map(([name, option]) => ({
      command,
      name,
      option,
    })),
  );

  it.each(rows)('has $name of $command', ({ command, name, option }) => {
    const page = command === 'main' ? tayori : tayori.slice(tayori.search(headingOf(command)));
    const flags = [name, ...('alias' in option ? [option.alias] : [])].map((flag) => {
      const word = `${flag.length === 1 ? '-' : '--'}${flag}`;
      return 'value' in option ? `${word} ${option.value}` : word;
    });
    const source = Object.hasOwn(COMMON_OPTIONS, name) ? tayori : page;
    expect(entryOf(source, flags.join(', ')).toLowerCase()).toContain(option.describe.toLowerCase());
  });

  it.each(Object.keys(COMMANDS).filter((name) => name !== 'main'))('has the command %s', async (name) => {
    expect(tayori).toMatch(new RegExp(`^ {6}tayori ${name} `, 'm'));
    expect(tayori).toMatch(new RegExp(`^ {4}${name}( |$)`, 'm'));
    expect((await runCli([name, '--help'])).code).toBe(0);
  });

  it('has every option and command that --help has', async () => {
    const helps = [
      [],
      ...Object.keys(COMMANDS)
        .filter((name) => name !== 'main')
        .map((name) => [name]),
    ];
    for (const words of helps) {
      const { out } = await runCli([...words, '--help']);
      const flags = [...out.matchAll(/(?<![\w-])--?[a-zA-Z][\w-]*/g)].map(([flag]) => flag);
      expect(flags).toContain('--help');
      for (const flag of flags) expect(tayori).toMatch(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`));
      for (const [, name] of out.matchAll(/^ {2}tayori (\w[\w-]*)/gm))
        expect(Object.keys(COMMANDS)).toContain(name);
    }
  });

  it('has every signal that the daemon serves', () => {
    const source = readFileSync(new URL('../../src/daemon/signals.ts', import.meta.url), 'utf8');
    const signals = [...source.matchAll(/'([A-Z]+[12]?)'/g)].map(([, signal]) => signal);
    expect(signals.length).toBeGreaterThan(4);
    for (const signal of signals) expect(entryOf(tayori, `SIG${signal}`)).not.toBe('');
  });

  it.each(['0', '1', '2'])('has the exit status %s', (status) => {
    expect(entryOf(tayori, status)).not.toBe('');
  });
});

describe.each([
  ['tayori', 'tayori.8', tayori],
  ['tenshi.conf', 'tenshi.conf.5', tenshiConf],
  ['fleet', 'tayori-fleet.7', fleet],
] as const)('%s as text and as source', (page, file, plain) => {
  const built = new URL(`../../dist/man/${file}`, import.meta.url).pathname;

  it('is text of 80 columns at most, without control characters and blanks at the end of lines', () => {
    expect(plain.split('\n').filter((line) => line.length > 80 || /[ `]$|[^ -~]/.test(line))).toEqual([]);
  });

  it('is what the build has written for man', async () => {
    expect(readFileSync(built, 'utf8')).toBe((await runCli(['manual', page, '--roff'])).out);
    const npm = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(npm.man).toContain(`dist/man/${file}`);
  });

  for (const [tool, ...argv] of [
    ['groff', '-man', '-ww', '-z', built],
    ['mandoc', '-Tlint', built],
  ] as const)
    it.skipIf(!process.env.CI && !isHere(tool))(
      `is clean for ${tool} (skipped without it, but not in CI)`,
      () => {
        const { error, status, stdout, stderr } = spawnSync(tool, argv, { encoding: 'utf8' });
        expect({ error, status }).toEqual({ error: undefined, status: 0 });
        expect(stdout + stderr).toBe('');
      },
    );
});
