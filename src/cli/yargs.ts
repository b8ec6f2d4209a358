import yargs, { type Argv } from 'yargs';
import { COMMANDS, COMMON_OPTIONS, type CommandRow } from '../base/command-table.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { main } from '../commands/main.js';

type Command = () => ExitCode | Promise<ExitCode>;

const USAGE =
  'tayori follows logs, sorts every line into queues, and mails each queue as a letter.\n\n$0 [COMMAND] [OPTIONS]';

const MORE = 'More: tayori COMMAND --help, tayori manual, tayori manual tenshi.conf';

/** Reads any command line and runs the command. Wrong usage is reported on stderr and gives 2. */
export async function commandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let command: Command | null = null;
  let output: { readonly text: string; readonly wrong: boolean } | null = null;
  const words = spell(argv);
  const parser = commands(yargs(words), { argv, io }, (chosen) => {
    command = chosen;
  });
  await parser.parseAsync(words, {}, (error, _args, text) => {
    if (text !== '' || error) output = { text: text || String(error?.message), wrong: Boolean(error) };
  });
  return await finish(output, command, io);
}

async function finish(
  output: { readonly text: string; readonly wrong: boolean } | null,
  command: Command | null,
  io: Io,
): Promise<ExitCode> {
  if (output) {
    (output.wrong ? io.stderr : io.stdout).write(`${output.text}\n`);
    return output.wrong ? 2 : 0;
  }
  return command ? await command() : 2;
}

/** yargs loses a lone `-` among the words of a command. */
const STANDARD_INPUT = '\0standard input';

/** Rewrites what yargs does not understand: `-d`, `-d2`, `-d 2`, as Tenshi accepts them, and a lone `-`. */
function spell(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    if (/^-d\d*$/.test(word)) words.push(`--debug=${word.slice(2) || '1'}`);
    else if (/^\d+$/.test(word) && words.at(-1) === '--debug=1') words.splice(-1, 1, `--debug=${word}`);
    else words.push(word === '-' ? STANDARD_INPUT : word);
  }
  return words;
}

/** What a command gets beside its options. */
interface Context {
  readonly argv: readonly string[];
  readonly io: Io;
}

type Name = keyof typeof COMMANDS;
type Row<N extends Name> = (typeof COMMANDS)[N];

/** The value of an option or a word, as its row describes it. */
type ValueOf<O> = O extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : O extends { readonly type: 'number' }
    ? number
    : O extends { readonly type: 'boolean' }
      ? boolean
      : string;

type ArgOf<O> = O extends { readonly array: true }
  ? readonly ValueOf<O>[]
  : O extends { readonly default: string } | { readonly demandOption: true }
    ? ValueOf<O>
    : ValueOf<O> | undefined;

type ArgsOf<N extends Name> = {
  readonly [K in keyof Row<N>['options']]: ArgOf<Row<N>['options'][K]>;
} & (Row<N> extends {
  readonly words: infer Words;
}
  ? { readonly [K in keyof Words]: ArgOf<Words[K]> }
  : unknown);

/** Loads the code of a command and runs it: only the code that is needed is loaded. */
type Load<N extends Name> = (args: ArgsOf<N>, context: Context) => ExitCode | Promise<ExitCode>;

const LOAD: { readonly [N in Name]: Load<N> } = {
  main: (args, { argv, io }) => main(args, argv, io),
  async try({ c }, { io }) {
    return (await import('../commands/try.js')).tryOut({ config: c }, io);
  },
  async check({ c, file }, { io }) {
    return (await import('../commands/check.js')).check({ config: file ?? c }, io);
  },
  async status({ c, json }, { io }) {
    return (await import('../commands/status.js')).status({ config: c, json: json ?? false }, io);
  },
  async preview({ c, queue, html }, { io }) {
    const page = html === STANDARD_INPUT ? '-' : html;
    return (await import('../commands/preview.js')).preview({ config: c, queue, html: page }, io);
  },
  async letters({ c, id, format, send }, { io }) {
    return (await import('../commands/letters.js')).letters({ config: c, id, format, send }, io);
  },
  async digest({ c, format, v = false, files }, { io }) {
    const named = files.map((file) => (file === STANDARD_INPUT ? '-' : file));
    const { digest } = await import('../commands/digest.js');
    return digest({ config: c, format, files: named, verbose: v }, io);
  },
  async manual({ page, roff }, { io }) {
    return (await import('../commands/manual.js')).manual({ page, roff: roff ?? false }, io);
  },
  async completion({ shell }, { io }) {
    return (await import('../commands/completion.js')).completion({ shell }, io);
  },
};

/** Registers the table of commands with yargs. */
function commands(parser: Argv, context: Context, choose: (command: Command) => void): Argv {
  parser.scriptName('tayori').usage(USAGE);
  for (const [name, row] of Object.entries<CommandRow>(COMMANDS)) {
    const load = LOAD[name as Name] as (args: unknown, context: Context) => ReturnType<Command>;
    parser.command(
      row.usage,
      row.describe,
      (command) => describeCommand(command, row),
      (args) => choose(() => load(args, context)),
    );
  }
  return parser
    .strict()
    .help('h', COMMON_OPTIONS.h.describe)
    .alias('h', COMMON_OPTIONS.h.alias)
    .version('version', COMMON_OPTIONS.version.describe, version())
    .exitProcess(false);
}

function describeCommand(command: Argv, { usage, options, words = {}, examples }: CommandRow): Argv {
  command.options(options);
  for (const [name, word] of Object.entries(words)) command.positional(name, word);
  command.example(examples.map(([line, does]) => [line, does]));
  return usage === '$0' ? command.epilogue(MORE) : command;
}
