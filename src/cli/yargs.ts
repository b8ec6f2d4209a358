import yargs, { type Argv } from 'yargs';
import type { CommandRow } from '../base/command-row.js';
import { COMMANDS, COMMON_OPTIONS } from '../base/command-table.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { quote } from '../base/text/quote.js';
import { main } from '../commands/main.js';
import { explainFailure, explainRepeated, explainValuedFlag } from './explain-usage.js';
import { spell, unmarked } from './spell.js';

type Command = () => ExitCode | Promise<ExitCode>;

const USAGE =
  'tayori follows logs, sorts every line into queues, and mails each queue as a letter.\n\n$0 [COMMAND] [OPTIONS]';

const { main: _, ...OTHERS } = COMMANDS;

const MORE = 'More: tayori COMMAND --help, tayori manual, tayori manual tenshi.conf';

/** Reads any command line and runs what it asks for. Wrong usage is told on stderr in two lines, and gives 2. */
export async function commandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let command: Command | null = null;
  let help = '';
  let wrong = explainValuedFlag(argv);
  const words = spell(argv);
  const parser = commands(yargs(words), { argv, io }, (chosen) => {
    command = chosen;
  });
  if (wrong === null)
    await parser.parseAsync(words, {}, (error, args, text) => {
      if (error) wrong = explainFailure(String(error.message), argv);
      else {
        help = text;
        wrong = explainRepeated(args);
      }
    });
  if (wrong !== null) return refuse(wrong, argv, io);
  if (help !== '') io.stdout.write(`${help}\n`);
  return command && help === '' ? await (command as Command)() : 0;
}

/** What is wrong, then where to look. */
function refuse(wrong: string, argv: readonly string[], io: Io): ExitCode {
  const named = Object.keys(OTHERS).find((name) => name === argv[0]);
  const help = `tayori ${named === undefined ? '' : `${named} `}--help tells what there is`;
  io.stderr.write(`${escapeControl(`tayori: ${wrong}`)}\n${help}\n`);
  return 2;
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
  ? O extends { readonly demandOption: true }
    ? readonly ValueOf<O>[]
    : readonly ValueOf<O>[] | undefined
  : O extends { readonly default: string } | { readonly demandOption: true }
    ? ValueOf<O>
    : ValueOf<O> | undefined;

/** A list of an option that was not given. */
type Unset<O> = O extends { readonly array: true } ? undefined : never;

type ArgsOf<N extends Name> = {
  readonly [K in keyof Row<N>['options']]: ArgOf<Row<N>['options'][K]> | Unset<Row<N>['options'][K]>;
} & (Row<N> extends {
  readonly words: infer Words;
}
  ? { readonly [K in keyof Words]: ArgOf<Words[K]> }
  : unknown);

/** Loads the code of a command and runs it: only the code that is needed is loaded. */
type Load<N extends Name> = (args: ArgsOf<N>, context: Context) => ExitCode | Promise<ExitCode>;

const LOAD: { readonly [N in Name]: Load<N> } = {
  main: (args, { argv, io }) => main(args, argv, io),
  async try({ c, mail = false }, { io }) {
    return (await import('../commands/try.js')).tryOut({ config: c, mail }, io);
  },
  async init({ to, from, mailserver, log, out, yes = false, force = false, 'no-test': noTest }, { io }) {
    const options = { to, from, mailserver, logs: log ?? [], out, yes, force, test: !noTest };
    return (await import('../commands/init.js')).init(options, io);
  },
  async 'test-mail'({ c, address }, { io }) {
    return (await import('../commands/test-mail.js')).testMail({ config: c, address }, io);
  },
  async check({ c, file }, { argv, io }) {
    if (c !== undefined && file !== undefined)
      return refuse(`${quote(c)} and ${quote(file)}: check one config at a time`, argv, io);
    return (await import('../commands/check.js')).check({ config: file ?? c }, io);
  },
  async status({ c, json = false, prometheus = false }, { argv, io }) {
    if (json && prometheus) return refuse('--json or --prometheus: one form at a time', argv, io);
    const form = json ? 'json' : prometheus ? 'prometheus' : 'text';
    return (await import('../commands/status.js')).status({ config: c, form }, io);
  },
  async preview({ c, queue, html }, { io }) {
    return (await import('../commands/preview.js')).preview({ config: c, queue, html }, io);
  },
  async letters({ c, id, format, send }, { io }) {
    return (await import('../commands/letters.js')).letters({ config: c, id, format, send }, io);
  },
  async digest({ c, format, v = false, files }, { io }) {
    const { digest } = await import('../commands/digest.js');
    return digest({ config: c, format, files, verbose: v }, io);
  },
  async 'exec-test'({ c, queue, line, in: log, run = false }, { io }) {
    return (await import('../commands/exec-test.js')).execTest({ config: c, queue, line, log, run }, io);
  },
  async suggest({ c, n = DEFAULT_SHOWN, plain = false, logs = [], ...rest }, { io }) {
    const { queue, accept, to, groups } = rest;
    const { suggest } = await import('../commands/suggest.js');
    return suggest({ config: c, files: logs, queue, most: n, accept, to, plain, groups }, io);
  },
  async test({ c, line, why, log }, { io }) {
    return (await import('../commands/test.js')).test({ config: c, line, why, log }, io);
  },
  async explain({ c, id }, { io }) {
    return (await import('../commands/explain.js')).explain({ config: c, id }, io);
  },
  async rules({ c, n = SHOWN_RULES, logs = [], json = false, ...flags }, { io }) {
    const kinds = ['duplicate', 'shadowed', 'wide', 'dead', 'trash'] as const;
    const chosen = kinds.filter((kind) => flags[kind]);
    return (await import('../commands/rules.js')).rules({ config: c, logs, json, chosen, most: n }, io);
  },
  async rehearse({ c, next, logs = [], since, strict = false, json = false, n }, { io }) {
    const { rehearse } = await import('../commands/rehearse.js');
    return rehearse({ config: c, next, files: logs, since, strict, json, most: n }, io);
  },
  async fleet({ c, action, node, json = false }, { io }) {
    return (await import('../commands/fleet.js')).fleet({ config: c, action, node, json }, io);
  },
  async import({ program, path, to }, { io }) {
    return (await import('../commands/import.js')).importConfig({ program, path, to }, io);
  },
  async snooze({ c, id, time, reason = [], host, end = false }, { io }) {
    return (await import('../commands/snooze.js')).snooze({ config: c, id, time, reason, host, end }, io);
  },
  async manual({ page, roff }, { io }) {
    return (await import('../commands/manual.js')).manual({ page, roff: roff ?? false }, io);
  },
  async completion({ shell }, { io }) {
    return (await import('../commands/completion.js')).completion({ shell }, io);
  },
};

/** So many rules `suggest` shows. */
const DEFAULT_SHOWN = 50;

/** So many rules `rules` shows in each part. */
const SHOWN_RULES = 20;

/** Teaches yargs the table of commands. */
function commands(parser: Argv, context: Context, choose: (command: Command) => void): Argv {
  // --no-test is an option of its own.
  parser.scriptName('tayori').usage(USAGE).parserConfiguration({ 'boolean-negation': false });
  for (const [name, row] of Object.entries<CommandRow>(COMMANDS)) {
    const load = LOAD[name as Name] as (args: unknown, context: Context) => ReturnType<Command>;
    parser.command(
      row.usage,
      row.describe,
      (command) => describeCommand(command, row),
      (args) => choose(() => load(unmarked(args), context)),
    );
  }
  return parser
    .locale('en')
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false })
    .showHelpOnFail(false)
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
