import type { Joined, JoinLines } from '../base/text/joiner.js';

/** Lines and UTF-16 units of one entry: a stack trace has some dozens of lines, a dump of all threads some hundreds. */
export const MAX_ENTRY_LINES = 500;
export const MAX_ENTRY_LENGTH = 256 * 1024;

/** What continues an entry by its form: a line that begins with a blank, or the cause of a Java exception. */
const INDENTED = /^(?:[ \t]|Caused by: )/;

/** Whether a line goes on with the entry before it, by its form alone. */
export function isIndented(line: string): boolean {
  return INDENTED.test(line);
}

/**
 * Makes the joiner of entries of several lines. The last entry is held, since more may follow. Lines of an entry are
 * joined by a blank; blanks around the further ones are no part of it. An entry that reaches a bound ends and says so;
 * the lines behind it are an entry of their own.
 */
export function createMultilineJoiner(continues: (line: string) => boolean): JoinLines {
  return (lines, isEnd): Joined => {
    const entries: string[] = [];
    let cut = 0;
    let from = 0;
    let length = 0;
    for (const [at, line] of lines.entries()) {
      const goesOn = at > 0 && continues(line);
      const isFull = goesOn && (at - from >= MAX_ENTRY_LINES || length + line.length > MAX_ENTRY_LENGTH);
      if (at > 0 && (!goesOn || isFull)) {
        entries.push(joined(lines.slice(from, at)) + (isFull ? CUT : ''));
        cut += isFull ? 1 : 0;
        from = at;
        length = 0;
      }
      length += line.length;
    }
    if (!isEnd) return { entries, held: lines.length - from, cut };
    return { entries: [...entries, joined(lines.slice(from))], held: 0, cut };
  };
}

const CUT = ' [cut: too many lines]';

function joined(lines: readonly string[]): string {
  const [first = '', ...further] = lines;
  if (further.length === 0) return first;
  return [first.trimEnd(), ...further.map((line) => line.trim())].filter((line) => line !== '').join(' ');
}
