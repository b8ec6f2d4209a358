import type { TextBlock } from '../base/text/text-block.js';

const NEWLINE = 10;
const SPACE = 32;

/** Lines of one message, the first included; further lines are read one by one. */
const MAX_JOINED = 500;

/** The minimal width of a timestamp, a host and a tag. */
const MIN_COLUMN = 16;

/**
 * Where a message ends whose further lines are indented to the column at which its text begins, as journalctl writes
 * them; `to` when the line at `from` is the whole message.
 */
export function endOfMessage(whole: TextBlock, from: number, to: number): number {
  const { units, text } = whole;
  if (units[to + 1] !== SPACE || to + 1 >= text.length) return to;
  const column = columnOf(whole, from, to);
  let end = to;
  for (let lines = 1; lines < MAX_JOINED && end + 1 < text.length; lines++) {
    if (indentAt(whole, end + 1) < column) break;
    const newline = text.indexOf('\n', end + 1);
    end = newline < 0 ? text.length : newline;
  }
  return end;
}

/** The lines of a message as one line, with a blank where each ended. */
export function joinLines(text: string): string {
  return text.replace(/\n +/g, ' ');
}

/** How many blanks stand at the beginning of a line that holds anything else. */
function indentAt({ units, text }: TextBlock, start: number): number {
  let at = start;
  while (at < text.length && units[at] === SPACE) at++;
  return at < text.length && units[at] !== NEWLINE ? at - start : 0;
}

/** The column at which the text behind the first `: ` of a line begins; where there is none, one beyond all lines. */
function columnOf({ units, text }: TextBlock, from: number, to: number): number {
  const colon = text.indexOf(': ', from);
  const column = colon + 2 - from;
  return colon < 0 || colon + 2 > to || column < MIN_COLUMN || units[from] === SPACE
    ? Number.POSITIVE_INFINITY
    : column;
}
