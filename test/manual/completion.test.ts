import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandRow, Option } from '../../src/base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../../src/base/command-table.js';
import { lazily } from '../../src/base/lazily.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROWS = Object.entries<CommandRow>(COMMANDS).map(([name, row]) => ({
  name,
  row,
  typed: name === 'main' ? 'tayori ' : `tayori ${name} `,
  flags: Object.entries<Option>({ ...row.options, ...COMMON_OPTIONS }).flatMap(([flag, { alias }]) =>
    [flag, ...(alias === undefined ? [] : [alias])].map((one) => (one.length === 1 ? `-${one}` : `--${one}`)),
  ),
}));
const NAMES = ROWS.map(({ name }) => name).filter((name) => name !== 'main');

async function scriptFor(shell: 'bash' | 'zsh'): Promise<string> {
  const { code, out, err } = await runCli(['completion', shell]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** A folder with two files, one of them named to be tripped over. */
function folderWithFiles(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'my conf'), '');
  return folder;
}

/** What bash offers behind these words, split as bash does. */
async function offersOfBash(typed: string): Promise<string[]> {
  const words = typed.split(/(=)| /).filter((word) => word !== undefined);
  const program = [
    'compopt() { :; }', // only bash itself may call it in a completion
    await scriptFor('bash'),
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_tayori',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for bash
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', ...words], {
    cwd: folderWithFiles(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('bash completes', () => {
  it.each(ROWS)('the options of $name, as the program reads them', async ({ typed, flags }) => {
    expect(await offersOfBash(`${typed}-`)).toEqual(flags);
  });

  it.each<[string, string[]]>([
    ['tayori ', NAMES],
    ['tayori che', ['check']],
    ['tayori -f -c x.conf st', ['status']],
    ['tayori check ', ['logs', 'my conf']],
    ['tayori check my', ['my conf']],
    ['tayori digest -c ', ['logs', 'my conf']],
    ['tayori digest --format ', ['text', 'html', 'json']],
    ['tayori digest --format=', ['text', 'html', 'json']],
    ['tayori digest --format=h', ['html']],
    ['tayori letters --format r', ['raw']],
    ['tayori -P ', ['logs', 'my conf']],
    ['tayori manual ', ['fleet', 'tayori', 'tenshi.conf']],
    ['tayori completion z', ['zsh']],
    ['tayori letters ', []],
    ['tayori status ', []],
  ])('%s', async (typed, offers) => {
    expect((await offersOfBash(typed)).sort()).toEqual(offers.toSorted());
  });
});

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

/** Read by the zsh that completes: Ctrl-X shows its command line between marks. */
const ZSH_SETUP = `
PS1=
fpath=($1 $fpath)
autoload -U compinit && compinit -u -D
zstyle ':completion:*' menu no
show() { print -r -- "@@$BUFFER@@"; BUFFER=; zle accept-line }
zle -N show
bindkey '^X' show
print -r -- '@@ready@@'
`;

const TYPED_IN_ZSH: Readonly<Record<string, string>> = {
  'tayori che': 'tayori check ',
  'tayori check my': 'tayori check my\\ conf ',
  'tayori status --js': 'tayori status --json ',
  'tayori -f -c my': 'tayori -f -c my\\ conf ',
  'tayori digest --format=h': 'tayori digest --format=html ',
  'tayori letters --format r': 'tayori letters --format raw ',
  'tayori --configuration=my': 'tayori --configuration=my\\ conf ',
  'tayori manual ten': 'tayori manual tenshi.conf ',
  'tayori completion z': 'tayori completion zsh ',
  'tayori digest logs my': 'tayori digest logs my\\ conf ',
  'tayori status --format': 'tayori status --format',
};

/** What stands on the command line of one zsh, each time that Tab was pressed behind these words. */
const completedByZsh = lazily(async (): Promise<ReadonlyMap<string, string>> => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '_tayori'), await scriptFor('zsh'));
  writeFileSync(join(folder, 'setup'), ZSH_SETUP);
  const typed = Object.keys(TYPED_IN_ZSH);
  const program = `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z '. ${folder}/setup ${folder}'
    until [[ $line == *@@ready@@* ]]; do zpty -r z line || exit; done
    for typed; do
      zpty -n -w z "$typed"$'\\t\\x18'
      until [[ $line == *@@tayori*@@* ]]; do zpty -r z line || exit; done
      print -r -- $line
      line=
    done
    zpty -d z`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', program, 'zsh', ...typed], {
    cwd: folderWithFiles(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const shown = [...stdout.matchAll(/@@(tayori.*)@@/g)].map(([, line = '']) => line);
  return new Map(typed.map((words, at) => [words, shown[at] ?? stdout]));
});

describe.skipIf(!hasZsh && !process.env.CI)('zsh completes', () => {
  it.each(Object.entries(TYPED_IN_ZSH))('%s', async (typed, completed) => {
    expect((await completedByZsh()).get(typed)).toBe(completed);
  });

  it.each(ROWS)('every option of $name', async ({ name, flags }) => {
    const script = await scriptFor('zsh');
    const from =
      name === 'main' ? script.indexOf('_arguments -C') : script.indexOf(`\n    ${name}) _arguments`);
    const part = script.slice(from, script.indexOf(name === 'main' ? 'case $state' : ';;', from));
    for (const flag of flags) expect(part).toMatch(new RegExp(`[{, ]${flag}[=},']`));
  });
});
