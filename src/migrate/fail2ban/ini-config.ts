import { dirname, isAbsolute, join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { MigrationDraft } from '../migration.js';
import { kindOfPath } from '../read-foreign-file.js';
import { type IniFile, type IniOption, readIni } from './read-ini.js';

/** What stands in an option, with all that it names put in, cannot be told. */
export class BadValue extends Error {}

/** Values that stand above those of a section, by name. */
export type Values = ReadonlyMap<string, string>;

export const NO_VALUES: Values = new Map();

/** Files that include each other. */
const MAX_INCLUDES = 20;
/** `%(a)s` in `%(b)s`, as configparser has it. */
const MAX_DEPTH = 10;
/** Options that are put into one value, those within them included. */
export const MAX_PUT_IN = 5_000;
/** Characters of a value: what names itself twice grows without end. */
export const MAX_VALUE = 256 * 1024;

/** A value on its way: for which section, and how many options were put in. */
interface Filling {
  readonly section: string;
  readonly values: Values;
  count: number;
}

/** Files of fail2ban, one above the other: what a later one says of an option holds. */
export class IniConfig {
  readonly #draft: MigrationDraft;
  readonly #sections = new Map<string, Map<string, IniOption>>();
  /** What an option was before a later file changed it. */
  readonly #known = new Map<string, Map<string, IniOption>>();

  constructor(draft: MigrationDraft) {
    this.#draft = draft;
  }

  /** Reads a file with those that it includes, and its `.local` beside it; false: it is not there. */
  read(path: string): boolean {
    if (kindOfPath(path) === 'none') return false;
    const files: { readonly path: string; readonly file: IniFile }[] = [];
    this.#gather(path, [], files);
    for (const { file } of files) this.#merge(file);
    return files.length > 0;
  }

  /** The names of the sections, without those that fail2ban knows. */
  get names(): string[] {
    return [...this.#sections.keys()].filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES');
  }

  /** The options of a section alone. */
  options(section: string): string[] {
    return [...(this.#sections.get(section)?.keys() ?? [])];
  }

  /** Where an option stands; null: nowhere. */
  placeOf(section: string, name: string): IniOption['place'] | null {
    return this.#find(section, name)?.place ?? null;
  }

  /** The value of an option, with all that it names; null: it is not there. */
  get(section: string, name: string, values: Values = NO_VALUES): string | null {
    const given = values.get(name);
    const raw = given ?? this.#find(section, name)?.value;
    return raw === undefined ? null : this.#fill(raw, { section, values, count: 0 }, 0);
  }

  #find(section: string, name: string): IniOption | undefined {
    return this.#sections.get(section)?.get(name) ?? this.#sections.get('DEFAULT')?.get(name);
  }

  #gather(path: string, seen: readonly string[], into: { path: string; file: IniFile }[]): void {
    if (seen.includes(path) || seen.length > MAX_INCLUDES) return;
    const file = readIni(path, this.#draft);
    if (!file) return;
    const included = (name: string): void => {
      for (const other of (file.get('INCLUDES')?.get(name)?.value ?? '').split('\n')) {
        if (other === '') continue;
        const at = isAbsolute(other) ? other : join(dirname(path), other);
        if (kindOfPath(at) === 'file') this.#gather(at, [...seen, path], into);
      }
    };
    included('before');
    into.push({ path, file });
    included('after');
    const local = path.replace(/\.conf$/, '.local');
    if (local !== path && kindOfPath(local) === 'file' && !into.some((one) => one.path === local))
      this.#gather(local, [...seen, path], into);
  }

  #merge(file: IniFile): void {
    for (const [name, options] of file) {
      const before = this.#sections.get(name);
      if (before && name !== 'DEFAULT')
        this.#known.set(name, new Map([...(this.#known.get(name) ?? []), ...before]));
      this.#sections.set(name, new Map([...(before ?? []), ...options]));
    }
  }

  /** Puts in `%(name)s`, `%(section/name)s` and `%(known/name)s`. */
  #fill(raw: string, filling: Filling, depth: number): string {
    if (!raw.includes('%')) return raw;
    if (depth > MAX_DEPTH) throw new BadValue('options that name each other');
    const filled = raw.replaceAll(/%(?:%|\(([^)]+)\)s|)/g, (text, option?: string) => {
      if (text === '%%') return '%';
      if (option === undefined) throw new BadValue('a % that is neither %% nor %(NAME)s');
      if (++filling.count > MAX_PUT_IN) throw new BadValue(`more than ${MAX_PUT_IN} options in one value`);
      const value = this.#named(option.toLowerCase(), filling);
      if (value === undefined) throw new BadValue(`${quote(text)}, which is not defined`);
      return this.#fill(value, filling, depth + 1);
    });
    if (filled.length > MAX_VALUE) throw new BadValue(`a value of more than ${MAX_VALUE} characters`);
    return filled;
  }

  #named(option: string, { section, values }: Filling): string | undefined {
    const [, of, name = ''] = /^([\w-]+)\/(.+)$/.exec(option) ?? [];
    const found = values.get(option);
    if (found !== undefined) return found;
    if (of === undefined) return option === '__name__' ? section : this.#find(section, option)?.value;
    const own = of === 'known' ? this.#known.get(section) : this.#sections.get(of);
    return (own?.get(name) ?? this.#sections.get('DEFAULT')?.get(name))?.value;
  }
}
