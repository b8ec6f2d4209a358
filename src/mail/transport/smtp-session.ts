import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { format } from 'node:util';
import SMTPConnection, {
  type SMTPConnectionCustomAuthContext,
  type SMTPConnectionOptions,
} from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../../base/time/clock.js';
import { DAY } from '../../base/time/duration.js';
import { isLoopback, type SmtpRoute, type Tls } from '../route/route.js';
import { adviceOn } from './advice.js';
import { reachServer, secureFromStart } from './reach-server.js';
import type { Mend } from './reply-table.js';
import { SessionClock, type StageLimits } from './session-clock.js';
import { type SessionStep, SessionSteps } from './session-steps.js';
import { failed, meaningOfTrouble, type SmtpTrouble, sorted, troubleOf } from './smtp-trouble.js';
import { loginByToken, TOKEN_LOGIN } from './token-login.js';
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
  /** Hears each step; null: nobody does. */
  readonly onStep: ((step: SessionStep) => void) | null;
  /** Why TLS failed on a connection before this one; null: it did not. */
  readonly tlsTrouble: string | null;
}

export interface Secrets {
  readonly login: Credentials | null;
  readonly ca: Buffer | null;
  /** Takes the password, or the token, out of a text. */
  hide(text: string): string;
}

/** `words`: what the program said beside the token. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly user: string; readonly token: string; readonly words: string };

/** What became of a letter on one connection; `tlsTrouble`: why it could not be made private. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly tlsTrouble: string | null;
  /** Whether the server has refused the login for good. */
  readonly loginRefused: boolean;
}

/** Bytes of an answer that are read: a server may be hostile, too. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** How long a server may take to close a connection that is over (ms). */
const MAX_CLOSING_TIME = 1000;

/** The value of nodemailer's own timeouts (ms): longer than any of ours, which know the stages. */
const NEVER = DAY;

const ANSWERED = { tlsTrouble: null, loginRefused: false } as const;

/** The letter is handed to the connection in pieces of so many bytes, each with its time to be taken off. */
const CHUNK = 64 * 1024;

/**
 * One letter over one connection (RFC 5321), with nodemailer. Until the server is ready for mail, any error means
 * that it cannot be reached. After that, an error concerns only this letter, its sender or a recipient, so that no
 * letter can hold up all others.
 */
export class SmtpSession {
  readonly #terms: SessionTerms;
  readonly #time: SessionClock;
  readonly #steps: SessionSteps | null;
  readonly #breaking = new AbortController();
  readonly #broken: Promise<never>;
  #socket: Socket | null = null;
  #connection: SMTPConnection | null = null;

