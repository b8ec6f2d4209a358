/** A parsed log line, without its prefix: host, time and text. */
export interface Entry {
  readonly host: string;
  /** ms since 1970; null if the prefix has no readable time. */
  readonly time: number | null;
  readonly text: string;
  /** Like `auth.err`; null or unset: its line has none. */
  readonly priority?: string | null | undefined;
  /** The path of its log; null or unset: it came from no file. */
  readonly file?: string | null | undefined;
}

/**
 * The result of parsing a line. `hostless`: a `logprefix` matched without naming a host, so that Tenshi drops the line
 * even where a queue `noprefix` exists; it is counted. `marker`: a line of journalctl about itself (`-- Boot ... --`).
 */
export type Reading =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly dialect: DialectName }
  | { readonly kind: 'unprefixed' }
  | { readonly kind: 'hostless' }
  | { readonly kind: 'marker' };

/** The name of a row of the table of dialects, or how else a prefix was read: `set prefix`, `set logprefix`. */
export type DialectName = string;

/** The content of a prefix. `host` is null if it names none; `priority` is like `auth.info`. */
export interface Prefix {
  readonly dialect: DialectName;
  readonly host: string | null;
  readonly time: number | null;
  readonly priority: string | null;
  readonly text: string;
}
