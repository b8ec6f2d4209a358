import yargs, { type Argv } from 'yargs';
import { COMMANDS, COMMON_OPTIONS } from '../base/command-table.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { main } from '../commands/main.js';

type Command = () => ExitCode | Promise<ExitCode>;

const USAGE =
  'tayori follows logs, sorts every line into queues, and mails each queue as a letter.\n\n$0 [COMMAND] [OPTIONS]';

const MORE = 'More: tayori COMMAND --help, tayori manual, tayori manual tenshi.conf';

/** Reads any command line and runs what it asks for. Wrong usage is told on stderr and gives 2. */
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

/** The table of commands, wired. What each does is loaded only when it is asked for. */
function commands(
  parser: Argv,
  { argv, io }: { readonly argv: readonly string[]; readonly io: Io },
  choose: (command: Command) => void,
): Argv {
  const { main: daemon, try: tryIt, check, status, preview, letters, digest, manual } = COMMANDS;
  return parser
    .scriptName('tayori')
    .usage(USAGE)
    .command(
      daemon.usage,
      daemon.describe,
      (command) => withExamples(command.options(daemon.options), daemon.examples).epilogue(MORE),
      (args) => choose(() => main(args, argv, io)),
    )
    .command(
      tryIt.usage,
      tryIt.describe,
      (command) => withExamples(command.options(tryIt.options), tryIt.examples),
      (args) => choose(async () => (await import('../commands/try.js')).tryOut({ config: args.c }, io)),
    )
    .command(
      check.usage,
      check.describe,
      (command) =>
        withExamples(command.options(check.options).positional('file', check.words.file), check.examples),
      (args) =>
        choose(async () => (await import('../commands/check.js')).check({ config: args.file ?? args.c }, io)),
    )
    .command(
      status.usage,
      status.describe,
      (command) => withExamples(command.options(status.options), status.examples),
      ({ c, json }) =>
        choose(async () =>
          (await import('../commands/status.js')).status({ config: c, json: json ?? false }, io),
        ),
    )
    .command(
      preview.usage,
      preview.describe,
      (command) =>
        withExamples(
          command.options(preview.options).positional('queue', preview.words.queue),
          preview.examples,
        ),
      ({ c, queue, html }) =>
        choose(async () => {
          const page = html === STANDARD_INPUT ? '-' : html;
          return (await import('../commands/preview.js')).preview({ config: c, queue, html: page }, io);
        }),
    )
    .command(
      letters.usage,
      letters.describe,
      (command) =>
        withExamples(command.options(letters.options).positional('id', letters.words.id), letters.examples),
      ({ c, id, format, send }) =>
        choose(async () =>
          (await import('../commands/letters.js')).letters({ config: c, id, format, send }, io),
        ),
    )
    .command(
      digest.usage,
      digest.describe,
      (command) =>
        withExamples(
          command.options(digest.options).positional('files', digest.words.files),
          digest.examples,
        ),
      ({ c, format, files }) =>
        choose(async () => {
          const named = files.map((file) => (file === STANDARD_INPUT ? '-' : file));
          return (await import('../commands/digest.js')).digest({ config: c, format, files: named }, io);
        }),
    )
    .command(
      manual.usage,
      manual.describe,
      (command) =>
        withExamples(command.options(manual.options).positional('page', manual.words.page), manual.examples),
      ({ page, roff }) =>
        choose(async () => (await import('../commands/manual.js')).manual({ page, roff: roff ?? false }, io)),
    )
    .strict()
    .help('h', COMMON_OPTIONS.h.describe)
    .alias('h', COMMON_OPTIONS.h.alias)
    .version('version', COMMON_OPTIONS.version.describe, version())
    .exitProcess(false);
}

function withExamples<T>(command: Argv<T>, examples: readonly (readonly [string, string])[]): Argv<T> {
  return command.example(examples.map(([line, does]) => [line, does]));
}
