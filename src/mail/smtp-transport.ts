import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { format } from 'node:util';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { reasonOf } from '../reason-of.js';
import { createHider } from './hide-secrets.js';
import { readPassword } from './read-password.js';
import { isLoopback, type SmtpRoute, type Tls, tlsOf } from './route.js';
import { type Delivery, type Envelope, forAll, type Outcome, type Transport } from './transport.js';

export interface SmtpOptions {
  /** The name for EHLO; null: this host's. */
  readonly helo: string | null;
  /** For each answer, in seconds. A whole delivery may take six times as long. */
  readonly timeout: number;
  /** Hears the conversation, for `-d2`; null: nobody does. */
  readonly onTalk: ((line: string) => void) | null;
  /** Where systemd says where credentials are; left out: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What nodemailer's errors and results carry that is of use here. */
interface SmtpTrouble {
  readonly message: string;
  readonly code: string | null;
  readonly response: string | null;
  readonly responseCode: number | null;
  readonly command: string | null;
  readonly recipients: ReadonlyMap<string, SmtpTrouble>;
}

const DELIVERY_TIMEOUTS = 6;

/** The longest answer that is listened to, and how much of it is kept as a reason: a server may be hostile, too. */
const LONGEST_ANSWER = 64 * 1024;
const LONGEST_REASON = 500;

/** How long a server may take to let go of a connection that is over (ms). */
const FAREWELL = 1000;

/**
 * Sends over SMTP (RFC 5321) with nodemailer, a connection for each letter. Until the server is ready for mail, any
 * trouble means that it cannot be reached; after that, trouble is this letter's or a recipient's alone, so that no
 * letter can hold up the others. Password and CA are read for each connection, so that they can be changed meanwhile.
 */
export function smtpTransport(route: SmtpRoute, options: SmtpOptions): Transport {
  const open = new Set<SMTPConnection>();

  async function attempt(letter: Envelope, tls: Tls, secrets: Secrets): Promise<Attempt> {
    // Loaded with the first letter, not with the program.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const connection = new Connection(settingsOf(route, tls, secrets, options));
    open.add(connection);
    try {
      const longest = options.timeout * 1000 * DELIVERY_TIMEOUTS;
      return await converse(connection, letter, { route, tls, secrets, longest });
    } finally {
      connection.close();
      open.delete(connection);
    }
  }

  return {
    async deliver(letter) {
      const secrets = await readSecrets(route, options.env ?? process.env);
      if (!secrets.ok) return { kind: 'unreachable', reason: secrets.reason };
      const tls = tlsOf(route);
      const { delivery, tlsTrouble } = await attempt(letter, tls, secrets);
      if (tlsTrouble === null || tls !== 'opportunistic') return delivery;
      // A connection on which TLS has failed is of no use any more.
      const plain = await attempt(letter, 'off', secrets);
      return plain.delivery.kind === 'answered'
        ? { ...plain.delivery, unencrypted: tlsTrouble }
        : plain.delivery;
    },
    close() {
      for (const connection of open) connection.close();
    },
  };
}

/** What became of a letter on one connection; `tlsTrouble`: why it could not be made private. */
interface Attempt {
  readonly delivery: Delivery;
  readonly tlsTrouble: string | null;
}

interface Secrets {
  readonly ok: true;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly ca: Buffer | null;
  /** Takes the password out of a text. */
  hide(text: string): string;
}

async function readSecrets(
  { login, ca }: SmtpRoute,
  env: NodeJS.ProcessEnv,
): Promise<Secrets | { readonly ok: false; readonly reason: string }> {
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

function settingsOf(
  { host, port }: SmtpRoute,
  tls: Tls,
  { ca, hide }: Secrets,
  { helo, timeout, onTalk }: SmtpOptions,
): SMTPConnectionOptions {
  const milliseconds = timeout * 1000;
  return {
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    // Where plain text would do, an unknown certificate is still better than none.
    tls: { rejectUnauthorized: tls !== 'opportunistic', ...(ca ? { ca } : {}) },
    name: helo ?? hostname(), // left alone, nodemailer says [127.0.0.1] where the name has no dot
    ...(onTalk ? { logger: talkLogger((line) => onTalk(hide(line))), transactionLog: true } : {}),
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    dnsTimeout: milliseconds,
    socketCloseTimeout: FAREWELL,
    maxResponseSize: LONGEST_ANSWER,
    allowInternalNetworkInterfaces: true, // a machine without a network still has its own mail server
  };
}

/** nodemailer wants a logger with a method for each level; the conversation comes with all of them. */
function talkLogger(onTalk: (line: string) => void): NonNullable<SMTPConnectionOptions['logger']> {
  const log = (_data: unknown, ...message: unknown[]): void => onTalk(format(...message));
  return { level() {}, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
}

interface Terms {
  readonly route: SmtpRoute;
  readonly tls: Tls;
  readonly secrets: Secrets;
  /** ms for all of it. */
  readonly longest: number;
}

async function converse(connection: SMTPConnection, letter: Envelope, terms: Terms): Promise<Attempt> {
  const broken = brokenOff(connection, terms.longest);
  const { hide } = terms.secrets;
  try {
    await Promise.race([broken.promise, connect(connection, terms)]);
  } catch (error) {
    broken.callOff();
    return notReady(connection, troubleOf(error, hide), terms.tls);
  }
  try {
    const info = await Promise.race([broken.promise, send(connection, letter)]);
    connection.quit();
    return { delivery: sorted(letter, troubleOf(info, hide)), tlsTrouble: null };
  } catch (error) {
    return { delivery: failed(letter, troubleOf(error, hide)), tlsTrouble: null };
  } finally {
    broken.callOff();
  }
}

/** The server is not ready for mail: the reason, and what an administrator can do about it. */
function notReady(connection: SMTPConnection, { code, message }: SmtpTrouble, tls: Tls): Attempt {
  const aboutTls = code === 'ETLS' || connection.upgrading === true;
  const reason = message + (aboutTls || tls === 'implicit' ? adviceOnTls(message, tls) : '');
  const advice = code === 'EAUTH' ? '; look at the user and the password in the config' : '';
  return {
    delivery: { kind: 'unreachable', reason: reason + advice },
    tlsTrouble: aboutTls ? message : null,
  };
}

function adviceOnTls(message: string, tls: Tls): string {
  if (/certificate|altnames/i.test(message))
    return '; name its CA with ?ca=FILE, or the host as its certificate does';
  return tls === 'required'
    ? '; TLS is required here, unless the config says ?tls=off or ?tls=opportunistic'
    : '';
}

/** Rejects when the connection fails, ends, or is not done in time: one that sends a byte now and then never is. */
function brokenOff(
  connection: SMTPConnection,
  longest: number,
): { readonly promise: Promise<never>; callOff(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('the connection was closed')));
    timer = setTimeout(() => reject(new Error(`no end after ${longest / 1000} s`)), longest);
  });
  promise.catch(() => {}); // it may break when nobody waits any more
  return { promise, callOff: () => clearTimeout(timer) };
}

