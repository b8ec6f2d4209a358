import type { Storm } from '../../queue/fold.js';

/** What goes from a state to the fleet, whose letters hold it, and what the fleet decides for it. */
export interface HandIns {
  /** How many rows an edition has, and how many lines they count. */
  sizeOf(edition: number): EditionSize;
  /**
   * The fleet has what an edition and its sections hold: drops them. The next letter of their queues begins where this
   * edition ended. `told`: ids of the delivery notices that were handed in with it, which end.
   */
  handedIn(edition: number, told: readonly number[]): void;
  /** It is not known whether the fleet has an edition. */
  noteUncertain(edition: number): void;
  /** Editions that were, or may have been, handed in, until the fleet knows that they are gone here. */
  unconfirmed(): number[];
  confirmed(editions: readonly number[]): void;
  /** Takes over the storm of a queue as the fleet has it. */
  putStorm(queue: string, storm: Storm): void;
}

export interface EditionSize {
  readonly messages: number;
  readonly lines: number;
}
