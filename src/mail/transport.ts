/** What became of one recipient. */
export type Outcome =
  | { readonly kind: 'sent' }
  /**
   * Not now: a 4xx, or a server that went away. Trouble with the recipient holds up all that goes to it, so that its
   * letters keep their order; trouble with the letter holds up no other.
   */
  | { readonly kind: 'retry'; readonly about: 'recipient' | 'letter'; readonly reason: string }
  /** For good: a 5xx. */
  | { readonly kind: 'refused'; readonly reason: string };

export type Delivery =
  | {
      readonly kind: 'answered';
      readonly outcomes: ReadonlyMap<string, Outcome>;
      /** What the server said to the letter, in which it may name its own id for it. */
      readonly answer?: string;
      /** Why the letter travelled in the clear, though the server offered TLS. */
      readonly unencrypted?: string;
    }
  /** Nobody there, or nobody who talks: it would be the same for every letter. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly mime: Buffer;
  /** When the letter was sealed (ms). */
  readonly sealed: number;
}

/** A way for sealed letters to leave. `deliver` rejects for nothing that a mail server may do. */
export interface Transport {
  deliver(letter: Envelope): Promise<Delivery>;
  /** Lets go of everything; a delivery under way ends as put off. */
  close(): void;
}

/** The same outcome for every recipient. */
export function forAll(to: readonly string[], outcome: Outcome): Delivery {
  return { kind: 'answered', outcomes: new Map(to.map((address) => [address, outcome])) };
}
