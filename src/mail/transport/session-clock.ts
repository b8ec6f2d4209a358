import type { Clock } from '../../base/time/clock.js';

/** What a client waits for, in the order of a session. */
export type Stage =
  | 'connect'
  | 'handshake'
  | 'greeting'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'chunk'
  | 'end';

/** How long each stage may take, in seconds. */
export type StageLimits = Readonly<Record<Stage, number>>;

/**
 * The minimum timeouts of a client (RFC 5321, 4.5.3.2): a server that scans a letter for viruses, or looks a
 * recipient up elsewhere, takes minutes, and would get the letter again and again from an impatient client. Stages
 * that the RFC does not name (EHLO, STARTTLS, AUTH) have the timeout of a command, as in Postfix (postconf(5)).
 */
const PATIENT: Omit<StageLimits, 'connect'> = {
  handshake: 300,
  greeting: 300,
  EHLO: 300,
  STARTTLS: 300,
  AUTH: 300,
  MAIL: 300,
  RCPT: 300,
  DATA: 120,
  chunk: 180,
  end: 600,
};

/** The limits of a session. `connect`: `set mailtimeout`, for looking the server up and reaching it. */
export function stageLimits(connect: number): StageLimits {
  return { connect, ...PATIENT };
}

/**
 * All stages before the final dot together (seconds): a letter to many recipients may not hold its connection for
 * hours. Behind the dot only the limit of that stage counts, as the server may have taken the letter.
 */
export const MAX_BEFORE_END = 3600;

/** The message for a stage that took too long. */
const WAITED_FOR: Readonly<Record<Stage, string>> = {
  connect: 'no connection',
  handshake: 'no end of the TLS handshake',
  greeting: 'no greeting',
  EHLO: 'no answer to EHLO',
  STARTTLS: 'no answer to STARTTLS',
  AUTH: 'no answer to AUTH',
  MAIL: 'no answer to MAIL',
  RCPT: 'no answer to RCPT',
  DATA: 'no answer to DATA',
  chunk: 'the server did not read the letter',
  end: 'no answer to the end of the letter',
};

const COMMANDS: readonly Stage[] = ['EHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA'];

/**
 * Follows a session stage by stage and reports when one takes too long. With PIPELINING several commands are sent at
 * once; the stage is always that of the next answer. Between two stages the timeout of the earlier one goes on, so
 * that no moment is without a limit.
 */
export class SessionClock {
  #limits: StageLimits;
  readonly #clock: Clock;
  readonly #onLate: (error: Error) => void;
  readonly #begun: number;
  /** What was asked and not answered yet, the oldest first. */
  #asked: Stage[] = [];
  #stage: Stage = 'connect';
  #callOff: () => void = () => {};

  /** `onLate` is called once when a stage took too long. */
  constructor(limits: StageLimits, clock: Clock, onLate: (error: Error) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onLate = onLate;
    this.#begun = clock.now();
  }

  /** A stage begins, or (chunk) makes progress. */
  begin(stage: Stage): void {
    this.#callOff();
    this.#stage = stage;
    const limit = this.#limits[stage];
    const left = stage === 'end' ? limit : this.#leftBeforeEnd();
    this.#callOff = this.#clock.after(Math.min(limit, left) * 1000, () => {
      const words =
        left < limit
          ? `the letter took longer than ${MAX_BEFORE_END} s`
          : `${WAITED_FOR[stage]} within ${limit} s`;
      this.#onLate(new Error(`Timeout: ${words}`));
    });
  }

  /** From now on no stage may take longer than connecting may, save the answer to the letter. */
  hurry(): void {
    const { connect } = this.#limits;
    const short = Object.entries(this.#limits).map(([stage, limit]) => [stage, Math.min(limit, connect)]);
    this.#limits = { ...(Object.fromEntries(short) as StageLimits), end: this.#limits.end };
    if (this.#stage !== 'end') this.begin(this.#stage);
  }

  /** The client has sent a line. */
  sent(line: string): void {
    const stage = this.#stageOf(line);
    this.#asked.push(stage);
    if (this.#asked.length === 1) this.begin(stage);
  }

  /** What is waited for. */
  get stage(): Stage {
    return this.#stage;
  }

  /** The server has answered, whole; returns which stage it was. */
  answered(reply: string): Stage {
    const answered = this.#asked.shift() ?? 'greeting';
    const next = this.#asked[0];
    if (next !== undefined) this.begin(next);
    else if (answered === 'STARTTLS' && reply.startsWith('2')) this.begin('handshake');
    else if (answered === 'DATA' && /^[23]/.test(reply)) this.begin('chunk');
    return answered;
  }

  /** All of the letter has been handed to the connection; what comes next is the answer to it. */
  ended(): void {
    this.#asked.push('end');
    this.begin('end');
  }

  stop(): void {
    this.#callOff();
  }

  /** The lines of a login are no commands. */
  #stageOf(line: string): Stage {
    if (line.startsWith('HELO')) return 'EHLO';
    if (line === '.') return 'end'; // nobody is to get the letter, which nodemailer ends as soon as it began
    return COMMANDS.find((command) => line.startsWith(command)) ?? (this.#stage === 'AUTH' ? 'AUTH' : 'EHLO');
  }

  #leftBeforeEnd(): number {
    const passed = (this.#clock.now() - this.#begun) / 1000;
    return Math.max(MAX_BEFORE_END - passed, 0);
  }
}
