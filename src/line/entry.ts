/** A parsed log line: who said it, when, and what, with the prefix taken off. */
export interface Entry {
  readonly host: string;
  /** Milliseconds since 1970; null when the prefix carries no time that can be read. */
  readonly time: number | null;
  readonly text: string;
}

/**
 * What a line turned out to be. `hostless`: a `logprefix` matched without naming a host, so that Tenshi
 * drops the line even where a queue `noprefix` exists; it is counted.
 */
export type Reading =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'unprefixed' }
  | { readonly kind: 'hostless' };
