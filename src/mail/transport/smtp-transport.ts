import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../base/errors.js';
import { type Clock, systemClock } from '../../base/time/clock.js';
import { AccessToken } from '../route/access-token.js';
import { createHider, createTokenHider } from '../route/hide-secrets.js';
import { readPassword } from '../route/read-password.js';
import { type Login, type SmtpRoute, type Tls, tlsOf } from '../route/route.js';
import { type StageLimits, stageLimits } from './session-clock.js';
import type { SessionStep } from './session-steps.js';
import type { Attempt, Secrets, SmtpSession } from './smtp-session.js';
import type { Delivery, Envelope, Transport } from './transport.js';

export interface SmtpOptions {
  /** The name for EHLO; null: this host's. */
  readonly helo: string | null;
  /**
   * Seconds until the server must be reached. What it may take from then on is RFC 5321's to say (session-clock.ts).
   */
  readonly timeout: number;
  /** Gets each line of the conversation, for `-d2`; null: not wanted. */
  readonly onTalk: ((line: string) => void) | null;
  /** Hears each step of each session, for `tayori test-mail`; left out: nobody does. */
  readonly onStep?: (step: SessionStep) => void;
  /** Where systemd says where credentials are; left out: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Other limits of the stages, in seconds; left out: those of RFC 5321. */
  readonly limits?: StageLimits;
  /** Left out: the system's. */
  readonly clock?: Clock;
}

/**
 * Sends over SMTP, a connection for each letter. Password and CA are read for each connection, so that they can be
 * changed meanwhile; a token is kept until the server refuses it.
 */
export function smtpTransport(route: SmtpRoute, options: SmtpOptions): Transport {
  return new SmtpTransport(route, options);
}

class SmtpTransport implements Transport {
  readonly #route: SmtpRoute;
  readonly #options: SmtpOptions;
  readonly #open = new Set<SmtpSession>();
  /** Once it was needed. */
  #token: AccessToken | null = null;
  #hurried = false;
  #closed = false;

  constructor(route: SmtpRoute, options: SmtpOptions) {
    this.#route = route;
    this.#options = options;
  }

  /** With a token that the server refuses, once more with the one that the program prints then. */
  async deliver(letter: Envelope): Promise<Delivery> {
    const secrets = await this.#readSecrets();
    if (!secrets.ok) return { kind: 'unreachable', reason: secrets.reason };
    const { delivery, loginRefused } = await this.#deliverWith(letter, secrets);
    const { login } = secrets;
    if (!loginRefused || login?.kind !== 'token' || !this.#token || this.#closed) return delivery;
    await this.#token.giveUp(login.token);
    const anew = await this.#readSecrets();
    if (!anew.ok) return withWords(delivery, anew.reason);
    if (anew.login?.kind !== 'token') return delivery;
    if (anew.login.token === login.token)
      return withWords(delivery, saysWhat('the program prints the same token again', anew.login.words));
    const second = await this.#deliverWith(letter, anew);
    if (!second.loginRefused) return second.delivery;
    await this.#token.giveUp(anew.login.token);
    return withWords(
      second.delivery,
      saysWhat('the token before this one was refused, too', anew.login.words),
    );
  }

  async #deliverWith(letter: Envelope, secrets: Secrets): Promise<Omit<Attempt, 'tlsTrouble'>> {
    const tls = tlsOf(this.#route);
    const attempt = await this.#attempt(letter, secrets, tls, null);
    const { tlsTrouble } = attempt;
    if (tlsTrouble === null || tls !== 'opportunistic' || this.#closed) return attempt;
    // A connection on which TLS has failed is of no use any more.
    const { delivery, loginRefused } = await this.#attempt(letter, secrets, 'off', tlsTrouble);
    if (delivery.kind !== 'answered') return { delivery, loginRefused };
    return { delivery: { ...delivery, unencrypted: tlsTrouble }, loginRefused };
  }

  hurry(): void {
    this.#hurried = true;
    for (const session of this.#open) session.hurry();
  }

  close(): void {
    this.#closed = true;
    this.#token?.close();
    for (const session of this.#open) session.close();
  }

  async #attempt(letter: Envelope, secrets: Secrets, tls: Tls, tlsTrouble: string | null): Promise<Attempt> {
    const { helo, timeout, onTalk, onStep = null } = this.#options;
    const { limits = stageLimits(timeout), clock = systemClock } = this.#options;
    // Loaded with the first letter, not with the program.
    const { SmtpSession } = await import('./smtp-session.js');
    const session = new SmtpSession({
      route: this.#route,
      tls,
      secrets,
      helo,
      limits,
      clock,
      onTalk,
      onStep,
      tlsTrouble,
    });
    this.#open.add(session);
    if (this.#hurried) session.hurry();
    if (this.#closed) session.close(); // meanwhile
    try {
      return await session.deliver(letter);
    } finally {
      this.#open.delete(session);
    }
  }

  async #readSecrets(): Promise<ReadSecrets> {
    const { login, ca } = this.#route;
    const credentials = login === null ? NO_LOGIN : await this.#readLogin(login);
    if (!credentials.ok) return credentials;
    try {
      return { ...credentials, ca: ca === null ? null : await readFile(ca) };
    } catch (error) {
      return { ok: false, reason: `no CA: ${reasonOf(error)}` };
    }
  }

  async #readLogin(login: Login): Promise<ReadLogin> {
    const { user } = login;
    if ('password' in login) {
      const read = await readPassword(login.password, this.#options.env ?? process.env);
      if (!read.ok) return read;
      const { password } = read;
      return { ok: true, login: { kind: 'password', user, password }, hide: createHider(user, password) };
    }
    const { clock = systemClock } = this.#options;
    this.#token ??= new AccessToken(login.tokenCommand, clock);
    const read = await this.#token.read();
    if (!read.ok) return read;
    const { token, words } = read;
    return { ok: true, login: { kind: 'token', user, token, words }, hide: createTokenHider(user, token) };
  }
}

type Refused = { readonly ok: false; readonly reason: string };
type ReadSecrets = (Secrets & { readonly ok: true }) | Refused;
type ReadLogin = (Omit<Secrets, 'ca'> & { readonly ok: true }) | Refused;

const NO_LOGIN: ReadLogin = { ok: true, login: null, hide: (text) => text };

/** `words`: of the program. */
function saysWhat(what: string, words: string): string {
  return words === '' ? what : `${what}, and says: ${words}`;
}

function withWords(delivery: Delivery, words: string): Delivery {
  return delivery.kind === 'unreachable'
    ? { kind: 'unreachable', reason: `${delivery.reason}; ${words}` }
    : delivery;
}
