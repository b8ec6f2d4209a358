import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Option } from '../src/base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../src/base/command-table.js';
import { DIRECTIVES } from '../src/config/directives/directives.js';
import { read } from './config/read.js';
import { runCli } from './support/run-cli.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const README = readFileSync(`${ROOT}README.md`, 'utf8');
const PACKAGE = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Readonly<
  Record<
    'dependencies' | 'optionalDependencies' | 'devDependencies' | 'scripts',
    Readonly<Record<string, string>>
  >
>;

/** A text of ours in Markdown: what its fences hold, and what is written around them. */
function pageOf(path: string) {
  const text = readFileSync(ROOT + path, 'utf8');
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  return {
    path,
    prose,
    blocks: [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
      language,
      text: block,
    })),
    /** What stands between backticks. */
    spans: [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' ')),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link),
  };
}

const { blocks, prose, spans } = pageOf('README.md');
const map = pageOf('src/README.md');
/** README.md, the map, and what the rooms of `src` say of themselves. */
const pages = [
  'README.md',
  ...readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === 'README.md')
    .map((path) => `src/${path}`)
    .sort(),
].map(pageOf);
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

  const named = [...words, ...pages.flatMap((page) => page.spans)];
  const scripts = named.flatMap((word) =>
    [...word.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script),
  );
  it.each([...new Set(scripts)])('npm run %s', (script) =>
    expect(Object.keys(PACKAGE.scripts)).toContain(script),
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
  expect(README).toContain('cp conf/systemd/tayori.service /etc/systemd/system/');
  const unit = readFileSync(`${ROOT}conf/systemd/tayori.service`, 'utf8');
  for (const line of ['StateDirectory=tayori', 'StateDirectoryMode=0700', 'UMask=0077'])
    expect(unit.split('\n')).toContain(line);
});

describe('files', () => {
  /** Files of ours, and folders: what ends as they do, has no blanks, and is not elsewhere on the machine. */
  const isPath = (span: string) =>
    /^(?:src|test|conf|dist)\/\S+$|^includes-\w+$|^(?!\/|~)[\w./-]+(?:\/|\.(?:ts|md|pl|cjs))$/.test(span);
  const named = pages.flatMap((page) =>
    [...page.links.filter((link) => !link.includes('://')), ...page.spans.filter(isPath)].map(
      (path) => [page.path, path] as const,
    ),
  );

  it('are named on every page that needs them', () => {
    for (const path of ['README.md', 'src/README.md', 'src/perl-regex/README.md'])
      expect(named.filter(([page]) => page === path).length).toBeGreaterThan(3);
  });

  // Pages in `src` name paths from there, and rooms name their own files and their own tests.
  it.each(named)('%s: %s is there', (page, path) => {
    const room = dirname(page);
    const folders = page === 'README.md' ? ['.'] : [room, room.replace('src', 'test'), 'src', '.'];
    expect(folders.some((folder) => existsSync(join(ROOT, folder, path)))).toBe(true);
  });

  it('the map has every folder of src, and no other', () => {
    const drawn = map.blocks.find(({ text }) => text.startsWith('main.ts'))?.text ?? '';
    // Rooms stand in front, several in a line only where nothing is said of one alone.
    const told = drawn
      .split('\n')
      .flatMap((line) => [...(/^(?:[\w-]+\/(?:\w+)? *)+/.exec(line)?.[0] ?? '').matchAll(/([\w-]+)\//g)])
      .map(([, folder]) => folder);
    const folders = readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect([...new Set(told)].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('every room says in a few lines where to begin, and which test shows it', () => {
    const rooms = readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((one) => one.isDirectory());
    for (const { name } of rooms) {
      const page = pageOf(`src/${name}/README.md`);
      expect(page.prose.split('\n')[0]).toBe(`# ${name}`);
      if (name === 'perl-regex') continue; // a package, which explains itself at length
      expect(page.prose.trimEnd().split('\n').length, name).toBeLessThanOrEqual(14);
      expect(page.prose).toMatch(/^- \*\*Begin with\*\* `[\w./-]+`.*\*\*Tests?\*\*:\s+`/ms);
    }
  });
});

describe('dependencies', () => {
  it('the table has all of them and no other', () => {
    const all = { ...PACKAGE.dependencies, ...PACKAGE.optionalDependencies };
    expect(firstCells('### Dependencies').sort()).toEqual(Object.keys(all).sort());
  });

  it('those for development are named', () => {
    const tools = Object.keys(PACKAGE.devDependencies).filter((name) => !name.startsWith('@types/'));
    expect(spans).toEqual(expect.arrayContaining(tools));
  });
});