/** Resolves when the server is ready for mail. */
async function connect(connection: SMTPConnection, { route, secrets }: Terms): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const { login } = secrets;
  if (!login) return;
  if (!connection.secure && !isLoopback(route.host)) throw new Error('a password is not sent in the clear');
  await new Promise<void>((resolve, reject) => {
    connection.login({ user: login.user, pass: login.password }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function send(connection: SMTPConnection, { from, to, mime }: Envelope): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.send({ from, to: [...to], size: mime.length }, mime, (error, info) =>
      error ? reject(error) : resolve(info),
    );
  });
}

/** The server took the letter: some recipients may have been refused before. */
function sorted(letter: Envelope, { recipients, response }: SmtpTrouble): Delivery {
  const outcomes = letter.to.map((address): [string, Outcome] => {
    const trouble = recipients.get(address);
    return [address, trouble ? outcomeOf(trouble) : { kind: 'sent' }];
  });
  return {
    kind: 'answered',
    outcomes: new Map(outcomes),
    ...(response === null ? {} : { answer: response }),
  };
}

/** RFC 4954, 6: the server wants a login, or another one. That is for the administrator to mend, and no letter's fault. */
const LOGIN_WANTED = new Set([530, 534, 535, 538]);

/** The server did not take it: from none of these recipients, or not at all. */
function failed(letter: Envelope, trouble: SmtpTrouble): Delivery {
  const causes = [trouble, ...trouble.recipients.values()];
  const wanted = causes.find(({ responseCode }) => responseCode !== null && LOGIN_WANTED.has(responseCode));
  if (wanted)
    return {
      kind: 'unreachable',
      reason: `${wanted.message}; the server wants a login: set mailuser and set mailpassword`,
    };
  return trouble.recipients.size > 0 ? sorted(letter, trouble) : forAll(letter.to, outcomeOf(trouble));
}

function outcomeOf({ response, responseCode, code, command, message }: SmtpTrouble): Outcome {
  const answered = responseCode !== null && responseCode >= 500 && responseCode < 600;
  // nodemailer itself refuses what no server would take: a letter over the size it names, a broken address.
  const unsendable = response === null && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (answered || unsendable) return { kind: 'refused', reason: message };
  return { kind: 'retry', about: command === 'RCPT TO' ? 'recipient' : 'letter', reason: message };
}

function troubleOf(value: unknown, hide: (text: string) => string): SmtpTrouble {
  const fields = isRecord(value) ? value : {};
  const rejected = Array.isArray(fields.rejectedErrors) ? fields.rejectedErrors : [];
  const recipients = rejected.map((one): [string, SmtpTrouble] => [
    isRecord(one) ? String(one.recipient) : '',
    troubleOf(one, hide),
  ]);
  return {
    message: hide(String(fields.message ?? value)).slice(0, LONGEST_REASON),
    code: typeof fields.code === 'string' ? fields.code : null,
    response: typeof fields.response === 'string' ? fields.response : null,
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null,
    command: typeof fields.command === 'string' ? fields.command : null,
    recipients: new Map(recipients),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
