import yargs, { type Argv } from 'yargs';
import type { ExitCode, Io } from './commands/io.js';
import { version } from './commands/package.js';

type Command = () => ExitCode | Promise<ExitCode>;

const USAGE = `tayori follows logs, sorts every line into queues, and mails each queue as a letter.

  tayori -f [-c FILE]             read logs and mail letters, in the foreground
  tayori try [-c FILE]            see a first letter from the logs of this machine
  tayori check [FILE]             look a config over: faults, doubts, advice
  tayori status [-c FILE]         how things stand: files, queues, outbox
  tayori digest [-c FILE] LOG...  print the letters that logs would make`;

/** Reads the command line and runs what it asks for. Wrong usage is told on stderr and gives 2. */
export async function cli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let command: Command | null = null;
  let output: { readonly text: string; readonly wrong: boolean } | null = null;
  const words = spell(argv);
  const parser = commands(yargs(words), io, (chosen) => {
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

/** What yargs would not understand, in words that it does: `-d`, `-d2`, `-d 2`, as Tenshi takes them, and a lone `-`. */
function spell(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of argv) {
    if (/^-d\d*$/.test(word)) words.push(`--debug=${word.slice(2) || '1'}`);
    else if (/^\d+$/.test(word) && words.at(-1) === '--debug=1') words.splice(-1, 1, `--debug=${word}`);
    else words.push(word === '-' ? STANDARD_INPUT : word);
  }
  return words;
}

/** The table of commands. What each does is loaded only when it is asked for. */
function commands(parser: Argv, io: Io, choose: (command: Command) => void): Argv {
  const config = {
    alias: ['configuration'],
    type: 'string',
    requiresArg: true,
    describe: 'the config (tenshi.conf)',
  } as const;
  return parser
    .scriptName('tayori')
    .usage(USAGE)
    .command(
      '$0',
      'read logs and mail letters',
      (command) =>
        command.options({
          c: config,
          C: {
            alias: 'Check',
            type: 'boolean',
            describe: 'check the config and end: 0 when it is sound, else 1',
          },
          f: { alias: 'foreground', type: 'boolean', describe: 'stay in the foreground' },
          d: {
            alias: 'debug',
            type: 'number',
            describe: 'tell everything (-d2: the talk with the mail server, too)',
          },
          p: {
            alias: 'profile',
            type: 'boolean',
            describe: 'sort standard input, mail nothing, say how fast',
          },
          P: { alias: 'pidfile', type: 'string', requiresArg: true, describe: 'write the pid here' },
        }),
      (args) => choose(() => main(args, io)),
    )
    .command(
      'try',
      'a first letter from the logs of this machine, at once; then goes on reading',
      (command) => command.option('c', config),
      (args) => choose(async () => (await import('./commands/try.js')).tryOut({ config: args.c }, io)),
    )
    .command(
      'check [file]',
      'look a config over: faults, doubts, advice',
      (command) => command.option('c', config).positional('file', { type: 'string' }),
      (args) =>
        choose(async () => (await import('./commands/check.js')).check({ config: args.file ?? args.c }, io)),
    )
    .command(
      'status',
      'what is watched, what waits, what goes next, what went wrong',
      (command) =>
        command
          .option('c', config)
          .option('json', { type: 'boolean', default: false, describe: 'for machines' }),
      ({ c, json }) =>
        choose(async () => (await import('./commands/status.js')).status({ config: c, json }, io)),
    )
    .command(
      'digest <files..>',
      'print the letters that logs would make (- is standard input; .gz is unpacked)',
      (command) =>
        command
          .option('c', config)
          .option('format', { choices: ['text', 'html', 'json'] as const, default: 'text' as const })
          .positional('files', { type: 'string', array: true, demandOption: true }),
      ({ c, format, files }) =>
        choose(async () => {
          const named = files.map((file) => (file === STANDARD_INPUT ? '-' : file));
          return (await import('./commands/digest.js')).digest({ config: c, format, files: named }, io);
        }),
    )
    .strict()
    .help('h')
    .alias('h', 'help')
    .version(version())
    .exitProcess(false);
}

interface MainOptions {
  readonly c?: string | undefined;
  readonly C?: boolean | undefined;
  readonly f?: boolean | undefined;
  readonly d?: number | undefined;
  readonly p?: boolean | undefined;
  readonly P?: string | undefined;
}

async function main(options: MainOptions, io: Io): Promise<ExitCode> {
  const config = options.c;
  if (options.C) return (await import('./commands/check.js')).checkSilently({ config }, io);
  if (options.p) return await (await import('./commands/profile.js')).profile({ config }, io);
  if (!options.f && options.d === undefined) {
    io.stderr.write(
      'tayori: becoming a daemon is not served yet; use -f, e.g. under systemd, or tayori try\n',
    );
    return 1;
  }
  const { run } = await import('./commands/run.js');
  return await run({ config, pidfile: options.P, debug: options.d ?? 0 }, io);
}
