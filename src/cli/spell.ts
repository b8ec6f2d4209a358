import { parseDebug } from '../commands/debug.js';

/** Before a word that yargs would take for something else, such as an option; no word of a command line holds a NUL. */
const MARK = '\0';

/** Words that yargs loses (`-`), or takes for the value of the flag before them. */
const MISTAKEN = ['-', 'true', 'false'];

/**
 * What yargs would not understand, in words that it does: `-d`, `-d2`, `-d 2`, as Tenshi takes them, `-d mail,store`; a lone `-`;
 * and what
 * stands behind `--`, which is no option whatever it looks like (POSIX, Utility Syntax Guideline 10).
 */
export function spell(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  const behind = end < 0 ? [] : argv.slice(end + 1);
  const words: string[] = [];
  for (const word of before) {
    if (/^-d\d*$/.test(word)) words.push(`--debug=${word.slice(2) || '1'}`);
    else if (words.at(-1) === '--debug=1' && isDebug(word)) words.splice(-1, 1, `--debug=${word}`);
    else words.push(MISTAKEN.includes(word) ? `${MARK}${word}` : word);
  }
  return [...words, ...behind.map((word) => (/^-|^true$|^false$/.test(word) ? `${MARK}${word}` : word))];
}

/** Options and words of a command as they were typed. */
export function unmarked(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, unmark(value)]));
}

function unmark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

/** What may stand behind `-d`; a list may name a subject that there is not, which is told then. */
function isDebug(word: string): boolean {
  return parseDebug(word) !== null || /^\w+(?:,\w+)+$/.test(word);
}
