import { accessSync, constants, statSync } from 'node:fs';
import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import {
  isLoopback,
  type Login,
  type PasswordSource,
  type Route,
  type SmtpRoute,
  tlsOf,
} from '../../mail/route/route.js';
import { whyUnreadable } from '../read/read-file.js';
import type { Reporter } from '../read/report.js';
import type { SourceText } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import type { Settings } from './directives.js';

const HOW = 'write set mailpassword /PATH, a file that holds only the password';
const HOW_TO_LOG_IN = `${HOW}, or set mailtoken`;

/**
 * The route of `set mailserver`, completed with the login of `set mailuser` and `set mailpassword` or
 * `set mailtoken` once all lines are read. Reports what would keep the login from working, or the password from being secret.
 */
export function readLogin(settings: Settings, report: Reporter): Setting<Route | null> {
  const { value: server, place } = settings.mailserver;
  const route = server?.route ?? null;
  if (route?.kind !== 'smtp' || !place) {
    reportUseless(settings, report);
    return { value: route, place };
  }
  const login = loginOf(route, place, settings, report);
  const whole = { ...route, login };
  checkFile(route.ca, 'the CA', place, report);
  if (login) checkLogin(whole, login, place, settings, report);
  return { value: whole, place };
}

function reportUseless({ mailuser, mailpassword, mailtoken }: Settings, report: Reporter): void {
  for (const { place } of [mailuser, mailpassword, mailtoken])
    if (place)
      report.warning(
        at(place),
        'a login without a mail server that could ask for it',
        'name one with set mailserver smtp://HOST, or remove the line',
        'ignored-directive',
      );
}

/** User and password of the URL win over those of the directives, which get a warning. */
function loginOf(
  route: SmtpRoute,
  place: SourceLocation,
  { mailserver, mailuser, mailpassword, mailtoken }: Settings,
  report: Reporter,
): Login | null {
  if (mailtoken.place && (mailpassword.place || (route.login && 'password' in route.login))) {
    const instead = 'a login takes one of them: remove set mailtoken, or the password';
    report.error(at(mailtoken.place), 'a token beside a password', instead);
    return null;
  }
  const inUrl = route.login?.user ?? mailserver.value?.user ?? null;
  if (inUrl !== null && mailuser.place) reportReplaced('user', mailuser.place, report);
  if (route.login && mailpassword.place) reportReplaced('password', mailpassword.place, report);
  if (route.login) return route.login;
  const user = inUrl ?? mailuser.value;
  if (user !== null && mailpassword.value) return { user, password: mailpassword.value };
  if (user !== null && mailtoken.value) return { user, tokenCommand: mailtoken.value };
  if (user !== null) {
    const seen = `no password for the user ${quote(user)}`;
    report.error(at(mailuser.place ?? place), seen, HOW_TO_LOG_IN, 'incomplete');
  }
  if (user === null) reportNobody('password', mailpassword.place, report);
  if (user === null) reportNobody('token', mailtoken.place, report);
  return null;
}

function reportNobody(what: string, place: SourceLocation | null, report: Reporter): void {
  if (place) report.error(at(place), `a ${what} without a user`, 'write set mailuser NAME', 'incomplete');
}

function reportReplaced(what: string, place: SourceLocation, report: Reporter): void {
  report.warning(
    at(place),
    `set mailserver names another ${what}`,
    'that one is used; remove one of them',
    'ignored-directive',
  );
}

function checkLogin(
  route: SmtpRoute,
  login: Login,
  place: SourceLocation,
  settings: Settings,
  report: Reporter,
): void {
  const what = 'password' in login ? 'password' : 'token';
  if (route.tls === 'off' && tlsOf(route) !== 'off')
    report.error(at(place), `a ${what} that would be sent in the clear`, 'remove tls=off', 'clear-password');
  if (route.tls === 'opportunistic' && !isLoopback(route.host))
    report.notice(
      at(place),
      'with a login, TLS and a valid certificate are required',
      `write smtp://${route.host} to say so`,
      'clear-password',
    );
  if ('password' in login) checkPassword(login.password, place, settings, report);
}

function checkPassword(
  source: PasswordSource,
  place: SourceLocation,
  settings: Settings,
  report: Reporter,
): void {
  if (source.kind !== 'text')
    return checkPasswordFile(source, 'the password', settings.mailpassword.place ?? place, report);
  if (isReadByAll(place.file)) return reportReadable(place.file, place, report);
  report.warning(
    at(place),
    'a password in the config',
    `${HOW}, and leave it out here`,
    'password-in-config',
  );
}

/** Reports a file with a password or token that cannot be read, or is read by others. */
export function checkPasswordFile(
  source: PasswordSource,
  what: string,
  place: SourceLocation,
  report: Reporter,
): void {
  if (source.kind !== 'file') return; // that of a credential is only there while the unit runs
  checkFile(source.path, what, place, report);
  if (isReadByAll(source.path)) reportReadable(source.path, place, report);
}

function reportReadable(file: string, place: SourceLocation, report: Reporter): void {
  report.warning(
    at(place),
    'EVERYBODY ON THIS MACHINE CAN READ THE PASSWORD',
    `chmod 640 ${file}, and change the password`,
    'readable-password',
  );
}

/** Warns of a file that cannot be read now. It is no error: the file is read at each connection. */
export function checkFile(path: string | null, what: string, place: SourceLocation, report: Reporter): void {
  if (path === null) return;
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const seen = `cannot read ${what} ${quote(path)} (${whyUnreadable(error)})`;
    report.warning(at(place), seen, 'letters wait until it can be read', 'unreadable-file');
  }
}

function isReadByAll(file: string): boolean {
  try {
    return (statSync(file).mode & 0o004) !== 0;
  } catch {
    return false; // the file is not there, or is gone since it was read
  }
}

function at(place: SourceLocation): SourceText {
  return { place, text: '' };
}
