import { format } from 'node:util';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { Route } from './route.js';
import { type Delivery, type Envelope, forAll, type Outcome, type Transport } from './transport.js';

export interface SmtpOptions {
  /** The name for EHLO; null: this host's. */
  readonly helo: string | null;
  /** For each answer, in seconds. A whole delivery may take six times as long. */
  readonly timeout: number;
  /** Hears the conversation, for `-d2`; null: nobody does. */
  readonly onTalk: ((line: string) => void) | null;
}

type SmtpRoute = Extract<Route, { readonly kind: 'smtp' }>;

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
 * Sends over SMTP (RFC 5321) with nodemailer, a connection for each letter; STARTTLS where the server offers it.
 * Until the server is ready for mail, any trouble means that it cannot be reached; after that, trouble is this
 * letter's or a recipient's alone, so that no letter can hold up the others.
 */
export function smtpTransport(route: SmtpRoute, options: SmtpOptions): Transport {
  const open = new Set<SMTPConnection>();
  return {
    async deliver(letter) {
      // Loaded with the first letter, not with the program.
      const { default: Connection } = await import('nodemailer/lib/smtp-connection');
      const connection = new Connection(settingsOf(route, options));
      open.add(connection);
      try {
        return await converse(connection, letter, route, options.timeout * 1000 * DELIVERY_TIMEOUTS);
      } finally {
        connection.close();
        open.delete(connection);
      }
    },
    close() {
      for (const connection of open) connection.close();
    },
  };
}

function settingsOf(route: SmtpRoute, { helo, timeout, onTalk }: SmtpOptions): SMTPConnectionOptions {
  const milliseconds = timeout * 1000;
  const { host, port, tls, login } = route;
  return {
    host,
    port,
    secure: tls === 'implicit',
    // A password never travels in the clear, but within this machine.
    requireTLS: login !== null && !isLoopback(host),
    opportunisticTLS: login === null,
    // Without a password there is nothing to steal: an unknown certificate is still better than none.
    tls: { rejectUnauthorized: login !== null || tls === 'implicit' },
    ...(helo === null ? {} : { name: helo }),
    ...(onTalk ? { logger: talkLogger(onTalk), transactionLog: true } : {}),
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    dnsTimeout: milliseconds,
    socketCloseTimeout: FAREWELL,
    maxResponseSize: LONGEST_ANSWER,
    allowInternalNetworkInterfaces: true, // a machine without a network still has its own mail server
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** nodemailer wants a logger with a method for each level; the conversation comes with all of them. */
function talkLogger(onTalk: (line: string) => void): NonNullable<SMTPConnectionOptions['logger']> {
  const log = (_data: unknown, ...message: unknown[]): void => onTalk(format(...message));
  return { level() {}, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
}

async function converse(
  connection: SMTPConnection,
  letter: Envelope,
  { login }: SmtpRoute,
  longest: number,
): Promise<Delivery> {
  const broken = brokenOff(connection, longest);
  try {
    await Promise.race([broken.promise, connect(connection, login)]);
  } catch (error) {
    broken.callOff();
    return { kind: 'unreachable', reason: troubleOf(error).message };
  }
  try {
    const info = await Promise.race([broken.promise, send(connection, letter)]);
    connection.quit();
    return sorted(letter, troubleOf(info));
  } catch (error) {
    return failed(letter, troubleOf(error));
  } finally {
    broken.callOff();
  }
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
async function connect(connection: SMTPConnection, login: SmtpRoute['login']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  if (!login) return;
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
function sorted(letter: Envelope, { recipients }: SmtpTrouble): Delivery {
  const outcomes = letter.to.map((address): [string, Outcome] => {
    const trouble = recipients.get(address);
    return [address, trouble ? outcomeOf(trouble) : { kind: 'sent' }];
  });
  return { kind: 'answered', outcomes: new Map(outcomes) };
}

/** The server did not take it: from none of these recipients, or not at all. */
function failed(letter: Envelope, trouble: SmtpTrouble): Delivery {
  return trouble.recipients.size > 0 ? sorted(letter, trouble) : forAll(letter.to, outcomeOf(trouble));
}

function outcomeOf({ response, responseCode, code, command, message }: SmtpTrouble): Outcome {
  const answered = responseCode !== null && responseCode >= 500 && responseCode < 600;
  // nodemailer itself refuses what no server would take: a letter over the size it names, a broken address.
  const unsendable = response === null && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (answered || unsendable) return { kind: 'refused', reason: message };
  return { kind: 'retry', about: command === 'RCPT TO' ? 'recipient' : 'letter', reason: message };
}

function troubleOf(value: unknown): SmtpTrouble {
  const fields = isRecord(value) ? value : {};
  const rejected = Array.isArray(fields.rejectedErrors) ? fields.rejectedErrors : [];
  const recipients = rejected.map((one): [string, SmtpTrouble] => [
    isRecord(one) ? String(one.recipient) : '',
    troubleOf(one),
  ]);
  return {
    message: String(fields.message ?? value).slice(0, LONGEST_REASON),
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
