import { createHmac } from 'node:crypto';
import { DAY } from '../base/time/duration.js';

/** Characters of a code in hex: 64 bits, which nobody guesses; Sendmail logs no more than 100 of a Message-ID. */
const CODE_LENGTH = 16;
const MARK_LENGTH = 8;

/**
 * A letter may be so old (ms) when a line about it is read: it waits in the outbox, then in the mail server, then in a log.
 * An older Message-ID hides no line any more, whoever wrote it.
 */
export const MAX_AGE = 30 * DAY;

/** The left side of a Message-ID before its mark: when its letter was closed, what tells it from others, and its code. */
const LEFT = new RegExp(`^(([0-9a-z]{1,10})\\.[\\w.-]+)\\.([0-9a-f]{${CODE_LENGTH}})$`);

/**
 * What all nodes of a fleet know their letters by, also those that another node has made or sent: the Message-ID ends, on its
 * left side, in `.CODE.MARK`. The mark says which fleet it is of. The code, an HMAC-SHA-256 (RFC 2104) of all the rest, can
 * be made only by who knows the secret of the fleet, so nobody else makes an id that hides a line.
 */
export class FleetMark {
  /** Public: it stands in each letter, and tells nothing about the secret. */
  readonly mark: string;
  readonly #secret: string;
  readonly #maxAge: number;

  /** `maxAge`: how old a letter may be (ms) whose lines are known. */
  constructor(secret: string, maxAge = MAX_AGE) {
    this.#secret = secret;
    this.#maxAge = maxAge;
    this.mark = this.#hmac('mark').slice(0, MARK_LENGTH);
  }

  /** The left side of the Message-ID of a letter of the fleet. `id`: begins with the time of the letter (ms) in base 36. */
  sign(id: string, host: string): string {
    return `${id}.${this.#codeOf(id, host)}.${this.mark}`;
  }

  /** Whether a Message-ID, without its angle brackets, is that of a letter of the fleet that is not too old. */
  knows(messageId: string, now: number): boolean {
    const end = messageId.indexOf(`.${this.mark}@`);
    const [, id = '', time = '', code] = LEFT.exec(messageId.slice(0, Math.max(end, 0))) ?? [];
    if (code === undefined || Math.abs(now - Number.parseInt(time, 36)) > this.#maxAge) return false;
    return code === this.#codeOf(id, messageId.slice(end + this.mark.length + 2));
  }

  #codeOf(id: string, host: string): string {
    return this.#hmac(`letter ${id}@${host}`).slice(0, CODE_LENGTH);
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('hex');
  }
}
