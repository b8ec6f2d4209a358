import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../../base/process/io.js';
import { doubtTyped } from '../typed-addresses.js';
import { type ChosenMail, findMail, readMail, usualRecipient, usualSender } from './choose-mail.js';
import { isTerminal, Questions } from './questions.js';

/** What was said on the command line, and whether the usual answers do for the rest. */
export interface Asked {
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly mailserver: string | undefined;
  readonly logs: readonly string[];
  readonly yes: boolean;
  readonly force: boolean;
  /** Where the config is going to lie. */
  readonly folder: string;
}

export interface Answers {
  readonly mail: ChosenMail;
  readonly to: string;
  readonly from: string;
  /** null: there is no login. */
  readonly passwordFile: PasswordFile | null;
}

export interface PasswordFile {
  readonly path: string;
  /** null: the file is there, and stays as it is. */
  readonly password: string | null;
}

type Refused = { readonly ok: false; readonly reason: string };

const PASSWORD_FILE = 'mail.password';

const SERVER_QUESTION =
  'Mail server (HOST, smtp://USER@HOST:587, smtps://USER@HOST, sendmail:PATH; - for a Maildir)';

/**
 * What the config needs to know: from the command line, from whoever sits at the terminal, or as it usually is.
 * Rejects with `CalledOff` where the terminal is closed.
 */
export async function answer(asked: Asked, io: Io): Promise<(Answers & { readonly ok: true }) | Refused> {
  const doubt = doubtOf(asked);
  if (doubt !== null) return { ok: false, reason: doubt };
  const questions = isTerminal(io) && !asked.yes ? new Questions(io) : null;
  try {
    const mail = await chooseMail(asked, questions);
    if (!mail.ok) return mail;
    const to = await chooseRecipient(asked, mail.mail, questions);
    if (to === null) return { ok: false, reason: 'name who gets the letters: --to ADDRESS' };
    const file = await choosePassword(asked, mail.mail, questions);
    if (!file.ok) return file;
    const from = asked.from ?? usualSender(mail.mail, to);
    return { ok: true, mail: mail.mail, to, from, passwordFile: file.file };
  } finally {
    questions?.close();
  }
}

function doubtOf({ to, from, logs }: Asked): string | null {
  if (to === '' || from === '') return 'an empty address';
  if (from?.includes(',')) return 'two senders; name one with --from';
  const blank = logs.find((log) => /[\s\p{Cc}]/u.test(log));
  if (blank !== undefined)
    return `the log "${blank}" has a blank in its name, which "set logfile" does not take`;
  return doubtTyped(to ?? '') ?? doubtTyped(from ?? '');
}

async function chooseMail(
  { mailserver, yes, folder }: Asked,
  questions: Questions | null,
): Promise<{ readonly ok: true; readonly mail: ChosenMail } | Refused> {
  if (mailserver !== undefined) return readMail(mailserver, folder);
  if (!questions && !yes)
    return {
      ok: false,
      reason: 'no terminal to ask at; name --to and --mailserver, or take what is usual with --yes',
    };
  const usual = await findMail();
  if (!questions) return readMail(usual, folder);
  const doubt = (typed: string): string | null => {
    const read = readMail(typed, folder);
    return read.ok ? null : read.reason;
  };
  return readMail(await questions.ask(SERVER_QUESTION, usual, doubt), folder);
}

async function chooseRecipient(
  { to, yes }: Asked,
  mail: ChosenMail,
  questions: Questions | null,
): Promise<string | null> {
  if (to !== undefined) return to;
  const usual = usualRecipient(mail);
  if (!questions) return yes ? usual : null;
  const doubt = (typed: string): string | null => (typed === '' ? 'name an address' : doubtTyped(typed));
  return await questions.ask('Who gets the letters (ADDRESS[,ADDRESS...])', usual, doubt);
}

/** A password never stands in the config: it gets a file of its own. */
async function choosePassword(
  { folder, force }: Asked,
  { user, password }: ChosenMail,
  questions: Questions | null,
): Promise<{ readonly ok: true; readonly file: PasswordFile | null } | Refused> {
  if (user === null) return { ok: true, file: null };
  const path = join(folder, PASSWORD_FILE);
  const isThere = existsSync(path);
  if (password !== null && isThere && !force)
    return {
      ok: false,
      reason: `${path} is there already; --force replaces it, and without a password it is used`,
    };
  if (password !== null || isThere) return { ok: true, file: { path, password } };
  const typed = await questions?.askHidden(`Password of ${user} (it goes into ${path})`);
  if (typed) return { ok: true, file: { path, password: typed } };
  return {
    ok: false,
    reason: `no password for ${user}: write it into ${path} (chmod 600) and run this again, or see set mailtoken in tenshi.conf(5)`,
  };
}
