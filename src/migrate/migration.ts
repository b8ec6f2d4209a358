/** Where something stands in the files of another program; line 0: the file or folder as a whole. */
export interface ForeignPlace {
  readonly file: string;
  readonly line: number;
}

/** `lost`: not carried over. `changed`: carried over, but not as it was. `note`: to be known. */
export type RemarkKind = 'lost' | 'changed' | 'note';

/** What the report says of one place. */
export interface Remark {
  readonly kind: RemarkKind;
  readonly place: ForeignPlace;
  /** What stands there, as far as it helps. */
  readonly seen: string;
  readonly why: string;
}

/** Statements of the config, in order. `file`: they go into a file of their own; null: into the main one. */
export interface Section {
  readonly file: string | null;
  readonly lines: readonly string[];
}

/** What becomes of the config of another program. */
export interface Migration {
  readonly sections: readonly Section[];
  readonly remarks: readonly Remark[];
  /** Rules of the other program, and how many of them are carried over. */
  readonly rules: number;
  readonly carried: number;
  /** Files and folders that should have been read and could not be. */
  readonly unreadable: number;
}

/** What an importer makes, or why there is nothing to import. */
export type MigrationResult =
  | { readonly ok: true; readonly migration: Migration }
  | { readonly ok: false; readonly reason: string };

/** Gathers a migration while the files of the other program are read. */
export class MigrationDraft {
  readonly #sections: { file: string | null; lines: string[] }[] = [];
  readonly #remarks: Remark[] = [];
  #rules = 0;
  #carried = 0;
  #unreadable = 0;

  /** Adds statements to the main file. */
  add(...lines: readonly string[]): void {
    const last = this.#sections.at(-1);
    if (last?.file === null) last.lines.push(...lines);
    else this.#sections.push({ file: null, lines: [...lines] });
  }

  /** Adds a file of its own, which is included here. A file without statements is left out. */
  addFile(file: string, lines: readonly string[]): void {
    if (lines.some((line) => line !== '' && !line.startsWith('#')))
      this.#sections.push({ file: this.#unused(file), lines: [...lines] });
  }

  /** Counts a rule of the other program. */
  count(isCarried: boolean): void {
    this.#rules++;
    if (isCarried) this.#carried++;
  }

  remark(kind: RemarkKind, place: ForeignPlace, seen: string, why: string): void {
    this.#remarks.push({ kind, place, seen, why });
  }

  /** A file or folder that should have been read. */
  unreadable(file: string, reason: string): void {
    this.#unreadable++;
    this.remark('lost', { file, line: 0 }, '', `it cannot be read: ${reason}`);
  }

  finish(): Migration {
    return {
      sections: this.#sections,
      remarks: this.#remarks,
      rules: this.#rules,
      carried: this.#carried,
      unreadable: this.#unreadable,
    };
  }

  #unused(file: string): string {
    const isTaken = (name: string): boolean => this.#sections.some((section) => section.file === name);
    let name = file;
    for (let number = 2; isTaken(name); number++) name = file.replace(/(?=\.conf$)/, `-${number}`);
    return name;
  }
}

/** A rule as a line of the config; a regex never begins with a blank there. */
export function ruleLine(queues: string, perl: string): string {
  const begun = perl.replace(/^[ \t]/, (blank) => (blank === ' ' ? '\\x20' : '\\t'));
  return `${queues} ${begun === '' ? '(?:)' : begun}`;
}

/** Text of somebody else's as a comment. */
export function comment(text: string): string {
  const clean = text.replace(/^#+ ?/, '').trimEnd();
  return clean === '' ? '#' : `# ${clean}`;
}
