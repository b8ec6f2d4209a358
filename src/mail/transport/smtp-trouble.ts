import { ON_SIZE } from './advice.js';
import { readReply } from './reply.js';
import { type Meaning, type Mend, meaningOf, type Step } from './reply-table.js';
import { type Delivery, type Envelope, forAll, type Outcome } from './transport.js';

/** The useful parts of nodemailer's errors and results. */
export interface SmtpTrouble {
  readonly message: string;
  readonly code: string | null;
  readonly response: string | null;
  /** At which step the server said it; null: it said nothing. */
  readonly step: Step | null;
  readonly recipients: ReadonlyMap<string, SmtpTrouble>;
}

/** How much of a server's answer is kept as a reason (characters). */
const MAX_REASON = 500;

/** nodemailer's names of commands. */
const STEPS: Readonly<Record<string, Step>> = {
  EHLO: 'EHLO',
  HELO: 'EHLO',
  STARTTLS: 'STARTTLS',
  'MAIL FROM': 'MAIL',
  'RCPT TO': 'RCPT',
  DATA: 'DATA',
};

/** Reads what nodemailer threw or returned. `hide` takes passwords out of it. */
export function troubleOf(value: unknown, hide: (text: string) => string): SmtpTrouble {
  const fields = isRecord(value) ? value : {};
  const rejected = Array.isArray(fields.rejectedErrors) ? fields.rejectedErrors : [];
  const recipients = rejected.map((one): [string, SmtpTrouble] => [
    isRecord(one) ? String(one.recipient) : '',
    troubleOf(one, hide),
  ]);
  const command = typeof fields.command === 'string' ? fields.command : '';
  return {
    message: hide(String(fields.message ?? value))
      .slice(0, MAX_REASON)
      .trimEnd(), // OpenSSL's end with a newline
    code: typeof fields.code === 'string' ? fields.code : null,
    response: typeof fields.response === 'string' ? fields.response : null,
    step: command.startsWith('AUTH') ? 'AUTH' : (STEPS[command] ?? null),
    recipients: new Map(recipients),
  };
}

/** Returns advice for an administrator about trouble of this kind. */
export type Advise = (what: Mend) => string;

/** The server accepted the letter: some recipients may have been rejected before. */
export function sorted(letter: Envelope, { recipients, response }: SmtpTrouble, advise: Advise): Delivery {
  const outcomes = letter.to.map((address): [string, Outcome] => {
    const trouble = recipients.get(address);
    return [address, trouble ? outcomeOf(trouble, advise) : { kind: 'sent' }];
  });
  return {
    kind: 'answered',
    outcomes: new Map(outcomes),
    ...(response === null ? {} : { answer: response }),
  };
}

/** The server did not accept the letter: all recipients were rejected, or the letter was. */
export function failed(letter: Envelope, trouble: SmtpTrouble, advise: Advise): Delivery {
  return trouble.recipients.size > 0
    ? sorted(letter, trouble, advise)
    : forAll(letter.to, outcomeOf(trouble, advise));
}

/** What the server's words mean; null when it said none. */
export function meaningOfTrouble({ response, step }: SmtpTrouble): Meaning | null {
  const reply = response === null ? null : readReply(response);
  return reply && step ? meaningOf(reply, step) : null;
}

function outcomeOf(trouble: SmtpTrouble, advise: Advise): Outcome {
  const { response, code, step, message } = trouble;
  // nodemailer itself refuses what no server would take: a letter over the size it names, a broken address.
  if (response === null && code === 'EMESSAGE') return { kind: 'rejected', reason: `${message}; ${ON_SIZE}` };
  if (response === null && code === 'EENVELOPE') return { kind: 'rejected', reason: message };
  const meaning = meaningOfTrouble(trouble) ?? { kind: 'later', advice: null };
  return outcomeFor(meaning, step ?? 'DATA', message, advise);
}

/** What becomes of a letter, or a recipient, by what a refusal means. */
export function outcomeFor(meaning: Meaning, step: Step, words: string, advise: Advise): Outcome {
  switch (meaning.kind) {
    case 'later':
      return meaning.advice === null
        ? { kind: 'retry', about: step === 'RCPT' ? 'recipient' : 'letter', reason: words }
        : waitFor(meaning.advice, step, words, advise);
    case 'mend':
      return waitFor(meaning.what, step, words, advise);
    case 'limit':
      return { kind: 'limited', about: whoseLimit(meaning.whose, step), reason: words };
    case 'never':
      return { kind: 'rejected', reason: meaning.advice === 'size' ? `${words}; ${ON_SIZE}` : words };
  }
}

/**
 * A wrong setting on our side concerns all letters of the sender, but not those of another sender. At RCPT it may
 * concern only this recipient: a server that wants a login accepts mail for its own users without. The same holds if
 * a program does not say the step.
 */
function waitFor(what: Mend, step: Step, words: string, advise: Advise): Outcome {
  const about = isOfRecipient(step) && what !== 'sender' ? 'recipient' : 'sender';
  return { kind: 'retry', about, reason: `${words}; ${advise(what)}` };
}

function whoseLimit(whose: 'sender' | 'recipient', step: Step): 'sender' | 'recipient' | 'letter' {
  if (whose === 'sender') return 'sender';
  return isOfRecipient(step) ? 'recipient' : 'letter';
}

/** A program that fails is asked for each recipient alone. */
function isOfRecipient(step: Step): boolean {
  return step === 'RCPT' || step === 'program';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
