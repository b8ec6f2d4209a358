import type { Post } from '../outbox.js';

/** What became of one recipient. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** Temporary: a 4xx, a lost connection, or a setting that an administrator has to correct. */
  | {
      readonly kind: 'retry';
      readonly about: About;
      readonly reason: string;
      /** How long the server asks to be left alone (ms); left out: it does not say. */
      readonly after?: number;
    }
  /** Temporary, though the server says permanent: a quota is exhausted. Permanent when it says so for a day. */
  | { readonly kind: 'limited'; readonly about: About; readonly reason: string }
  /** Permanent: a 5xx. */
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * What an error concerns. An error of a recipient, or of the sender, holds up all its letters, so that they keep their
 * order; an error of the letter holds up no other.
 */
export type About = 'recipient' | 'sender' | 'letter';

export type Delivery =
  | {
      readonly kind: 'answered';
      readonly outcomes: ReadonlyMap<string, Outcome>;
      /** What the server said to the letter, in which it may name its own id for it. */
      readonly answer?: string;
      /** Why the letter was sent unencrypted, though the server offered TLS. */
      readonly unencrypted?: string;
    }
  /** The server cannot be reached, or does not speak SMTP: the same holds for every letter. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly mime: Buffer;
  /** When the letter was sealed (ms). */
  readonly sealed: number;
  /** What its recipient gets, if that is a URL; left out or null: the mail. */
  readonly post?: Post | null;
  /** The header field that says how late it is, as it stands in front of `mime`; left out or '': it is not late. */
  readonly delayHeader?: string;
}

/** A way to send sealed letters. `deliver` does not reject, whatever the mail server does. */
export interface Transport {
  deliver(letter: Envelope): Promise<Delivery>;
  /** It will be closed soon: shortens all timeouts except that of the answer to a letter that was handed over. */
  hurry?(): void;
  /** Closes everything; a delivery under way is deferred. */
  close(): void;
}

/** The same outcome for every recipient. */
export function forAll(to: readonly string[], outcome: Outcome): Delivery {
  return { kind: 'answered', outcomes: new Map(to.map((address) => [address, outcome])) };
}
