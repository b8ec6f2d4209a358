import type { SourceLocation } from '../base/place.js';
import type { SourceEvent } from '../source/source-event.js';

/** What ingest emits. */
export type IngestEvent =
  | { readonly kind: 'source'; readonly event: SourceEvent }
  /** A rule's regex reached its match limit on a text. Emitted once for each rule. */
  | { readonly kind: 'overrun'; readonly place: SourceLocation; readonly source: string }
  /** The state cannot be written: nothing is read until it can be, and then everything since the last commit. */
  | { readonly kind: 'state-failed'; readonly reason: string }
  | { readonly kind: 'state-back' }
  /** The state cannot be written, and the buffer of FIFOs and the network is full. Emitted when it begins. */
  | { readonly kind: 'overflowing' }
  /** So many lines were lost that way. */
  | { readonly kind: 'overflowed'; readonly lines: number };
