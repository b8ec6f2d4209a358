/** A parsed log line: who said it, when, and what, with the prefix taken off. */
export interface Entry {
  readonly host: string;
  /** Milliseconds since 1970; null when the prefix carries no time that can be read. */
  readonly time: number | null;
  readonly text: string;
}

/**
 * What a line turned out to be. `hostless`: a `logprefix` matched without naming a host, so that Tenshi drops the line
 * even where a queue `noprefix` exists; it is counted. `marker`: a line of journalctl about itself (`-- Boot ... --`).
 */
export type Reading =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly dialect: DialectName }
  | { readonly kind: 'unprefixed' }
  | { readonly kind: 'hostless' }
  | { readonly kind: 'marker' };

/** The name of a row of the table of dialects, or how else a prefix was read: `set prefix`, `set logprefix`. */
export type DialectName = string;

/** What the prefix of a line says. `host` is null where it names none, `priority` is like `auth.info`. */
export interface Prefix {
  readonly dialect: DialectName;
  readonly host: string | null;
  readonly time: number | null;
  readonly priority: string | null;
  readonly text: string;
}
