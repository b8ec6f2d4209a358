/** What became of one recipient. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** Not now: a 4xx, a server that went away, or what an administrator has to mend. */
  | { readonly kind: 'retry'; readonly about: About; readonly reason: string }
  /** Not now, though the server says never: a quota is used up. For good when it says so for a day. */
  | { readonly kind: 'limited'; readonly about: About; readonly reason: string }
  /** For good: a 5xx. */
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * Whose trouble it is. Trouble with a recipient, or with the sender, holds up all that goes to the one or comes from the
 * other, so that letters keep their order; trouble with the letter holds up no other.
 */
export type About = 'recipient' | 'sender' | 'letter';

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
  /** It will be closed soon: nothing is waited for long any more, save the answer to a letter that was handed over. */
  hurry?(): void;
  /** Lets go of everything; a delivery under way ends as put off. */
  close(): void;
}

/** The same outcome for every recipient. */
export function forAll(to: readonly string[], outcome: Outcome): Delivery {
  return { kind: 'answered', outcomes: new Map(to.map((address) => [address, outcome])) };
}
