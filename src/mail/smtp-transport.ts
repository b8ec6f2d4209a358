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
  readonly responseCode: number | null;
  readonly command: string | null;
  readonly recipients: ReadonlyMap<string, SmtpTrouble>;
}

const DELIVERY_TIMEOUTS = 6;

/** Sends over SMTP (RFC 5321) with nodemailer, a connection for each letter; STARTTLS where the server offers it. */
export function smtpTransport(route: SmtpRoute, options: SmtpOptions): Transport {
  return {
    async deliver(letter) {
      const { createTransport } = await import('nodemailer');
      const mailer = createTransport(settingsOf(route, options));
      const deadline = options.timeout * 1000 * DELIVERY_TIMEOUTS;
      try {
        const info: unknown = await withDeadline(
          mailer.sendMail({ envelope: { from: letter.from, to: [...letter.to] }, raw: letter.mime }),
          deadline,
        );
        return sorted(letter, troubleOf(info));
      } catch (error) {
        return failed(letter, troubleOf(error));
      } finally {
        mailer.close();
      }
    },
    close() {},
  };
}

function settingsOf(route: SmtpRoute, { helo, timeout, onTalk }: SmtpOptions): Record<string, unknown> {
  const milliseconds = timeout * 1000;
  return {
    host: route.host,
    port: route.port,
    secure: route.tls === 'implicit',
    ...(helo === null ? {} : { name: helo }),
    ...(route.login ? { auth: { user: route.login.user, pass: route.login.password } } : {}),
    // Without a password there is nothing to steal: an unknown certificate is still better than none.
    tls: { rejectUnauthorized: route.login !== null || route.tls === 'implicit' },
    ...(onTalk ? { logger: talkLogger(onTalk), transactionLog: true } : {}),
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    dnsTimeout: milliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** nodemailer wants a logger with a method for each level; the conversation comes with all of them. */
function talkLogger(onTalk: (line: string) => void): Record<string, unknown> {
  const log = (_data: unknown, message: unknown): void => onTalk(String(message));
  return { level() {}, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
}

/** The server took the letter: some recipients may have been refused before. */
function sorted(letter: Envelope, { recipients }: SmtpTrouble): Delivery {
  const outcomes = letter.to.map((address): [string, Outcome] => {
    const trouble = recipients.get(address);
    return [address, trouble ? outcomeOf(trouble) : { kind: 'sent' }];
  });
  return { kind: 'answered', outcomes: new Map(outcomes) };
}

/** The server did not take it: for these recipients, for this letter, or because it is in no state to take any. */
function failed(letter: Envelope, trouble: SmtpTrouble): Delivery {
  if (trouble.recipients.size > 0) return sorted(letter, trouble);
  const aboutLetter = trouble.command !== null && /^(?:MAIL|RCPT|DATA)/.test(trouble.command);
  if (trouble.responseCode !== null && aboutLetter) return forAll(letter.to, outcomeOf(trouble));
  if (trouble.command === 'DATA') return forAll(letter.to, { kind: 'retry', reason: trouble.message });
  return { kind: 'unreachable', reason: trouble.message };
}

function outcomeOf({ responseCode, message }: SmtpTrouble): Outcome {
  const forGood = responseCode !== null && responseCode >= 500 && responseCode < 600;
  return { kind: forGood ? 'refused' : 'retry', reason: message };
}

function troubleOf(value: unknown): SmtpTrouble {
  const fields = isRecord(value) ? value : {};
  const rejected = Array.isArray(fields.rejectedErrors) ? fields.rejectedErrors : [];
  const recipients = rejected.map((one): [string, SmtpTrouble] => [
    isRecord(one) ? String(one.recipient) : '',
    troubleOf(one),
  ]);
  return {
    message: String(fields.message ?? value),
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null,
    command: typeof fields.command === 'string' ? fields.command : null,
    recipients: new Map(recipients),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A server that sends a byte now and then never times out by itself. */
async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
