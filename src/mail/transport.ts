/** What became of one recipient. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** For now: a 4xx, or a server that went away. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** For good: a 5xx. */
  | { readonly kind: 'refused'; readonly reason: string };

export type Delivery =
  | { readonly kind: 'answered'; readonly outcomes: ReadonlyMap<string, Outcome> }
  /** Nobody there, or nobody who talks: it would be the same for every letter. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly mime: Buffer;
}

/** A way for sealed letters to leave. `deliver` rejects for nothing that a mail server may do. */
export interface Transport {
  deliver(letter: Envelope): Promise<Delivery>;
  close(): void;
}

/** The same outcome for every recipient. */
export function forAll(to: readonly string[], outcome: Outcome): Delivery {
  return { kind: 'answered', outcomes: new Map(to.map((address) => [address, outcome])) };
}
