import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { readForeignFile } from '../read-foreign-file.js';

/** `mail=root,subject=x` and the like, under a `watchfor`. */
export interface SwatchAction {
  readonly name: string;
  readonly value: string;
  readonly place: ForeignPlace;
}

/** `watchfor` or `ignore` with what belongs to it. */
export interface SwatchRecord {
  readonly keyword: 'watchfor' | 'ignore';
  readonly pattern: string;
  readonly place: ForeignPlace;
  readonly actions: readonly SwatchAction[];
}

/** A file: the log that a comment `# logfile PATH` names, the variables of `perlcode`, and the records. */
export interface Swatchrc {
  readonly path: string;
  readonly log: string | null;
  readonly variables: ReadonlyMap<string, string>;
  readonly records: readonly SwatchRecord[];
}

/** Files that include each other. */
const MAX_INCLUDES = 20;

/** Reads a swatchrc as swatchdog 3.2.4 does; null when it cannot be read, which is noted. */
export function readSwatchrc(path: string, draft: MigrationDraft, depth = 0): Swatchrc | null {
  const file = readForeignFile(path);
  if (!file.ok) {
    draft.unreadable(path, file.reason);
    return null;
  }
  const reader = new SwatchrcReader(path, draft, depth);
  let text = '';
  let begun = 0;
  for (const line of file.lines) {
    if (text === '') begun = line.number;
    const own = line.text.trim();
    const named = /^#\s*logfile\s+(\/\S+)/.exec(own)?.[1];
    if (named !== undefined && text === '') reader.log ??= named;
    if (/^(?:#|$)/.test(own) && text === '') continue;
    text += own.startsWith('#') ? '' : own.replace(/\\$/, '');
    if (own.endsWith('\\')) continue;
    reader.take(text, { file: path, line: begun });
    text = '';
  }
  if (text !== '') reader.take(text, { file: path, line: begun });
  return reader.end();
}

class SwatchrcReader {
  readonly #path: string;
  readonly #draft: MigrationDraft;
  readonly #depth: number;
  readonly #variables = new Map<string, string>();
  readonly #records: {
    -readonly [K in keyof SwatchRecord]: SwatchRecord[K] extends readonly (infer T)[] ? T[] : SwatchRecord[K];
  }[] = [];
  /** As `# logfile PATH` names it. */
  log: string | null = null;

  constructor(path: string, draft: MigrationDraft, depth: number) {
    this.#path = path;
    this.#draft = draft;
    this.#depth = depth;
  }

  take(text: string, place: ForeignPlace): void {
    const [, key = '', value = ''] = /^([^\s=]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(text) ?? [];
    const keyword = key.toLowerCase();
    if (keyword === 'watchfor' || keyword === 'waitfor' || keyword === 'ignore')
      this.#records.push({
        keyword: keyword === 'ignore' ? 'ignore' : 'watchfor',
        pattern: value,
        place,
        actions: [],
      });
    else if (keyword === 'include') this.#include(value, place);
    else if (keyword === 'perlcode') this.#takeCode(value, text, place);
    else if (this.#records.length === 0)
      this.#draft.remark(
        'lost',
        place,
        quote(text),
        'it stands above the first watchfor, and swatch skips it, too',
      );
    else this.#records.at(-1)?.actions.push({ name: keyword, value, place });
  }

  end(): Swatchrc {
    return { path: this.#path, log: this.log, variables: this.#variables, records: this.#records };
  }

  #include(path: string, place: ForeignPlace): void {
    const included = this.#depth < MAX_INCLUDES ? readSwatchrc(path, this.#draft, this.#depth + 1) : null;
    if (this.#depth >= MAX_INCLUDES)
      this.#draft.remark('lost', place, quote(path), 'files include each other too deep');
    for (const record of included?.records ?? [])
      this.#records.push({ ...record, actions: [...record.actions] });
    for (const [name, value] of included?.variables ?? []) this.#variables.set(name, value);
  }

  /** `perlcode my $x = '...';` gives a pattern a part; all else would have to be run. */
  #takeCode(value: string, text: string, place: ForeignPlace): void {
    const [, name = '', content] =
      /^(?:\d+\s+)?(?:(?:my|our)\s+)?\$(\w+)\s*=\s*'((?:[^'\\]|\\[^'\\])*)'\s*;?$/.exec(value) ?? [];
    if (content === undefined) this.#draft.remark('lost', place, quote(text), 'no Perl code is run');
    else this.#variables.set(name, content);
  }
}