  constructor(terms: SessionTerms) {
    this.#terms = terms;
    this.#steps = terms.onStep && new SessionSteps(terms.onStep, terms.secrets.hide);
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
    const { secrets, tls, tlsTrouble } = this.#terms;
    const { hide } = secrets;
    const advise = (what: Mend): string => this.#advise(adviceOn(what, this.#facts(letter)));
    this.#steps?.tell({ kind: 'begun', tls, tlsTrouble });
    try {
      await Promise.race([this.#broken, this.#connect()]);
    } catch (error) {
      const trouble = troubleOf(error, hide);
      this.#tellBroken(trouble);
      return this.#notReady(trouble, advise);
    }
    try {
      const info = await Promise.race([this.#broken, this.#send(letter)]);
      this.#connection?.quit();
      return { ...ANSWERED, delivery: sorted(letter, troubleOf(info, hide), advise) };
    } catch (error) {
      const trouble = troubleOf(error, hide);
      this.#tellBroken(trouble);
      return { ...ANSWERED, delivery: failed(letter, trouble, advise) };
    }
  }

  /** What the server said has been told already. */
  #tellBroken({ response, message }: SmtpTrouble): void {
    const { stage } = this.#time;
    if (response === null) this.#steps?.tell({ kind: 'broken', stage, words: message });
  }

  #advise(words: string): string {
    this.#steps?.tell({ kind: 'advice', words });
    return words;
  }

  #facts({ from }: Envelope): Parameters<typeof adviceOn>[1] {
    const { tls, tlsTrouble, secrets } = this.#terms;
    return { from, name: this.#name, login: secrets.login?.kind ?? 'none', tls, tlsTrouble };
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
    const target = { host, port, timeout: limits.connect * 1000 };
    const socket = await reachServer(target, this.#breaking.signal, (addresses) =>
      this.#steps?.tell({ kind: 'found', host, addresses }),
    );
    this.#socket = socket;
    this.#steps?.tell({ kind: 'connected', address: socket.remoteAddress ?? host, port });
    if (tls !== 'implicit') return;
    this.#time.begin('handshake');
    this.#socket = await secureFromStart(socket, host, secrets.ca);
    this.#steps?.secured(this.#socket);
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
      customAuth: { [TOKEN_LOGIN]: (context) => this.#loginByToken(context) },
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

  #follow(entry: unknown, message: unknown): void {
    const kind = typeof entry === 'object' && entry !== null && 'tnx' in entry ? entry.tnx : null;
    if (kind === 'client') {
      this.#time.sent(String(message));
      this.#steps?.sent(String(message), this.#connection?._socket);
    }
    if (kind === 'server') {
      const stage = this.#time.answered(String(message));
      this.#steps?.answered(stage, String(message));
    }
    if (kind === 'message') {
      this.#time.ended();
      this.#steps?.sent('.', null);
    }
  }

  async #login(connection: SMTPConnection): Promise<void> {
    const { route, secrets } = this.#terms;
    const { login } = secrets;
    if (!login) return;
    this.#time.begin('AUTH');
    if (!connection.secure && !isLoopback(route.host))
      throw new Error(`tayori sends no ${login.kind} unencrypted`);
    const auth =
      login.kind === 'password'
        ? { user: login.user, pass: login.password }
        : { user: login.user, method: TOKEN_LOGIN };
    await new Promise<void>((resolve, reject) => {
      connection.login(auth, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #loginByToken(context: SMTPConnectionCustomAuthContext): Promise<void> {
    const { login } = this.#terms.secrets;
    if (login?.kind !== 'token') throw new Error('no token');
    // The last answer before a login is that to EHLO.
    await loginByToken(context, login, this.#connection?.lastServerResponse || '');
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
  #notReady(trouble: SmtpTrouble, advise: (what: Mend) => string): Attempt {
    const { code, message } = trouble;
    const { tls } = this.#terms;
    const aboutTls = code === 'ETLS' || this.#connection?.upgrading === true;
    const hint = aboutTls || tls === 'implicit' ? adviceOnTls(message, tls) : adviceOnStart(message);
    const meaning = code === 'ETLS' ? null : meaningOfTrouble(trouble);
    const mend = meaning?.kind === 'mend' ? meaning.what : meaning?.kind === 'later' ? meaning.advice : null;
    const advice = [...(hint === null ? [] : [this.#advise(hint)]), ...(mend === null ? [] : [advise(mend)])];
    return {
      delivery: { kind: 'unreachable', reason: [message, ...advice].join('; ') },
      tlsTrouble: aboutTls ? message : null,
      loginRefused: trouble.step === 'AUTH' && meaning?.kind === 'mend',
    };
  }
}

function adviceOnTls(message: string, tls: Tls): string | null {
  if (/certificate|altnames/i.test(message))
    return 'name its CA with ?ca=FILE, or write the host name that is in its certificate';
  if (tls === 'implicit' && /wrong version number/i.test(message))
    return 'the server does not expect TLS from the first byte: write smtp:// instead of smtps://';
  return tls === 'required'
    ? 'TLS is required here, unless the config says ?tls=off or ?tls=opportunistic'
    : null;
}

/** A server that waits for TLS from the first byte on says nothing. */
function adviceOnStart(message: string): string | null {
  return /no greeting/.test(message) ? 'if the server expects TLS from the first byte, write smtps://' : null;
}
