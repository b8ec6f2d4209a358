import type { Clock } from '../../base/time/clock.js';
import { HOUR } from '../../base/time/duration.js';

export interface SenderNamesOptions {
  readonly clock: Clock;
  /** Asks the resolver for the name of an address; none: it has no name. May reject, hang, and answer anything. */
  reverse(address: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A datagram waits at most this long for its sender's name (ms). */
const MAX_NAME_WAIT = 1000;

/** How long an answer holds (ms), a name or none: machines are renamed seldom, and a resolver may have been down. */
const NAME_HOLDS = HOUR;
const NO_NAME_HOLDS = 600_000;

/** Senders are untrusted: whoever invents addresses must fill neither the memory nor the process table. */
const MAX_KNOWN = 10_000;
const MAX_AT_ONCE = 8;

/** New senders that are looked up in one second; others are shown by address, and may be looked up later. */
const MAX_A_SECOND = 50;

/** How many datagrams wait for names; others get the address of their sender. */
const MAX_WAITING = 1000;

/** After so many timeouts in a row nothing is looked up for so long (ms): the resolver is down. */
const MAX_IN_VAIN = 3;
const REST = 60_000;

/** A valid host name in a log line: without blanks and special characters. */
const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/;

interface Answer {
  readonly name: string;
  readonly until: number;
}

/** A lookup that is under way, and the datagrams that wait for it, in their order. */
interface Question {
  readonly address: string;
  readonly uses: ((name: string) => void)[];
  /** Cancels the lookup. */
  readonly limit: AbortController;
  /** Cancels the timeout. */
  readonly callOff: () => void;
}

/**
 * Looks up the names of senders by their addresses. Answers are cached; a stale one is used while it is refreshed.
 * Datagrams of one sender stay in their order while they wait.
 */
export class SenderNames {
  readonly #clock: Clock;
  readonly #reverse: SenderNamesOptions['reverse'];
  readonly #known = new Map<string, Answer>();
  readonly #asked = new Map<string, Question>();
  /** Datagrams that wait for a name. */
  #waiting = 0;
  /** Timeouts in a row. */
  #inVain = 0;
  #restUntil = 0;
  /** The second of the last lookup, and how many lookups it had. */
  #second = 0;
  #askedInSecond = 0;

  constructor({ clock, reverse }: SenderNamesOptions) {
    this.#clock = clock;
    this.#reverse = reverse;
  }

  /** Calls `use` with the name of the sender or its address: at once when it is known, else within a second. */
  withName(address: string, use: (name: string) => void): void {
    const answer = this.#known.get(address);
    if (answer && this.#clock.now() < answer.until) return use(answer.name);
    const question = this.#asked.get(address) ?? (this.#mayAsk() ? this.#ask(address) : null);
    if (answer || !question || this.#waiting >= MAX_WAITING) return use(answer?.name ?? address);
    this.#waiting += 1;
    question.uses.push(use);
  }

  /** Hands on all datagrams that wait, with addresses instead of names. */
  flush(): void {
    for (const question of [...this.#asked.values()]) this.#end(question, null);
  }

  #mayAsk(): boolean {
    const now = this.#clock.now();
    if (now < this.#restUntil || this.#asked.size >= MAX_AT_ONCE) return false;
    if (Math.floor(now / 1000) !== this.#second) {
      this.#second = Math.floor(now / 1000);
      this.#askedInSecond = 0;
    }
    this.#askedInSecond += 1;
    return this.#askedInSecond <= MAX_A_SECOND;
  }

  #ask(address: string): Question {
    const limit = new AbortController();
    const callOff = this.#clock.after(MAX_NAME_WAIT, () => {
      this.#countInVain();
      this.#end(question, null);
    });
    const question: Question = { address, uses: [], limit, callOff };
    this.#asked.set(address, question);
    this.#reverse(address, limit.signal).then(
      (name) => {
        this.#inVain = 0;
        this.#end(question, name !== undefined && HOST_NAME.test(name) ? name : null);
      },
      () => this.#end(question, null),
    );
    return question;
  }

  /** A late answer changes nothing. */
  #end(question: Question, name: string | null): void {
    const { address, uses, limit, callOff } = question;
    if (this.#asked.get(address) !== question) return;
    this.#asked.delete(address);
    callOff();
    limit.abort();
    this.#remember(address, name);
    this.#waiting -= uses.length;
    for (const use of uses) use(name ?? address);
  }

  #remember(address: string, name: string | null): void {
    this.#known.delete(address);
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? address);
    const until = this.#clock.now() + (name === null ? NO_NAME_HOLDS : NAME_HOLDS);
    this.#known.set(address, { name: name ?? address, until });
  }

  #countInVain(): void {
    this.#inVain += 1;
    if (this.#inVain < MAX_IN_VAIN) return;
    this.#inVain = 0;
    this.#restUntil = this.#clock.now() + REST;
  }
}
