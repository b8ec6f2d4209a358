import type { Clock } from '../../base/time/clock.js';
import { HOUR } from '../../base/time/duration.js';

export interface SenderNamesOptions {
  readonly clock: Clock;
  /** Asks the resolver for the name of an address; none: it has no name. May reject, hang, and answer anything. */
  reverse(address: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Names of senders, by their addresses. */
export interface SenderNames {
  /** Calls `use` with the name of the sender, or with its address: at once when that is settled, else within a second. */
  withName(address: string, use: (name: string) => void): void;
  /** Serves all who wait, with addresses where no name has come. */
  settleAll(): void;
}

/** A datagram waits at most this long for its sender's name (ms). */
const LONGEST_WAIT = 1000;

/** How long an answer holds (ms), a name or none: machines are renamed seldom, and a resolver may have been down. */
const NAME_HOLDS = HOUR;
const NO_NAME_HOLDS = 600_000;

/** Senders are foreign: whoever invents addresses must not fill the memory, nor the process table. */
const MOST_KNOWN = 10_000;
const MOST_AT_ONCE = 8;

/** New senders asked for in any second; those above go by their address, and may be asked for later. */
const MOST_A_SECOND = 50;

/** So many datagrams wait for names at most; those above go by their address. */
const MOST_WAITING = 1000;

/** After so many waits in vain on end nobody is asked for so long (ms): that resolver is down. */
const MOST_IN_VAIN = 3;
const REST = 60_000;

/** What may stand as a host in a line: no blank that would end it, nothing that means something elsewhere. */
const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/;

interface Answer {
  readonly name: string;
  readonly until: number;
}

/** A sender that is being asked for, and the datagrams that wait for it, in their order. */
interface Question {
  readonly uses: ((name: string) => void)[];
  end(name: string | null): void;
}

/**
 * Keeps answers; one that has grown old serves on while it is asked for anew. Datagrams of one sender stay in their
 * order while they wait.
 */
export function createSenderNames({ clock, reverse }: SenderNamesOptions): SenderNames {
  const known = new Map<string, Answer>();
  const asked = new Map<string, Question>();
  let waiting = 0;
  let inVain = 0;
  let restUntil = 0;
  let second = 0;
  let askedInSecond = 0;

  function remember(address: string, name: string | null): void {
    known.delete(address);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? address);
    const until = clock.now() + (name === null ? NO_NAME_HOLDS : NAME_HOLDS);
    known.set(address, { name: name ?? address, until });
  }

  function mayAsk(): boolean {
    const now = clock.now();
    if (now < restUntil || asked.size >= MOST_AT_ONCE) return false;
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000);
      askedInSecond = 0;
    }
    askedInSecond += 1;
    return askedInSecond <= MOST_A_SECOND;
  }

  function late(): void {
    inVain += 1;
    if (inVain < MOST_IN_VAIN) return;
    inVain = 0;
    restUntil = clock.now() + REST;
  }

  function ask(address: string): Question {
    const limit = new AbortController();
    const uses: Question['uses'] = [];
    const callOff = clock.after(LONGEST_WAIT, () => {
      late();
      end(null);
    });
    function end(name: string | null): void {
      if (!asked.delete(address)) return; // it came too late
      callOff();
      limit.abort();
      remember(address, name);
      waiting -= uses.length;
      for (const use of uses) use(name ?? address);
    }
    const question = { uses, end };
    asked.set(address, question);
    reverse(address, limit.signal).then(
      (name) => {
        inVain = 0;
        end(name !== undefined && HOST_NAME.test(name) ? name : null);
      },
      () => end(null),
    );
    return question;
  }

  return {
    withName(address, use) {
      const answer = known.get(address);
      if (answer && clock.now() < answer.until) return use(answer.name);
      const question = asked.get(address) ?? (mayAsk() ? ask(address) : null);
      if (answer || !question || waiting >= MOST_WAITING) return use(answer?.name ?? address);
      waiting += 1;
      question.uses.push(use);
    },
    settleAll() {
      for (const { end } of [...asked.values()]) end(null);
    },
  };
}
