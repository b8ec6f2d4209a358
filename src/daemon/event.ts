import type { Letter } from '../digest/letter.js';
import type { CourierEvent } from '../mail/courier.js';
import type { Place } from '../place.js';
import type { SourceEvent } from '../source/source-event.js';

/** All that the daemon tells; `describeEvent` puts it into words. */
export type DaemonEvent =
  | { readonly kind: 'source'; readonly event: SourceEvent }
  | { readonly kind: 'mail'; readonly event: CourierEvent }
  | { readonly kind: 'sealed'; readonly letter: Letter }
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** A rule's regex was given up on a text, where it would have run for ever. Told once a rule. */
  | { readonly kind: 'overrun'; readonly place: Place; readonly source: string }
  /** The state cannot be written: nothing is read until it can be, and then everything since the last commit. */
  | { readonly kind: 'state-failed'; readonly reason: string }
  | { readonly kind: 'state-back' }
  | { readonly kind: 'orphaned'; readonly queue: string; readonly lines: number };
