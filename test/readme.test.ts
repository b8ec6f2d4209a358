import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS, COMMON_OPTIONS, type Option } from '../src/base/command-table.js';
import { DIRECTIVES } from '../src/config/directives/directives.js';
import { read } from './config/read.js';
import { runCli } from './support/run-cli.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
const PACKAGE = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Readonly<
  Record<'dependencies' | 'devDependencies' | 'scripts', Readonly<Record<string, string>>>
>;

/** The blocks between fences, by what they hold. */
const blocks = [...README.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const prose = README.replaceAll(/^```.*?^```$/gms, '');
/** What stands between backticks. */
const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '));
const shell = blocks.filter(({ language }) => ['sh', 'ini'].includes(language)).map(({ text }) => text);
const words = [...spans, ...shell.flatMap((text) => text.split('\n'))];

function blockWith(start: string): string {
  const block = blocks.find(({ text }) => text.startsWith(start));
  if (!block) throw new Error(`README has no block that starts with ${start}`);
  return block.text;
}

/** The first cells of the table that stands behind a heading. */
function firstCells(heading: string): string[] {
  const part = prose.slice(prose.indexOf(heading));
  return [...part.slice(0, part.indexOf('\n#', 1)).matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

function takes(options: Readonly<Record<string, Option>>): string[] {
  const all: Readonly<Record<string, Option>> = { ...options, ...COMMON_OPTIONS };
  return Object.entries(all)
    .flatMap(([name, { alias = name }]) => [name, alias])
    .map((name) => `${name.length === 1 ? '-' : '--'}${name}`);
}

describe('commands', () => {
  const lines = words.flatMap((word) => /(?:^|\/)tayori( .*)$/.exec(word)?.[1]?.trim() ?? []);

  it('are there', () => {
    expect(lines.length).toBeGreaterThan(8);
  });

  it.each(lines)('tayori %s', (line) => {
    const { main, ...others } = COMMANDS;
    const [first = '', ...rest] = line.split(' ');
    const row = first.startsWith('-') ? main : Object.entries(others).find(([name]) => name === first)?.[1];
    if (!row) throw new Error(`tayori has no command ${first}`);
    for (const flag of [first, ...rest].filter((word) => /^-./.test(word)))
      expect(takes(row.options)).toContain(flag);
  });

  it('every command of the program is in the table', () => {
    for (const name of Object.keys(COMMANDS).filter((name) => name !== 'main'))
      expect(prose).toMatch(new RegExp(`^\\| \`tayori ${name}[ \`]`, 'm'));
  });

  it.each(words.flatMap((word) => [...word.matchAll(/npm run (\w+)/g)].map(([, script = '']) => script)))(
    'npm run %s',
    (script) => expect(Object.keys(PACKAGE.scripts)).toContain(script),
  );
});

describe('the config', () => {
  it('every directive that is named exists', () => {
    const names = DIRECTIVES.map(({ name }) => name);
    const named = [...README.matchAll(/\bset ([a-z_]+)\b(?= |`)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(names).toContain(name);
  });

  it('the lines to begin with are sound as they stand', () => {
    const { told } = read(blockWith('# may stand'));
    expect(told.filter((line) => !/ notice: /.test(line))).toEqual([]);
  });
});

it('the letter is what the sample log makes, shortened', async () => {
  const { code, out } = await runCli(['digest', '-c', `${ROOT}conf/tenshi.conf`, `${ROOT}conf/sample.log`]);
  expect(code).toBe(0);
  // The sample has stamps without a year, of the last November: after New Year their year is told.
  const lines = out.replaceAll(/\b(Nov \d\d) \d{4}\b/g, '$1').split('\n');
  let at = 0;
  for (const line of blockWith('From:').trimEnd().split('\n')) {
    const found = lines.indexOf(line, at);
    expect(found, `behind line ${at} of the letters: ${line}`).toBeGreaterThanOrEqual(at);
    at = found + 1;
  }
  expect(lines.slice(0, at).filter((line) => line.startsWith('From:'))).toHaveLength(1);
});

it('the unit for systemd makes the state, and all that the daemon writes, for its user alone', () => {
  for (const line of ['StateDirectory=tayori', 'StateDirectoryMode=0700', 'UMask=0077'])
    expect(blockWith('[Unit]').split('\n')).toContain(line);
});

describe('files', () => {
  const links = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  const named = spans.filter((span) => /^(?:src|test|conf|dist)\/\S+$|^includes-\w+$/.test(span));
  it.each([...links.filter((link) => !link.includes('://')), ...named])('%s is there', (path) => {
    expect(existsSync(ROOT + path)).toBe(true);
  });

  it('the way through the house has every folder of src', () => {
    const told = [...blockWith('source/').matchAll(/^(\w+)\/ /gm)].map(([, folder]) => folder);
    const folders = readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(told.sort()).toEqual(folders.map(({ name }) => name).sort());
  });
});

describe('dependencies', () => {
  it('the table has all of them and no other', () => {
    expect(firstCells('### Dependencies').sort()).toEqual(Object.keys(PACKAGE.dependencies).sort());
  });

  it('those for development are named', () => {
    const tools = Object.keys(PACKAGE.devDependencies).filter((name) => !name.startsWith('@types/'));
    expect(spans).toEqual(expect.arrayContaining(tools));
  });
});
