import { escapeControl } from '../../base/text/escape.js';

/** A program and its arguments, as `set exec` has them. Each argument is text and values in turn. */
export interface CommandLine {
  /** Absolute. */
  readonly path: string;
  readonly args: readonly Argument[];
}

type Argument = readonly Piece[];

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `{{ip}}` */
  | { readonly kind: 'value'; readonly name: string };

/** What a hit gives to a command line. */
export interface CommandValues {
  readonly host: string;
  /** The text of the line, unmasked. */
  readonly message: string;
  readonly count: number;
  /** What named groups matched; a group that took no part is left out. */
  readonly groups: ReadonlyMap<string, string>;
}

/** The words of a command line, or why it must not run. */
export type FilledCommand =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/** Names that stand for something else than a group. */
export const FIXED_NAMES = ['host', 'message', 'count'] as const;

/** Longer arguments are refused (bytes): Linux takes 128 KiB (execve(2), MAX_ARG_STRLEN). */
const MAX_ARGUMENT = 100_000;

const VALUE = /\{\{([A-Za-z_]\w*)\}\}/;

/** Reads the words of a command line; the first is the path, in which no value is filled. */
export function readCommandLine([path = '', ...args]: readonly string[]): CommandLine {
  return { path, args: args.map(readArgument) };
}

function readArgument(word: string): Argument {
  return word
    .split(VALUE)
    .map((text, at): Piece => (at % 2 === 1 ? { kind: 'value', name: text } : { kind: 'text', text }))
    .filter((piece) => piece.kind === 'value' || piece.text !== '');
}

/** The names of the values of a command line, each once. */
export function valuesOf({ args }: CommandLine): string[] {
  return [...new Set(args.flat().flatMap((piece) => (piece.kind === 'value' ? [piece.name] : [])))];
}

/** The named groups that it takes values from. */
export function groupsOfCommand(command: CommandLine): string[] {
  return valuesOf(command).filter((name) => !FIXED_NAMES.some((fixed) => fixed === name));
}

/**
 * Fills in the values. They are untrusted, and no shell reads them: control characters are escaped as letters show them. A
 * command is refused if a value is missing or empty, would be an option (`-` at the beginning of an argument, with no `--`
 * before), would lead out of a folder (`..`), or is too long.
 */
export function fillCommand({ path, args }: CommandLine, values: CommandValues): FilledCommand {
  const words: string[] = [];
  for (const argument of args) {
    const missing = argument.find((piece) => piece.kind === 'value' && !givenValue(piece.name, values));
    if (missing?.kind === 'value') return refused(`{{${missing.name}}} has no value`);
    const word = argument
      .map((piece) => (piece.kind === 'text' ? piece.text : givenValue(piece.name, values)))
      .join('');
    const why = argument.some(({ kind }) => kind === 'value') ? whyRefused(argument, word, words) : null;
    if (why !== null) return refused(why);
    words.push(word);
  }
  return { kind: 'words', words: [path, ...words] };
}

/** The command as a person would write it for a shell, on one line. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** A word as it would be written for a shell. */
export function quoteWord(word: string): string {
  const shown = escapeControl(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

function refused(why: string): FilledCommand {
  return { kind: 'refused', why };
}

function whyRefused(argument: Argument, word: string, before: readonly string[]): string | null {
  const [first] = argument;
  if (first?.kind === 'value' && word.startsWith('-') && !before.includes('--'))
    return `{{${first.name}}} would be an option: ${shortened(word)}`;
  if (climbs(word) > climbs(argument.map((piece) => (piece.kind === 'text' ? piece.text : 'x')).join('')))
    return `an argument would lead out of its folder: ${shortened(word)}`;
  return Buffer.byteLength(word) > MAX_ARGUMENT ? `an argument of ${Buffer.byteLength(word)} bytes` : null;
}

/** How often a path goes up; a word without `/` is no path. */
function climbs(word: string): number {
  return word.includes('/') ? word.split('/').filter((part) => part === '..').length : 0;
}

function givenValue(name: string, { host, message, count, groups }: CommandValues): string {
  switch (name) {
    case 'host':
      return plain(host);
    case 'message':
      return plain(message);
    case 'count':
      return String(count);
    default:
      return plain(groups.get(name) ?? '');
  }
}

/** Without any character that acts; a tab is one here, too. */
function plain(value: string): string {
  return escapeControl(value).replaceAll('\t', '\\x09');
}

/** So much of a refused argument is told (characters). */
const MAX_SHOWN = 60;

function shortened(word: string): string {
  return word.length <= MAX_SHOWN ? quoteWord(word) : `${quoteWord(word.slice(0, MAX_SHOWN))}...`;
}
