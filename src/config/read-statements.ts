import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Place } from '../place.js';
import type { Fault } from './fault.js';
import { type Statement, splitWord } from './statement.js';

export interface Statements {
  readonly statements: readonly Statement[];
  /** Every file read, the main one first. */
  readonly files: readonly string[];
}

/**
 * Reads a config and all that it includes, in place and in order. One statement a line; comments and empty lines are
 * left out, a byte order mark and the CR of CRLF are no part of the text. A relative path in `include` or
 * `includedir` is taken from the file that names it.
 */
export function readStatements(path: string, report: (fault: Fault) => void): Statements {
  const statements: Statement[] = [];
  const files: string[] = [];

  function readFile(file: string, namedAt: Place, open: readonly string[]): void {
    const fault = (code: Fault['code'], seen: string, instead: string): void =>
      report({ severity: 'error', code, place: namedAt, seen, instead });
    try {
      const real = realpathSync(file);
      if (open.includes(real))
        return fault('include-loop', `"${file}" includes itself`, 'remove one of the includes');
      const text = readFileSync(file, 'utf8');
      files.push(file);
      readText(text, file, [...open, real]);
    } catch (error) {
      fault('unreadable-file', `cannot read "${file}" (${reason(error)})`, 'name a file that can be read');
    }
  }

  function readText(text: string, file: string, open: readonly string[]): void {
    for (const [index, raw] of text
      .replace(/^\uFEFF/, '')
      .split('\n')
      .entries()) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      const body = line.replace(/^[ \t]+/, '');
      if (body === '' || body.startsWith('#')) continue;
      const place = { file, line: index + 1, column: line.length - body.length + 1 };
      readStatement({ place, text: body }, open);
    }
  }

  function readStatement(statement: Statement, open: readonly string[]): void {
    const { word, rest } = splitWord(statement);
    if ((word.text !== 'include' && word.text !== 'includedir') || rest.text === '') {
      statements.push(statement);
      return;
    }
    const named = resolve(dirname(statement.place.file), splitWord(rest).word.text);
    if (word.text === 'include') readFile(named, rest.place, open);
    else for (const file of listFolder(named, rest.place, report)) readFile(file, rest.place, open);
  }

  readFile(path, { file: path, line: 1, column: 1 }, []);
  return { statements, files };
}

/** The plain files of a folder in byte order of their names; dot files are skipped. */
function listFolder(folder: string, place: Place, report: (fault: Fault) => void): string[] {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return names.map((name) => join(folder, name)).filter((file) => isFile(file));
  } catch (error) {
    const seen = `cannot read the folder "${folder}" (${reason(error)})`;
    report({
      severity: 'error',
      code: 'unreadable-file',
      place,
      seen,
      instead: 'name a folder that can be read',
    });
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is none';
  if ('code' in error && error.code === 'EISDIR') return 'it is a folder';
  if ('code' in error && error.code === 'EACCES') return 'permission denied';
  return error.message;
}
