import type { CommandRow, Option } from '../base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../base/command-table.js';
import { nearest } from '../base/text/nearest.js';
import { quote } from '../base/text/quote.js';

const ROWS: readonly CommandRow[] = Object.values(COMMANDS);

/** All options of all commands, by how they are written: `-c`, `--configuration`. */
const OPTIONS: ReadonlyMap<string, Option> = new Map(
  [COMMON_OPTIONS, ...ROWS.map(({ options }) => options)].flatMap(asWritten),
);

function asWritten(options: CommandRow['options']): (readonly [string, Option])[] {
  return Object.entries(options).flatMap(([name, option]) =>
    [name, ...(option.alias === undefined ? [] : [option.alias])].map(
      (one) => [dashed(one), option] as const,
    ),
  );
}

function dashed(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

/** A flag with a value, as in `--version=no`; null: there is none. */
export function explainValuedFlag(argv: readonly string[]): string | null {
  for (const word of beforeEnd(argv)) {
    const flag = /^(--?[\w-]+)=/.exec(word)?.[1];
    if (flag !== undefined && OPTIONS.get(flag)?.type === 'boolean')
      return `${flag} takes no value: ${quote(word)}`;
  }
  return null;
}

/** An option with a value that is given more than once; null: there is none. A flag may be. */
export function explainRepeated(args: Readonly<Record<string, unknown>>): string | null {
  const repeated = Object.entries(args).find(
    ([name, value]) => Array.isArray(value) && isOnceOnly(optionOf(args, dashed(name))),
  );
  return repeated ? `${dashed(repeated[0])} is given more than once; give it once` : null;
}

/** Of the command that was given: one name may mean other things in other commands. */
function optionOf({ _: words }: Readonly<Record<string, unknown>>, written: string): Option | undefined {
  const [command] = Array.isArray(words) ? words.map(String) : [];
  const own = ROWS[Object.keys(COMMANDS).indexOf(command ?? 'main')]?.options ?? {};
  return new Map(asWritten(own)).get(written) ?? OPTIONS.get(written);
}

function isOnceOnly(option: Option | undefined): boolean {
  return option !== undefined && option.type !== 'boolean' && !option.array;
}

/** In our words what yargs found wrong. */
export function explainFailure(message: string, argv: readonly string[]): string {
  const unknown = /^Unknown (?:argument|command)s?: ([^,]*)/.exec(message)?.[1];
  if (unknown !== undefined) return explainUnknown(asTyped(unknown, argv));
  const lacking = /^Not enough arguments following: (.*)/.exec(message)?.[1];
  if (lacking !== undefined) return `${dashed(lacking)} needs a value behind it`;
  if (/^Not enough non-option arguments/.test(message)) return `${argv[0]} needs ${wordsOf(argv[0])}`;
  const choice = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(message);
  if (choice) return `${choice[2]?.replace('\0', '')} as ${choice[1]}; choose from ${choice[3]}`;
  return message.replaceAll('\0', '').replaceAll(/\s+/g, ' ');
}

function explainUnknown(word: string): string {
  const option = word.startsWith('-');
  const known = option ? [...OPTIONS.keys()] : Object.keys(COMMANDS).filter((name) => name !== 'main');
  const near = /^-[^-]/.test(word) ? null : nearest(word, known); // of one letter any other is a slip
  const seen = option ? `there is no option ${word}` : `nothing is known of ${quote(word)}`;
  return near === null ? seen : `${seen}; did you mean ${near}?`;
}

/** yargs tells an option without its dashes. */
function asTyped(name: string, argv: readonly string[]): string {
  const typed = beforeEnd(argv).find(
    (word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === name,
  );
  if (typed !== undefined) return typed.split('=')[0] ?? typed;
  return argv.includes(name) || name.startsWith('\0') ? name.replace('\0', '') : dashed(name);
}

function wordsOf(command: string | undefined): string {
  const row = Object.entries<CommandRow>(COMMANDS).find(([name]) => name === command)?.[1];
  return Object.values(row?.words ?? {})
    .map(({ value }) => value)
    .join(' ');
}

function beforeEnd(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
