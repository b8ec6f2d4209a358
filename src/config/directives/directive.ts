import type { Block } from '../../base/text/prose.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import type { Setting } from '../setting.js';

/** How the text behind a directive's name is written, and what it becomes. */
export interface Reader<T> {
  /** What stands behind the name: words in capitals are filled in. */
  readonly grammar: string;
  /** The value, or undefined when it was refused (and reported). */
  read(text: SourceText, report: Reporter, context: ReadContext): T | undefined;
}

/** A kind of value that can also be printed, as the default of a setting. */
export interface Kind<T> extends Reader<T> {
  print(value: T): string;
}

/** What the lines above have said, for values that depend on it. */
export interface ReadContext {
  /** Every queue that was to be defined: the rules of a queue whose definition is refused are not refused, too. */
  readonly namedQueues: Set<string>;
  /** The queues whose definition was taken, by name. */
  readonly queues: ReadonlyMap<string, unknown>;
  readonly timezone: Setting<string | null>;
}

/**
 * One `set` directive: what the reader, `check`, the error messages and the manual know of it.
 *
 * A config is read line by line: each line of the directive makes, of what the draft holds so far (`Held`), what it
 * holds from then on. `Value` is what the checked config holds at the end, under the name `field`; a directive that
 * is accepted and ignored has no field.
 */
export interface Directive<Field extends string | null = string | null, Held = unknown, Value = unknown> {
  readonly name: string;
  readonly field: Field;
  readonly grammar: string;
  /** What holds where it is not set, as the manual prints it. */
  readonly default: string;
  readonly help: string;
  /** What the manual says beyond the help. */
  readonly notes: readonly Block[];
  /** `reload`: a reload applies a change; `restart`: a change waits for the next start. */
  readonly applies: 'reload' | 'restart';
  /** What the draft holds before the first line. */
  start(): Held;
  read(text: SourceText, held: Held, report: Reporter, context: ReadContext): Held;
  finish(held: Held): Value;
  /** Of a directive that waits for a restart: what must differ for a change to wait. */
  restartKey?(value: Value): unknown;
}

/** A part of the manual's list of directives. */
export interface Part<Rows extends readonly Directive[] = readonly Directive[]> {
  readonly title: string;
  readonly rows: Rows;
}
