import { constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { mayAccess } from '../../base/may-access.js';
import { quote } from '../../base/text/quote.js';
import type { Reporter } from '../read/report.js';
import { from, type SourceText, splitWord, trimEnd } from '../read/source-text.js';

/** A program with its arguments, as written. As in Tenshi, it is refused unless it can be run. `form`: what to write. */
export function readProgram(statement: SourceText, form: string, report: Reporter): string | undefined {
  const { word: program } = splitWord(statement);
  const fail = (seen: string, instead: string): undefined => {
    report.error(program, seen, instead, 'bad-program');
  };
  if (program.text === '') return fail('no program', form);
  if (!isAbsolute(program.text))
    return fail(`${quote(program.text)} as a program`, 'write its absolute path');
  if (!isExecutable(program.text))
    return fail(
      `${quote(program.text)} cannot be run`,
      'name a program that exists, or make it executable with chmod +x',
    );
  return trimEnd(statement.text);
}

function isExecutable(program: string): boolean {
  return (
    mayAccess(program, constants.X_OK) && statSync(program, { throwIfNoEntry: false })?.isFile() === true
  );
}

/** The words of a statement, as they are cut at blanks. */
export function wordsOf(text: SourceText): SourceText[] {
  const found: SourceText[] = [];
  for (let rest = from(text, 0); ; ) {
    const next = splitWord(rest);
    if (next.word.text === '') return found;
    found.push(next.word);
    rest = next.rest;
  }
}

/** What a shell would read, and what a program gets as it stands. */
const FOR_A_SHELL = /['"`|<>$;&]/;

/** Warns of arguments that mean something to a shell only. */
export function reportShellWords(args: readonly SourceText[], report: Reporter): void {
  const odd = args.find((one) => FOR_A_SHELL.test(one.text));
  if (odd)
    report.warning(
      odd,
      `${quote(odd.text)}, which the program is given as it stands`,
      'no shell reads it; where it needs one, write a script and name that',
      'odd-argument',
    );
}
