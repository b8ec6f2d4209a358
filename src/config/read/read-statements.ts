import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { quote } from '../../base/text/quote.js';
import { readConfigFile, whyUnreadable } from './read-file.js';
import type { Reporter } from './report.js';
import { reportRest } from './report-rest.js';
import { from, type SourceText, skipBlanks, splitWord } from './source-text.js';

export interface Statements {
  readonly statements: readonly SourceText[];
  /** Every file that was read, the main one first; a file that is included twice stands once. */
  readonly files: readonly string[];
  readonly notes: readonly FoundNote[];
}

/** A note (`#:`), and the statement below it in its file. */
export interface FoundNote {
  /** What stands behind `#:`. */
  readonly text: SourceText;
  /** Includes count, too; null: there is none. */
  readonly below: SourceText | null;
}

/** Far deeper than a config needs. Includes are read recursively, so the stack has to hold them. */
const MAX_INCLUDE_DEPTH = 50;
/** Stops files that include each other twice, which would soon be a million. */
const MAX_FILES = 10_000;

/** A comment that is kept. */
const NOTE = /^#:(?:[ \t]|$)/;

/**
 * Reads a config and all files that it includes, in place and in order. Each line is one statement; comments, but for notes,
 * and empty lines are left out, and so are a byte order mark and the CR of CRLF. A relative path in `include` or
 * `includedir` is taken from the folder of the file that names it and from nowhere else: the working directory of a
 * daemon is not that of the shell in which its config was checked.
 */
export function readStatements(path: string, report: Reporter): Statements {
  const statements: SourceText[] = [];
  const notes: FoundNote[] = [];
  const files = new Set<string>();
  let read = 0;

  function readFile(file: string, named: SourceText, open: readonly string[]): void {
    const tooMuch = refuse(read, open.length);
    if (tooMuch) return report.error(named, tooMuch, 'remove some of the includes', 'too-much');
    const content = readConfigFile(file, open.length === 0 ? 'main' : 'included');
    if (!content.ok) return reportUnreadable(file, content.reason, named, report);
    if (open.includes(content.identity))
      return report.error(
        named,
        `${quote(file)} includes itself`,
        'remove one of the includes',
        'include-loop',
      );
    read += 1;
    files.add(file);
    let above: SourceText[] = [];
    const endNotes = (below: SourceText | null): void => {
      for (const text of above) notes.push({ text, below });
      above = [];
    };
    for (const [index, { text, utf8 }] of content.lines.entries()) {
      const statement = skipBlanks({ place: { file, line: index + 1, column: 1 }, text });
      if (NOTE.test(statement.text)) above.push(skipBlanks(from(statement, 2)));
      if (statement.text === '' || statement.text.startsWith('#')) continue;
      endNotes(statement);
      if (!utf8) reportBytes(statement, report);
      readStatement(statement, [...open, content.identity]);
    }
    endNotes(null);
  }

  function readStatement(statement: SourceText, open: readonly string[]): void {
    const { word, rest } = splitWord(statement);
    if ((word.text !== 'include' && word.text !== 'includedir') || rest.text === '') {
      statements.push(statement);
      return;
    }
    const { word: named, rest: ignored } = splitWord(rest);
    reportRest(ignored, report);
    const path = isAbsolute(named.text) ? named.text : join(dirname(statement.place.file), named.text);
    if (word.text === 'include') readFile(path, named, open);
    else for (const file of listFolder(path, named, report)) readFile(file, named, open);
  }

  readFile(path, { place: { file: path, line: 1, column: 1 }, text: '' }, []);
  return { statements, files: [...files], notes };
}

function refuse(read: number, depth: number): string | null {
  if (depth > MAX_INCLUDE_DEPTH) return `includes nested more than ${MAX_INCLUDE_DEPTH} deep`;
  return read >= MAX_FILES ? `more than ${MAX_FILES} files` : null;
}

function reportBytes(statement: SourceText, report: Reporter): void {
  const instead = 'save the file as UTF-8; until then each such byte is read as \\xNN';
  report.warning(statement, 'bytes that are not UTF-8', instead, 'not-utf8');
}

/** Tenshi takes relative paths from its working directory. If the file exists there, the hint gives its absolute path. */
function reportUnreadable(file: string, reason: string, named: SourceText, report: Reporter): void {
  const elsewhere = named.text !== '' && !isAbsolute(named.text) && existsSync(named.text);
  const instead = elsewhere
    ? `write ${resolve(named.text)}: a relative path starts at the folder of the file that names it`
    : 'name a file that can be read';
  report.error(named, `cannot read ${quote(file)} (${reason})`, instead, 'unreadable-file');
}

/** The plain files of a folder, in byte order of their names, without dot files. */
function listFolder(folder: string, named: SourceText, report: Reporter): string[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' })
      .sort(Buffer.compare)
      .map((name) => name.toString())
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(folder, name))
      .filter((file) => isIncluded(file, named, report));
  } catch (error) {
    const seen = `cannot read the folder ${quote(folder)} (${whyUnreadable(error)})`;
    report.error(named, seen, 'name a folder that can be read', 'unreadable-file');
    return [];
  }
}

/** Keeps plain files, and files that stat fails on (reading them will report why); skips dangling links. */
function isIncluded(file: string, named: SourceText, report: Reporter): boolean {
  if (file.includes('\uFFFD')) {
    report.warning(
      named,
      `${quote(file)} is skipped: its name is not UTF-8`,
      'rename it in UTF-8',
      'not-utf8',
    );
    return false;
  }
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return true;
  }
}
