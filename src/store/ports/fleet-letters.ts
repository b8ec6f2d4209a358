import type { SealedLetter } from '../../letter/letter.js';
import type { ArchiveOptions } from './archive.js';

/**
 * How long a letter of the fleet is held at most before its holder must be heard again (ms): it is late by so much when the
 * holder dies. A time that seems further off was set by a clock that has been put back since.
 */
export const MAX_FLEET_HOLD = 60_000;

/**
 * Letters of the fleet's outbox that this node delivers: copies of them lie in its own outbox, whence the couriers take
 * them. An id is that of the fleet's outbox, if nothing else is said; times are by the clock of this machine (ms).
 */
export interface FleetLetters {
  fleetLetters(): FleetLetter[];
  /**
   * Copies a letter into the outbox and the archive; it may be tried until `until`. False: it was there already, and is only
   * held on.
   */
  takeOver(taken: TakenLetter, archiving: ArchiveOptions): boolean;
  /** They may be tried until then. */
  holdOn(letters: readonly number[], until: number): void;
  /** They may be tried although it is not known whether this node still holds them; `reason`: why they are late. */
  goAlone(letters: readonly number[], reason: string): void;
  /**
   * Another node delivers what is left of them: takes it out of the outbox and the archive. `leaving`: the fleet does not know
   * yet. Outcomes of tries that are under way are kept until then.
   */
  withdraw(letters: readonly number[], stage: 'leaving' | 'gone', until: number): void;
  /** What the fleet has not heard yet: who got which letter, or rejected it for good. */
  fleetOutcomes(): FleetOutcome[];
  /** The fleet has heard it. A letter that has gone to all is not the fleet's any more. */
  noteSettled(outcome: FleetOutcome): void;
  /** Forgets letters that have been gone for long. */
  forgetGone(now: number): void;
}

/** A letter of the fleet's outbox. */
export interface TakenLetter {
  readonly id: number;
  readonly letter: SealedLetter;
  readonly until: number;
}

export interface FleetLetter {
  readonly id: number;
  readonly queue: string;
  readonly until: number;
  /** `alone`: tried without knowing whether it is held; `leaving`: the fleet is to be told that it is not; `gone`: it is not. */
  readonly stage: 'held' | 'alone' | 'leaving' | 'gone';
  /** Whether recipients of the mail server wait. */
  readonly waitsForMail: boolean;
  /** Whether no recipient was tried yet. */
  readonly isUntried: boolean;
}

/** Recipients that have a letter, or rejected it for good. */
export interface FleetOutcome {
  readonly id: number;
  /** `second`: those of the second way (`set fallback`). */
  readonly way: 'first' | 'second';
  readonly addresses: readonly string[];
}
