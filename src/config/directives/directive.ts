import type { SourceLocation } from '../../base/place.js';
import type { Block } from '../../base/text/prose.js';
import type { NamedPatterns } from '../../rule/expand-patterns.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import type { Setting } from '../setting.js';

/** Reads the text behind a directive's name. */
export interface Reader<T> {
  /** The form of the text, as the manual prints it: words in capitals are filled in. */
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
  /** Every queue with a definition, refused ones too: their rules must not be reported a second time. */
  readonly namedQueues: Set<string>;
  /** The queues with a sound definition, by name. */
  readonly queues: ReadonlyMap<string, unknown>;
  readonly timezone: Setting<string | null>;
  /** The sections so far, by their queues. */
  readonly sections: ReadonlyMap<string, { readonly parent: string; readonly place: SourceLocation }>;
  /** Those of the whole config, wherever they stand. */
  readonly patterns: NamedPatterns;
}

/**
 * One `set` directive: what the reader, `check`, the error messages and the manual know of it.
 *
 * A config is read line by line. `start` makes what the draft holds at first (`Held`), each line replaces it by what
 * `read` returns, and `finish` makes the value that the checked config holds under the name `field` (`Value`). A
 * directive that is accepted and ignored has no field.
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
  /** Only with `restart`: a change waits when these differ between two values. */
  restartKey?(value: Value): unknown;
}

/** A part of the manual's list of directives. */
export interface Part<Rows extends readonly Directive[] = readonly Directive[]> {
  readonly title: string;
  readonly rows: Rows;
}
