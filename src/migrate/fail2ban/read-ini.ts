import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { readForeignFile } from '../read-foreign-file.js';

/** The value of an option, and where it stands. */
export interface IniOption {
  readonly value: string;
  readonly place: ForeignPlace;
}

/** Options by their names in lower case. */
export type IniSection = ReadonlyMap<string, IniOption>;

/** Sections by their names, in order. */
export type IniFile = ReadonlyMap<string, IniSection>;

/**
 * Reads a file as Python's configparser does for fail2ban: lines that are indented deeper go on with the option above,
 * `#` and `;` begin a comment, and ` ;` does behind a value. null: it cannot be read, which is noted.
 */
export function readIni(path: string, draft: MigrationDraft): IniFile | null {
  const file = readForeignFile(path);
  if (!file.ok) {
    draft.unreadable(path, file.reason);
    return null;
  }
  const reader = new IniReader(path);
  for (const { number, text } of file.lines) reader.take(text, number);
  return reader.end();
}

class IniReader {
  readonly #path: string;
  readonly #sections = new Map<string, Map<string, { value: string[]; place: ForeignPlace }>>();
  #section: Map<string, { value: string[]; place: ForeignPlace }> | null = null;
  #option: { value: string[]; place: ForeignPlace } | null = null;
  #indent = 0;

  constructor(path: string) {
    this.#path = path;
  }

  take(line: string, number: number): void {
    const isComment = /^\s*[#;]/.test(line);
    const text = (isComment ? '' : line.replace(/\s;.*$/, '')).trim();
    if (text === '') {
      if (!isComment) this.#option?.value.push('');
      return;
    }
    const indent = line.search(/\S/);
    if (this.#option && indent > this.#indent) {
      this.#option.value.push(text);
      return;
    }
    this.#indent = indent;
    const [, name] = /^\[(.+)\]/.exec(text) ?? [];
    if (name === undefined) this.#takeOption(text, number);
    else {
      this.#section = this.#sections.get(name) ?? new Map();
      this.#sections.set(name, this.#section);
      this.#option = null;
    }
  }

  end(): IniFile {
    return new Map(
      [...this.#sections].map(([name, options]) => [
        name,
        new Map(
          [...options].map(([key, { value, place }]) => [key, { value: value.join('\n').trimEnd(), place }]),
        ),
      ]),
    );
  }

  /** A line that is no option, or stands above the first section, is passed over. */
  #takeOption(text: string, number: number): void {
    const [, key, value = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(text) ?? [];
    this.#option = key === undefined ? null : { value: [value], place: { file: this.#path, line: number } };
    if (this.#option && key !== undefined) this.#section?.set(key.toLowerCase(), this.#option);
  }
}
