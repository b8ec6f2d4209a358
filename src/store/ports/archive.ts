import type { SealedLetter } from '../../letter/letter.js';

/** Letters of the past. `seal` archives them. */
export interface Archive {
  /** The archived letters and those that were rejected, the latest first. */
  archivedLetters(): ArchivedLetter[];
  /** The mail of one of them; null: it was too large to be kept; undefined: there is no such letter. */
  archivedMail(id: number): Buffer | null | undefined;
  /**
   * Puts `letter` into the outbox, which is the letter `before` once more, and returns its id. Recipients of it that
   * rejected `before` are no longer listed as having done so.
   */
  resend(letter: SealedLetter, before: number): number;
}

/** A letter that was made. */
export interface ArchivedLetter {
  /** The same as in the outbox. */
  readonly id: number;
  readonly queue: string;
  readonly subject: string;
  /** The address that it came from; null where an older version did not keep it. */
  readonly sender: string | null;
  readonly to: readonly string[];
  /** When it was sealed (ms). */
  readonly sealed: number;
}

/** How a letter is archived: its mail under gzip, beside the latest `most` - 1 others. */
export interface ArchiveOptions {
  readonly packed: Buffer;
  readonly most: number;
}
