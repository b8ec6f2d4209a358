import type { CommandRow, Option } from '../base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../base/command-table.js';

/** What a shell offers for a word. */
export type Offer =
  | { readonly kind: 'files' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** Only who writes the command line knows it, e.g. the number of a letter. */
  | { readonly kind: 'nothing' };

/** A command line as shells complete it. `name`: empty for the command without a name. */
export interface CommandSyntax {
  readonly name: string;
  readonly describe: string;
  readonly flags: readonly FlagSyntax[];
  readonly words: readonly WordSyntax[];
}

export interface FlagSyntax {
  /** Its spellings: `-c`, `--configuration`. */
  readonly spellings: readonly string[];
  readonly describe: string;
  /** What stands behind it as a word of its own; null: nothing, or (`-d 2`) not always. */
  readonly value: { readonly name: string; readonly offer: Offer } | null;
}

export interface WordSyntax {
  /** How the manual calls it: `FILE`. */
  readonly name: string;
  readonly offer: Offer;
  readonly repeats: boolean;
}

/** The command without a name, which is the first one, and all others, from the table that the program reads. */
export function commandSyntaxes(): readonly CommandSyntax[] {
  return Object.entries<CommandRow>(COMMANDS).map(([name, { describe, options, words }]) => ({
    name: name === 'main' ? '' : name,
    describe,
    flags: Object.entries<Option>({ ...options, ...COMMON_OPTIONS }).map(flagOf),
    words: Object.values(words ?? {}).map(({ value, choices, array }) => ({
      name: bare(value),
      offer: offerOf(value, choices),
      repeats: array ?? false,
    })),
  }));
}

function flagOf([name, { alias, describe, value, choices, requiresArg }]: [string, Option]): FlagSyntax {
  const takesWord = value !== undefined && (requiresArg || choices !== undefined);
  return {
    spellings: [name, ...(alias === undefined ? [] : [alias])].map(
      (flag) => `${flag.length === 1 ? '-' : '--'}${flag}`,
    ),
    describe,
    value: takesWord ? { name: bare(value), offer: offerOf(value, choices) } : null,
  };
}

/** What the manual calls one of these is the name of a file. */
const FILES = ['FILE', 'PATH', 'LOG'];

function offerOf(value: string, choices: readonly string[] | undefined): Offer {
  if (choices) return { kind: 'choices', choices };
  return FILES.includes(bare(value).split(':')[0] ?? '') ? { kind: 'files' } : { kind: 'nothing' };
}

/** `[FILE]`, `LOG...` without what only says how often it may stand there. */
function bare(value: string): string {
  return value.replaceAll(/[[\].]/g, '');
}
