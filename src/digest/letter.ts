/** One masked message of one host: how often, and when it was first and last seen (ms, null when unknown). */
export interface LetterMessage {
  readonly count: number;
  readonly message: string;
  readonly first: number | null;
  readonly last: number | null;
}

/** What one host said. `more` tells exactly what a limit left out. */
export interface HostSection {
  readonly host: string;
  /** The host's DNS name where `set resolve` asked for it. */
  readonly name: string | null;
  readonly messages: readonly LetterMessage[];
  readonly more: { readonly messages: number; readonly lines: number } | null;
}

/** A digest as data. Text, HTML, pager lines and JSON are renderings of it. */
export interface Letter {
  readonly queue: string;
  /** Without the queue's name, which every rendering appends as ` [queue]`. */
  readonly subject: string;
  readonly from: string;
  /** Recipients as written, `pager:` taken off. */
  readonly to: readonly string[];
  readonly form: 'full' | 'pager';
  /** Why a signal caused it (`terminating`, `reloading`, `flushing`), or null. */
  readonly status: string | null;
  /** When it was made. */
  readonly made: number;
  /** When the last letter of this queue was made; null for `now` queues. */
  readonly since: number | null;
  /** The host that makes the letter. */
  readonly origin: string;
  readonly hosts: readonly HostSection[];
  /** `set limit` or `set pager_limit` in force, null when none. */
  readonly limit: number | null;
  /** Sentences that the reader must know: lines without a prefix, what a limit left out, trouble with mail. */
  readonly notes: readonly string[];
}

/** A letter made into mail, ready for the outbox: it never changes again. */
export interface SealedLetter {
  readonly queue: string;
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly mime: Buffer;
  /** When it was sealed (ms). */
  readonly sealed: number;
}
