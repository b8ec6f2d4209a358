import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../base/errors.js';
import { type Clock, systemClock } from '../../base/time/clock.js';
import { createHider } from '../route/hide-secrets.js';
import { readPassword } from '../route/read-password.js';
import { type SmtpRoute, type Tls, tlsOf } from '../route/route.js';
import { type StageLimits, stageLimits } from './session-clock.js';
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
  /** Where systemd says where credentials are; left out: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Other limits of the stages, in seconds; left out: those of RFC 5321. */
  readonly limits?: StageLimits;
  /** Left out: the system's. */
  readonly clock?: Clock;
}

/**
 * Sends over SMTP, a connection for each letter. Password and CA are read for each connection, so that they can be
 * changed meanwhile.
 */
export function smtpTransport(route: SmtpRoute, options: SmtpOptions): Transport {
  return new SmtpTransport(route, options);
}

class SmtpTransport implements Transport {
  readonly #route: SmtpRoute;
  readonly #options: SmtpOptions;
  readonly #open = new Set<SmtpSession>();
  #hurried = false;
  #closed = false;

  constructor(route: SmtpRoute, options: SmtpOptions) {
    this.#route = route;
    this.#options = options;
  }

  async deliver(letter: Envelope): Promise<Delivery> {
    const secrets = await readSecrets(this.#route, this.#options.env ?? process.env);
    if (!secrets.ok) return { kind: 'unreachable', reason: secrets.reason };
    const tls = tlsOf(this.#route);
    const { delivery, tlsTrouble } = await this.#attempt(letter, secrets, tls, null);
    if (tlsTrouble === null || tls !== 'opportunistic' || this.#closed) return delivery;
    // A connection on which TLS has failed is of no use any more.
    const plain = await this.#attempt(letter, secrets, 'off', tlsTrouble);
    return plain.delivery.kind === 'answered'
      ? { ...plain.delivery, unencrypted: tlsTrouble }
      : plain.delivery;
  }

  hurry(): void {
    this.#hurried = true;
    for (const session of this.#open) session.hurry();
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#open) session.close();
  }

  async #attempt(letter: Envelope, secrets: Secrets, tls: Tls, tlsTrouble: string | null): Promise<Attempt> {
    const { helo, timeout, onTalk, limits = stageLimits(timeout), clock = systemClock } = this.#options;
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
}

async function readSecrets(
  { login, ca }: SmtpRoute,
  env: NodeJS.ProcessEnv,
): Promise<(Secrets & { readonly ok: true }) | { readonly ok: false; readonly reason: string }> {
  const read = login === null ? null : await readPassword(login.password, env);
  if (read && !read.ok) return read;
  try {
    const certificates = ca === null ? null : await readFile(ca);
    if (!login || !read) return { ok: true, login: null, ca: certificates, hide: (text) => text };
    const { user } = login;
    const { password } = read;
    return { ok: true, login: { user, password }, ca: certificates, hide: createHider(user, password) };
  } catch (error) {
    return { ok: false, reason: `no CA: ${reasonOf(error)}` };
  }
}
