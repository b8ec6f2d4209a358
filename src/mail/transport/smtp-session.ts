import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { format } from 'node:util';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../../base/time/clock.js';
import { DAY } from '../../base/time/duration.js';
import { isLoopback, type SmtpRoute, type Tls } from '../route/route.js';
import { adviceOn } from './advice.js';
import { reachServer, secureFromStart } from './reach-server.js';
import { SessionClock, type StageLimits } from './session-clock.js';
import { failed, meaningOfTrouble, type SmtpTrouble, sorted, troubleOf } from './smtp-trouble.js';
import type { Delivery, Envelope } from './transport.js';

/** What a session is to go by. */
export interface SessionTerms {
  readonly route: SmtpRoute;
  /** How this connection is made private. */
  readonly tls: Tls;
  readonly secrets: Secrets;
  /** The name for EHLO; null: this host's. */
  readonly helo: string | null;
  readonly limits: StageLimits;
  readonly clock: Clock;
  /** Gets each line of the conversation; null: not wanted. */
  readonly onTalk: ((line: string) => void) | null;
  /** Why TLS failed on a connection before this one; null: it did not. */
  readonly tlsTrouble: string | null;
}

export interface Secrets {
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly ca: Buffer | null;
  /** Takes the password out of a text. */
  hide(text: string): string;
}

/** What became of a letter on one connection; `tlsTrouble`: why it could not be made private. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly tlsTrouble: string | null;
}

/** Bytes of an answer that are read: a server may be hostile, too. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** How long a server may take to close a connection that is over (ms). */
const MAX_CLOSING_TIME = 1000;

/** The value of nodemailer's own timeouts (ms): longer than any of ours, which know the stages. */
const NEVER = DAY;

/** The letter is written in pieces of so many bytes, each with its own timeout. */
const CHUNK = 64 * 1024;

/**
 * One letter over one connection (RFC 5321), with nodemailer. Until the server is ready for mail, any error means
 * that it cannot be reached. After that, an error concerns only this letter, its sender or a recipient, so that no
 * letter can hold up all others.
 */
export class SmtpSession {
  readonly #terms: SessionTerms;
  readonly #time: SessionClock;
  readonly #breaking = new AbortController();
  readonly #broken: Promise<never>;
  #socket: Socket | null = null;
  #connection: SMTPConnection | null = null;

  constructor(terms: SessionTerms) {
    this.#terms = terms;
    this.#time = new SessionClock(terms.limits, terms.clock, (error) => this.#breaking.abort(error));
    const { signal } = this.#breaking;
    this.#broken = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    this.#broken.catch(() => {}); // it may break when nobody waits any more
  }

