import type { LetterPost, SealedLetter } from '../../letter/letter.js';

/** Past letters. `seal` archives them. */
export interface Archive {
  /** Archived and rejected letters, the latest first. */
  archivedLetters(): ArchivedLetter[];
  /** The mail of a letter; null: it was too large to keep; undefined: there is no such letter. */
  archivedMail(id: number): Buffer | null | undefined;
  /** What URLs got of a letter, by URL: of each whose letter was kept. */
  archivedPosts(id: number): ReadonlyMap<string, LetterPost>;
  /**
   * Puts `letter`, which is the letter `before` again, into the outbox; returns its id. Its recipients that rejected `before`
   * are no longer listed as rejecting it.
   */
  resend(letter: SealedLetter, before: number): number;
}

/** A letter that was made. */
export interface ArchivedLetter {
  /** The id in the outbox. */
  readonly id: number;
  readonly queue: string;
  readonly subject: string;
  /** The sender's address; null if an older version did not keep it. */
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
