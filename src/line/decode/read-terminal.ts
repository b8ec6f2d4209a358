import type { ReadEntry } from '../log-reading.js';
import { TerminalRow } from './terminal-row.js';

/*
 * ECMA-48 and xterm's ctlseqs. A sequence that does not end in its line is no sequence: but for its first two
 * characters it stays, or a prompt could hide what is typed behind it.
 */
const TOKEN = new RegExp(
  [
    String.raw`\x1b\[(?<parameters>[0-?]*)[ -/]*(?<action>[@-~])`,
    String.raw`(?<text>\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))`,
    String.raw`(?<escape>\x1b[ -/]*[0-~]|\x1b[\]PX^_\[]|\x1b)`,
    String.raw`(?<wrap> \r(?=[^\r\n\x1b]))`,
    '(?<one>.)',
  ].join('|'),
  'gsu',
);

/** The beginning and the end of what a full-screen program such as vi or less shows. */
const SCREEN = /\x1b\[\?(?:1049|1047|47)([hl])/;
const SCREEN_TOLD = ' [full screen] ';

/** A row that goes on in the next one is at least so wide: readline writes a blank and a return there. */
const MIN_WIDTH = 40;

/** Parameters beyond it mean no more than it does; see `MAX_CELLS`. */
const MAX_PARAMETER = 9999;

/** What a line of a typescript (script(1)) looked like on the terminal: what was typed, as it was corrected, or seen. */
export function terminalText(line: string): string {
  const row = new TerminalRow();
  for (const { groups = {} } of withoutScreens(line).matchAll(TOKEN)) {
    const { parameters, action, wrap, one } = groups;
    if (action !== undefined) act(row, action, parameters ?? '');
    else if (one !== undefined) put(row, one);
    else if (wrap !== undefined && !(row.isAtEnd && row.column >= MIN_WIDTH - 1)) {
      row.write(' ');
      row.moveTo(0);
    }
  }
  return row.end();
}

/** Without what stands on full screens that begin and end in the line. */
function withoutScreens(line: string): string {
  // Text and the letters of switches in turn.
  const pieces = line.split(SCREEN);
  let [shown = ''] = pieces;
  let screen: string | null = null;
  for (let at = 1; at < pieces.length; at += 2) {
    const text = pieces[at + 1] ?? '';
    if (pieces[at] === 'h') {
      shown += screen ?? '';
      screen = text;
    } else {
      shown += (screen === null ? '' : SCREEN_TOLD) + text;
      screen = null;
    }
  }
  return shown + (screen ?? '');
}

/** Makes the reader of typescripts: their lines have no prefix, whatever they look like. `hostname`: whose they are. */
export function createTerminalReader(hostname: string): ReadEntry {
  return (line) => {
    const text = terminalText(line);
    if (text.trim() === '') return { kind: 'marker' };
    return { kind: 'entry', entry: { host: hostname, time: null, text }, dialect: 'set decode' };
  };
}

function put(row: TerminalRow, character: string): void {
  switch (character) {
    case '\b':
      return row.moveTo(row.column - 1);
    case '\x7f': // as typed: takes the character before the cursor
      if (row.column === 0) return;
      row.moveTo(row.column - 1);
      return row.remove(1);
    case '\x15': // ^U, as typed
      return row.removeBefore();
    case '\x17': // ^W, as typed
      return row.removeWord();
    case '\r':
      return row.moveTo(0);
    case '\n':
    case '\v':
    case '\f':
      return row.leave();
    default:
      if (character === '\t' || character >= ' ') row.write(character);
  }
}

function act(row: TerminalRow, action: string, parameters: string): void {
  const given = Math.min(Number.parseInt(parameters, 10) || 0, MAX_PARAMETER);
  const count = Math.max(1, given);
  switch (action) {
    case 'C':
      return row.moveTo(row.column + count);
    case 'D':
      return row.moveTo(row.column - count);
    case 'G':
    case '`':
      return row.moveTo(count - 1);
    case '@':
      return row.insert(count);
    case 'P':
      return row.remove(count);
    case 'X':
      return row.erase(row.column, row.column + count);
    case 'K':
      return row.erase(given === 0 ? row.column : 0, given === 1 ? row.column + 1 : Number.POSITIVE_INFINITY);
    case 'J':
      return given === 0 ? row.erase(row.column, Number.POSITIVE_INFINITY) : row.leave();
    case 'A':
    case 'B':
    case 'E':
    case 'F':
    case 'H':
    case 'd':
    case 'f':
      return row.leave();
    default:
  }
}
