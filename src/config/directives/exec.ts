import type { SourceLocation } from '../../base/place.js';
import { sample } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import { type CommandLine, readCommandLine } from '../../queue/exec/command-line.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { type Keyed, keyed, part, type Replacing, setting } from './declare.js';
import type { ReadContext } from './directive.js';
import { readProgram, reportShellWords, wordsOf } from './read-program.js';
import { isQueueName } from './read-queue.js';
import { number, onOff, refuse } from './value-kinds.js';

const { raw } = String;

export interface ExecConfig {
  readonly queue: string;
  readonly command: CommandLine;
  readonly place: SourceLocation;
}

const FORM = 'write set exec QUEUE /PATH ARGS, as in set exec block /usr/local/sbin/block {{ip}}';

/** `QUEUE PATH ARGS`. It also defines the queue. */
const exec: Replacing<ExecConfig> = {
  grammar: 'QUEUE PATH ARGS',
  read: readExec,
  replaced: (queue) => ({
    seen: `${quote(queue)} has another program above`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

export const EXEC = part(
  'Programs that act',
  keyed(
    'exec',
    'execs',
    exec,
    'none',
    'Runs a program for each message of QUEUE, without a shell. {{NAME}} in ARGS is what the named group of the rule matched; the line is on its standard input.',
    'QUEUE needs no set queue; with one it has letters, too. What stands before the queue (set window, set throttle, set follows, set exempt) decides which hits run the program. See PROGRAMS THAT ACT.',
    sample(
      'set window block 3 24h by ip',
      'set exec block /usr/local/sbin/block {{ip}}',
      raw`block ^sshd: Invalid user .* from (?<ip>[\d.]+)(?: port \d+)?$`,
    ),
  ),
  setting(
    'exec_timeout',
    number('SECONDS', { min: 1, max: 3600 }),
    60,
    'How long a program of set exec may run. Then it gets TERM, and KILL two seconds later, with all its children.',
  ),
  setting(
    'exec_parallel',
    number('N', { min: 1, max: 64 }),
    4,
    'How many programs of one queue run at once. 1: one after the other, in the order of the lines.',
  ),
  setting(
    'exec_repeat',
    onOff,
    false,
    'Runs a program again if tayori ended while it ran. Off: it may not have run to its end, but it never runs twice for a hit.',
  ),
);

function readExec(value: SourceText, report: Reporter, context: ReadContext): Keyed<ExecConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  if (rest.text === '')
    return refuse(report, value, 'a program without its queue, or a queue without one', FORM);
  context.namedQueues.add(queue.text);
  if (!isQueueName(queue, report)) return undefined;
  if (queue.text === 'noprefix')
    return refuse(
      report,
      queue,
      'a program of the queue noprefix',
      'its lines have no text that a rule reads: use another queue',
    );
  if (readProgram(rest, FORM, report) === undefined) return undefined;
  const words = wordsOf(rest);
  reportShellWords(words.slice(1), report);
  reportPlaceholders(words, report);
  const command = readCommandLine(words.map(({ text }) => text));
  return { key: queue.text, entry: { queue: queue.text, command, place: value.place } };
}

/** Braces that look like a value and are none. */
function reportPlaceholders([path, ...args]: readonly SourceText[], report: Reporter): void {
  const odd = args.find(({ text }) => text.replaceAll(/\{\{[A-Za-z_]\w*\}\}/g, '').includes('{{'));
  if (path?.text.includes('{{'))
    report.warning(
      path,
      'a "{{" in the path of a program, which is taken as it stands',
      'write the whole path',
      'bad-template',
    );
  if (odd)
    report.warning(
      odd,
      'a "{{" without its "}}" is taken as text',
      'write {{NAME}}, without blanks',
      'bad-template',
    );
}
