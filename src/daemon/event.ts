import type { SourceLocation } from '../base/place.js';
import type { Letter } from '../letter/letter.js';
import type { CourierEvent } from '../mail/courier.js';
import type { SourceEvent } from '../source/source-event.js';

/** All that the daemon tells; `describeEvent` puts it into words. */
export type DaemonEvent =
  | { readonly kind: 'source'; readonly event: SourceEvent }
  | { readonly kind: 'mail'; readonly event: CourierEvent }
  | { readonly kind: 'sealed'; readonly letter: Letter }
  /** A letter cannot be made for now: told once for each reason, tried again and again. */
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** The program of `set csv` ended badly; it had its lines all the same. */
  | { readonly kind: 'csv-failed'; readonly reason: string }
  /** `set resolve`: names cannot be asked for, and letters go without them. */
  | { readonly kind: 'unresolved'; readonly reason: string }
  /** A rule's regex was given up on a text, where it would have run for ever. Told once a rule. */
  | { readonly kind: 'overrun'; readonly place: SourceLocation; readonly source: string }
  /** The state cannot be written: nothing is read until it can be, and then everything since the last commit. */
  | { readonly kind: 'state-failed'; readonly reason: string }
  | { readonly kind: 'state-back' }
  /** Somebody deleted the state under the daemon, which has written it anew. */
  | { readonly kind: 'state-restored' }
  /** The state cannot be written, and what comes of FIFOs and listeners can no longer be held. Told when it begins. */
  | { readonly kind: 'overflowing' }
  /** So many lines were lost that way. */
  | { readonly kind: 'overflowed'; readonly lines: number }
  /** A queue with counts that the config has dropped. `mailed`: as it was last defined; else that is not known. */
  | {
      readonly kind: 'orphaned';
      readonly queue: string;
      readonly lines: number;
      readonly mailed: boolean;
    };