  /** Does not reject, whatever the server does. */
  async deliver(letter: Envelope): Promise<Attempt> {
    try {
      return await this.#converse(letter);
    } finally {
      this.#time.stop();
      this.#connection?.close();
      if (!this.#connection) this.#socket?.destroy();
    }
  }

  /** Shortens the timeouts; see `Transport`. */
  hurry(): void {
    this.#time.hurry();
  }

  /** Breaks the conversation off. */
  close(): void {
    this.#breaking.abort(new Error('the connection was closed'));
  }

  async #converse(letter: Envelope): Promise<Attempt> {
    const { hide } = this.#terms.secrets;
    const advise = (what: Parameters<typeof adviceOn>[0]): string => adviceOn(what, this.#facts(letter));
    try {
      await Promise.race([this.#broken, this.#connect()]);
    } catch (error) {
      return this.#notReady(troubleOf(error, hide), advise);
    }
    try {
      const info = await Promise.race([this.#broken, this.#send(letter)]);
      this.#connection?.quit();
      return { delivery: sorted(letter, troubleOf(info, hide), advise), tlsTrouble: null };
    } catch (error) {
      return { delivery: failed(letter, troubleOf(error, hide), advise), tlsTrouble: null };
    }
  }

  #facts({ from }: Envelope): Parameters<typeof adviceOn>[1] {
    const { tls, tlsTrouble, secrets } = this.#terms;
    return { from, name: this.#name, hasLogin: secrets.login !== null, tls, tlsTrouble };
  }

  /** By default nodemailer says [127.0.0.1] if the name of this host has no dot. */
  get #name(): string {
    return this.#terms.helo ?? hostname();
  }

  /** Resolves when the server is ready for mail. */
  async #connect(): Promise<void> {
    await this.#reach();
    this.#breaking.signal.throwIfAborted();
    const connection = new SMTPConnection(this.#settings());
    this.#connection = connection;
    connection.on('error', (error) => this.#breaking.abort(error));
    connection.once('end', () => this.close());
    this.#time.begin('greeting');
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    await this.#login(connection);
  }

  async #reach(): Promise<void> {
    const { route, tls, secrets, limits } = this.#terms;
    const { host, port } = route;
    this.#time.begin('connect');
    const socket = await reachServer({ host, port, timeout: limits.connect * 1000 }, this.#breaking.signal);
    this.#socket = socket;
    if (tls !== 'implicit') return;
    this.#time.begin('handshake');
    this.#socket = await secureFromStart(socket, host, secrets.ca);
  }

  #settings(): SMTPConnectionOptions {
    const { route, tls, secrets } = this.#terms;
    const { ca } = secrets;
    return {
      host: route.host,
      port: route.port,
      ...(this.#socket ? { connection: this.#socket } : {}),
      secure: tls === 'implicit',
      secured: tls === 'implicit',
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'off',
      // Where plain text would do, an unknown certificate is still better than none.
      tls: { rejectUnauthorized: tls !== 'opportunistic', ...(ca ? { ca } : {}) },
      name: this.#name,
      logger: this.#logger(),
      transactionLog: true,
      connectionTimeout: NEVER,
      greetingTimeout: NEVER,
      socketTimeout: NEVER,
      socketCloseTimeout: MAX_CLOSING_TIME,
      maxResponseSize: MAX_ANSWER_BYTES,
    };
  }

  /** nodemailer logs each line that it sends and each whole answer: these give the stages. */
  #logger(): NonNullable<SMTPConnectionOptions['logger']> {
    const { onTalk, secrets } = this.#terms;
    const log = (record: unknown, ...message: unknown[]): void => {
      this.#follow(record, message[0]);
      onTalk?.(secrets.hide(format(...message)));
    };
    return { level() {}, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  }

  #follow(record: unknown, message: unknown): void {
    const kind = typeof record === 'object' && record !== null && 'tnx' in record ? record.tnx : null;
    if (kind === 'client') this.#time.sent(String(message));
    if (kind === 'server') this.#time.answered(String(message));
    if (kind === 'message') this.#time.ended();
  }

  async #login(connection: SMTPConnection): Promise<void> {
    const { route, secrets } = this.#terms;
    const { login } = secrets;
    if (!login) return;
    if (!connection.secure && !isLoopback(route.host))
      throw new Error('tayori sends no password unencrypted');
    await new Promise<void>((resolve, reject) => {
      connection.login({ user: login.user, pass: login.password }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  #send({ from, to, mime }: Envelope): Promise<unknown> {
    const letter = Readable.from(this.#chunks(mime), { objectMode: false });
    return new Promise((resolve, reject) => {
      this.#connection?.send({ from, to: [...to], size: mime.length }, letter, (error, info) =>
        error ? reject(error) : resolve(info),
      );
    });
  }

  /** The next piece is read when the server has read most of those before it. */
  *#chunks(mime: Buffer): Generator<Buffer> {
    for (let at = 0; at < mime.length; at += CHUNK) {
      this.#time.begin('chunk');
      yield mime.subarray(at, at + CHUNK);
    }
  }

  /** The server is not ready for mail: the reason, and what an administrator can do about it. */
  #notReady(trouble: SmtpTrouble, advise: (what: Parameters<typeof adviceOn>[0]) => string): Attempt {
    const { code, message } = trouble;
    const { tls } = this.#terms;
    const aboutTls = code === 'ETLS' || this.#connection?.upgrading === true;
    const reason =
      message + (aboutTls || tls === 'implicit' ? adviceOnTls(message, tls) : adviceOnStart(message));
    const meaning = code === 'ETLS' ? null : meaningOfTrouble(trouble);
    const mend = meaning?.kind === 'mend' ? meaning.what : meaning?.kind === 'later' ? meaning.advice : null;
    return {
      delivery: { kind: 'unreachable', reason: mend === null ? reason : `${reason}; ${advise(mend)}` },
      tlsTrouble: aboutTls ? message : null,
    };
  }
}

function adviceOnTls(message: string, tls: Tls): string {
  if (/certificate|altnames/i.test(message))
    return '; name its CA with ?ca=FILE, or write the host name that is in its certificate';
  if (tls === 'implicit' && /wrong version number/i.test(message))
    return '; the server does not expect TLS from the first byte: write smtp:// instead of smtps://';
  return tls === 'required'
    ? '; TLS is required here, unless the config says ?tls=off or ?tls=opportunistic'
    : '';
}

/** A server that waits for TLS from the first byte on says nothing. */
function adviceOnStart(message: string): string {
  return /no greeting/.test(message) ? '; if the server expects TLS from the first byte, write smtps://' : '';
}
