import { renderLocation, type SourceLocation } from '../../base/place.js';
import type { Block } from '../../base/text/prose.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import type { Directive, Kind, Part, Reader } from './directive.js';

/*
 * The forms of a row. The arguments of each are: the name; the field of the config, where it is not the name; how
 * the value is read; the default (a value, or its text in the manual); the help, one line; and the
 * notes, blocks that the manual prints below the help.
 */

/** A value with a default. The last line holds. */
export function setting<const Name extends string, T>(
  name: Name,
  kind: Kind<T>,
  initial: NoInfer<T>,
  help: string,
  ...notes: Block[]
): Directive<Camel<Name>, Setting<T>, Setting<T>> {
  return single(kind, initial, describe(name, camel(name), kind.print(initial), help, notes));
}

/** A value that is null when it is not set. The last line holds. `unset`: what holds then, in words. */
export function optional<const Name extends string, T>(
  name: Name,
  reader: Reader<T>,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<Camel<Name>, Setting<T | null>, Setting<T | null>> {
  return single<Camel<Name>, T | null>(reader, null, describe(name, camel(name), unset, help, notes));
}

/** A list of values, one a line. A value that is named twice stands once. */
export function distinct<const Field extends string, T>(
  name: string,
  field: Field,
  reader: Reader<T>,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<Field, Map<string, Setting<T>>, readonly Setting<T>[]> {
  return {
    ...describe(name, field, unset, help, notes),
    grammar: reader.grammar,
    start: () => new Map(),
    read(text, held, report, context) {
      const value = reader.read(text, report, context);
      const key = JSON.stringify(value);
      if (value !== undefined && !held.has(key)) held.set(key, { value, place: text.place });
      return held;
    },
    finish: (held) => [...held.values()],
  };
}

/** A list of entries, one a line, in the order of the lines. */
export function each<const Field extends string, Entry>(
  name: string,
  field: Field,
  reader: Reader<Entry>,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<Field, Entry[], readonly Entry[]> {
  return {
    ...describe(name, field, unset, help, notes),
    grammar: reader.grammar,
    start: () => [],
    read(text, held, report, context) {
      const entry = reader.read(text, report, context);
      if (entry !== undefined) held.push(entry);
      return held;
    },
    finish: (held) => held,
  };
}

/** The entry of a queue or name; null removes the earlier one. */
export interface Keyed<Entry> {
  readonly key: string;
  readonly entry: Entry | null;
}

/** The notice for a line that replaces an earlier one; null: no notice. */
export interface Replacing<Entry> extends Reader<Keyed<Entry>> {
  replaced(key: string): { readonly seen: string; readonly instead: string } | null;
  /** The position of a replaced entry in the list: that of the first line, or that of the last. */
  readonly order: 'of the first' | 'of the last';
}

/** One entry for each queue or name. A later line replaces the earlier one of the same key. */
export function keyed<const Field extends string, Entry>(
  name: string,
  field: Field,
  reader: Replacing<Entry>,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<Field, Map<string, Entry>, readonly Entry[]> {
  return {
    ...describe(name, field, unset, help, notes),
    grammar: reader.grammar,
    start: () => new Map(),
    read(text, held, report, context) {
      const read = reader.read(text, report, context);
      if (read === undefined) return held;
      const { key, entry } = read;
      const notice = held.has(key) ? reader.replaced(key) : null;
      if (notice) report.notice(text, notice.seen, notice.instead, 'replaced');
      if (entry === null || reader.order === 'of the last') held.delete(key);
      if (entry !== null) held.set(key, entry);
      return held;
    },
    finish: (held) => [...held.values()],
  };
}

/** One entry, or null. A second line is refused. */
export function once<const Name extends string, Entry extends { readonly place: SourceLocation }>(
  name: Name,
  reader: Reader<Entry>,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<Camel<Name>, Entry | null, Entry | null> {
  return {
    ...describe(name, camel(name), unset, help, notes),
    grammar: reader.grammar,
    start: () => null,
    read(text, held, report, context) {
      const entry = reader.read(text, report, context);
      if (entry === undefined || held === null) return entry ?? held;
      const instead = `remove this line, or that in ${renderLocation(held.place)}`;
      report.error(text, `a second set ${name}`, instead);
      return held;
    },
    finish: (held) => held,
  };
}

/** Accepted for old configs and ignored. Its form is checked, and a notice says `why` it counts for nothing. */
export function ignored(
  name: string,
  reader: Reader<unknown>,
  why: string,
  unset: string,
  help: string,
  ...notes: Block[]
): Directive<null, null, null> {
  return {
    ...describe(name, null, unset, help, notes),
    grammar: reader.grammar,
    start: () => null,
    read(text, held, report, context) {
      // No warning about ignored text at the end: the whole line is ignored.
      const onlyErrors: Reporter = { ...report, warning() {} };
      if (reader.read(text, onlyErrors, context) !== undefined)
        report.notice(text, 'this has no effect here', why, 'ignored-directive');
      return held;
    },
    finish: () => null,
  };
}

/** A setting whose change waits for the next start. A change of `key` is one, compared by ===. */
export function onRestart<Field extends string, T>(
  row: Directive<Field, Setting<T>, Setting<T>>,
  key: (value: T) => string | number | null | undefined,
): Directive<Field, Setting<T>, Setting<T>> {
  return { ...row, applies: 'restart', restartKey: ({ value }) => key(value) };
}

/** Rows under one title of the manual. */
export function part<const Rows extends readonly Directive[]>(title: string, ...rows: Rows): Part<Rows> {
  return { title, rows };
}

type Description<Field extends string | null> = Pick<
  Directive<Field>,
  'name' | 'field' | 'default' | 'help' | 'notes' | 'applies'
>;

function describe<Field extends string | null>(
  name: string,
  field: Field,
  unset: string,
  help: string,
  notes: readonly Block[],
): Description<Field> {
  return { name, field, default: unset, help, notes, applies: 'reload' };
}

function single<Field extends string, T>(
  reader: Reader<T>,
  initial: T,
  description: Description<Field>,
): Directive<Field, Setting<T>, Setting<T>> {
  return {
    ...description,
    grammar: reader.grammar,
    start: () => ({ value: initial, place: null }),
    read(text: SourceText, held, report, context) {
      const value = reader.read(text, report, context);
      return value === undefined ? held : { value, place: text.place };
    },
    finish: (held) => held,
  };
}

/** The field of a setting, from its name: `letterSize` for `letter_size`. */
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

function camel<Name extends string>(name: Name): Camel<Name> {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as Camel<Name>;
}
