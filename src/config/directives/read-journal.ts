import { isAbsolute } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Reader } from './directive.js';
import { readProgram, reportShellWords, wordsOf } from './read-program.js';
import { readPath, refuse } from './value-kinds.js';

/** A journal of systemd, and which of its entries are asked for. */
export interface JournalConfig {
  /** Of journal files; null: the journal of this machine. */
  readonly folder: string | null;
  /** As journalctl(1) takes them, with `PRIORITY=0..4` written out. */
  readonly matches: readonly string[];
}

/** A program that runs on, and its arguments. */
export interface CommandConfig {
  readonly path: string;
  readonly args: readonly string[];
}

export const journal: Reader<JournalConfig> = { grammar: '[/FOLDER] [MATCH...]', read: readJournal };

export const command: Reader<CommandConfig> = { grammar: '/PATH ARGS', read: readCommand };

function readJournal(text: SourceText, report: Reporter): JournalConfig | undefined {
  const { word, rest } = splitWord(text);
  if (!isAbsolute(word.text)) {
    const matches = readMatches(text, report);
    return matches && { folder: null, matches };
  }
  const folder = readPath(word, report);
  const matches = readMatches(rest, report);
  return folder !== undefined && matches ? { folder, matches } : undefined;
}

function readMatches(text: SourceText, report: Reporter): string[] | undefined {
  const matches: string[] = [];
  for (const word of wordsOf(text)) {
    const match = readMatch(word, matches, report);
    if (match === undefined) return undefined;
    matches.push(...match);
  }
  if (matches.at(-1) !== '+') return matches;
  return refuse(report, text, 'a + with nothing behind it', 'write + between two matches');
}

/** The name of a field as journald takes it (systemd.journal-fields(7)). */
const MATCH = /^([A-Z_][A-Z0-9_]{0,63})=(.+)$/s;
const RANGE = /^([0-7])\.\.([0-7])$/;

/** A word as arguments of journalctl; before it stand those of `before`. */
function readMatch(word: SourceText, before: readonly string[], report: Reporter): string[] | undefined {
  const { text } = word;
  if (text === '+') {
    if (before.length > 0 && before.at(-1) !== '+') return ['+'];
    return refuse(report, word, 'a + with nothing before it', 'write + between two matches');
  }
  const [, field, value = ''] = MATCH.exec(text) ?? [];
  if (field === undefined || text.includes('\0'))
    return refuse(
      report,
      word,
      `${quote(text)} as a match`,
      'write FIELD=VALUE, as in _SYSTEMD_UNIT=ssh.service',
    );
  const [, least, most] = RANGE.exec(value) ?? [];
  if (field !== 'PRIORITY' || least === undefined) return [text];
  const [low, high] = [Number(least), Number(most)];
  if (low > high) return refuse(report, word, quote(text), `write PRIORITY=${high}..${low}`);
  return Array.from({ length: high - low + 1 }, (_, at) => `PRIORITY=${low + at}`);
}

function readCommand(text: SourceText, report: Reporter): CommandConfig | undefined {
  const program = readProgram(text, 'write set command /PATH ARGS', report);
  if (program === undefined) return undefined;
  const [path, ...args] = wordsOf(text);
  reportShellWords(args, report);
  return { path: path?.text ?? '', args: args.map((one) => one.text) };
}
