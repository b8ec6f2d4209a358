import { isIP } from 'node:net';
import { oneLine } from '../base/text/escape.js';
import type { SmtpRoute } from '../mail/route/route.js';
import { adviceOnSilence } from '../mail/transport/advice.js';
import type { Stage } from '../mail/transport/session-clock.js';
import type { Certificate, SessionStep } from '../mail/transport/session-steps.js';
import type { Delivery, Outcome } from '../mail/transport/transport.js';

/** How a stage is called; `connect` is told apart from looking the host up. */
const NAMES: Readonly<Record<Stage, string>> = {
  connect: 'connect',
  handshake: 'TLS',
  greeting: 'greeting',
  EHLO: 'EHLO',
  STARTTLS: 'TLS',
  AUTH: 'login',
  MAIL: 'MAIL',
  RCPT: 'RCPT',
  DATA: 'DATA',
  chunk: 'DATA',
  end: 'DATA',
};

const NAME_WIDTH = 10;
const MARK_WIDTH = 8;

/** The longest answer that is shown (characters). */
const MAX_WORDS = 500;

/** A step in a line: what it is, how it went, and the words to it. */
export function stepLine(name: string, isFine: boolean, words: string): string {
  const mark = isFine ? 'ok' : 'FAILED';
  return `  ${name.padEnd(NAME_WIDTH)}${mark.padEnd(MARK_WIDTH)}${oneLine(words).slice(0, MAX_WORDS)}`.trimEnd();
}

/** What to do, below the step that failed. */
export function adviceLine(words: string): string {
  return `  ${' '.repeat(NAME_WIDTH)}-> ${oneLine(words)}`;
}

/** Writes the steps of SMTP sessions as they happen, and what to do where one fails. */
export class SessionLines {
  readonly #route: SmtpRoute;
  readonly #print: (line: string) => void;
  readonly #advice = new Set<string>();
  #sessions = 0;
  #found = false;
  #greeted = false;
  #failed = false;

  constructor(route: SmtpRoute, print: (line: string) => void) {
    this.#route = route;
    this.#print = print;
  }

  step(step: SessionStep): void {
    switch (step.kind) {
      case 'begun':
        return this.#begin(step.tlsTrouble);
      case 'found':
        this.#found = true;
        return this.#line('DNS', true, describeFound(step.host, step.addresses));
      case 'connected':
        return this.#line('connect', true, `${step.address}, port ${step.port}`);
      case 'secured':
        return this.#line('TLS', true, `${step.protocol}, ${describeCertificate(step.certificate)}`);
      case 'answered':
        return this.#answer(step.stage, step.asked, step.reply);
      case 'broken':
        return this.#break(step.stage, step.words);
      case 'advice':
        this.#advice.add(step.words);
    }
  }

  /** What became of it in the end: what is still to be said of a failure. */
  end(delivery: Delivery): void {
    if (delivery.kind === 'unreachable' && !this.#failed) this.#neverBegan(delivery.reason);
    const outcomes = delivery.kind === 'answered' ? [...delivery.outcomes] : [];
    if (this.#advice.size === 0)
      for (const [address, outcome] of outcomes) {
        const words = adviceOnOutcome(address, outcome);
        if (words !== null) this.#advice.add(words);
      }
    if (this.#failed) for (const words of this.#advice) this.#print(adviceLine(words));
  }

  /** What a session needs could not be read. */
  #neverBegan(reason: string): void {
    const [, what = ''] = /^no (password|token|CA):/.exec(reason) ?? [];
    this.#line(what === 'CA' ? 'TLS' : 'login', false, reason);
    const advice = ON_SECRETS[what];
    if (advice !== undefined) this.#advice.add(advice);
  }

  #begin(tlsTrouble: string | null): void {
    this.#sessions += 1;
    this.#found = false;
    this.#greeted = false;
    this.#failed = false;
    this.#advice.clear();
    if (this.#sessions > 1)
      this.#print(
        tlsTrouble === null
          ? '  once more, with a new token:'
          : '  TLS did not come about; "set mailserver HOST" does without, so once more in the clear:',
      );
  }

  #answer(stage: Stage, asked: string, reply: string): void {
    const isFine = /^[23]/.test(reply);
    if (isFine && isMidway(stage, reply)) return;
    if (stage === 'EHLO' && isFine) {
      if (this.#greeted) return; // EHLO again, behind TLS
      this.#greeted = true;
    }
    const words = isFine ? firstLine(reply) : allLines(reply);
    this.#line(
      stage === 'EHLO' ? (asked.split(' ', 1)[0] ?? '') : NAMES[stage],
      isFine,
      this.#told(stage, asked) + words,
    );
  }

  /** What the answer is about. */
  #told(stage: Stage, asked: string): string {
    const address = /<([^<>]*)>/.exec(asked)?.[1];
    if ((stage === 'MAIL' || stage === 'RCPT') && address !== undefined) return `${address}: `;
    if (stage === 'EHLO') return `as ${asked.slice(5)}: `;
    return stage === 'AUTH' && this.#route.login ? `as ${this.#route.login.user}: ` : '';
  }

  #break(stage: Stage, words: string): void {
    this.#line(stage === 'connect' && !this.#found ? 'DNS' : NAMES[stage], false, words);
    const advice = adviceOnSilence(stage, words, this.#route);
    if (advice !== null) this.#advice.add(advice);
  }

  #line(name: string, isFine: boolean, words: string): void {
    if (!isFine) this.#failed = true;
    this.#print(stepLine(name, isFine, words));
  }
}

/** By what could not be read. */
const ON_SECRETS: Readonly<Record<string, string>> = {
  password: 'look at set mailpassword: the file must be there, and be read by the user that tayori runs as',
  token: 'look at set mailtoken: run its program as the user that tayori runs as',
  CA: 'look at ?ca=FILE in set mailserver: the file must be there, and be read by the user that tayori runs as',
};

/** Answers that ask for more: what is told is the last one. */
function isMidway(stage: Stage, reply: string): boolean {
  return stage === 'STARTTLS' || stage === 'DATA' || (stage === 'AUTH' && reply.startsWith('3'));
}

function firstLine(reply: string): string {
  return (reply.split(/\r?\n/, 1)[0] ?? '').replace(/^(\d{3})-/, '$1 ');
}

function allLines(reply: string): string {
  return reply
    .split(/\r?\n/)
    .map((line, at) => (at === 0 ? line.replace(/^(\d{3})-/, '$1 ') : line.replace(/^\d{3}[- ]/, '')))
    .join(' ');
}

function describeFound(host: string, addresses: readonly string[]): string {
  return isIP(host) ? `${host} is no name to be looked up` : `${host} is ${addresses.join(', ')}`;
}

function describeCertificate(certificate: Certificate | null): string {
  if (!certificate) return 'without a certificate';
  const { name, issuer, trusted } = certificate;
  return `certificate of ${name} by ${issuer}${trusted ? '' : ', which nobody vouches for (not asked for here)'}`;
}

function adviceOnOutcome(address: string, outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'sent':
      return null;
    case 'retry':
      return 'the server defers it, as greylisting does; tayori tries letters again until they are accepted: test again in some minutes';
    case 'limited':
      return 'a quota is used up; tayori tries letters again for a day';
    case 'rejected':
      return `the server rejects mail for ${address}: check it in set queue and set alias`;
  }
}
