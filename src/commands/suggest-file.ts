import { existsSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../base/errors.js';

/** The first line of each file that `tayori suggest` has written. Only such files are written again. */
const MARK = '# Rules that tayori suggest has written.';
const HEAD = `${MARK} Include this file in front of the rule that takes everything else.\n`;

/** A rule as it is to be written down. */
export interface WrittenRule {
  readonly regex: string;
  readonly text: string;
}

export type Outcome =
  /** `known`: rules that the file held already. */
  | { readonly kind: 'written'; readonly written: number; readonly known: number }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Writes rules into a new file, or behind those of a file that was written by this before. Any other file stays as it
 * is. The file is replaced as a whole, so that nobody reads half of it.
 */
export function writeRuleFile(path: string, rules: readonly WrittenRule[]): Outcome {
  try {
    if (!existsSync(path)) return create(path, rules);
    const file = realpathSync(path);
    const { mode } = statSync(file);
    if (!statSync(file).isFile()) return { kind: 'refused', reason: 'it is no plain file' };
    const before = readFileSync(file, 'utf8');
    if (!before.startsWith(MARK))
      return {
        kind: 'refused',
        reason: 'it was not written by tayori suggest; name a file that is not there yet',
      };
    const known = new Set(before.split('\n').map(regexOfLine));
    const missing = rules.filter(({ regex }) => !known.has(regex));
    if (missing.length > 0) replace(file, before + textOf(missing), mode);
    return { kind: 'written', written: missing.length, known: rules.length - missing.length };
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

function create(path: string, rules: readonly WrittenRule[]): Outcome {
  writeFileSync(path, HEAD + textOf(rules), { flag: 'wx' });
  return { kind: 'written', written: rules.length, known: 0 };
}

function replace(file: string, text: string, mode: number): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { flag: 'wx', mode });
  renameSync(draft, file);
}

function textOf(rules: readonly WrittenRule[]): string {
  return rules.map(({ text }) => `\n${text}`).join('');
}

/** What stands behind the queue in a line of a rule file. */
function regexOfLine(line: string): string {
  return line.slice(line.indexOf(' ') + 1);
}
