import { dirname } from 'node:path';
import { config, sample, terms } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import { parseRoute } from '../../mail/route/parse-route.js';
import type { PasswordSource, Route } from '../../mail/route/route.js';
import { reportAddress } from '../check/report-address.js';
import type { Reporter } from '../read/report.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import { alias } from './aliases.js';
import { keyed, optional, part, setting } from './declare.js';
import { readProgram } from './read-program.js';
import { readSubject } from './read-queue.js';
import { checked, number, readPath, refuse, text, word } from './value-kinds.js';

export const MAIL = part(
  'Mail',
  optional(
    'mailserver',
    { grammar: 'HOST[:PORT]|URL', read: readMailServer },
    'maildir: in the state folder',
    'Where letters go: HOST[:PORT], smtp://[USER@]HOST[:PORT], smtps:// in the same form, sendmail:PATH or maildir:PATH. HOST alone uses STARTTLS if the server offers it. smtp:// requires STARTTLS and a valid certificate, unless the host is this machine, or the URL ends in ?tls=off or ?tls=opportunistic. smtps:// uses TLS from the first byte, on port 465. ?ca=FILE names a private CA. A password is never sent to another machine without TLS.',
    terms(
      [
        'HOST[:PORT]',
        'SMTP, on port 25 unless PORT is given. It uses TLS (STARTTLS) if the server offers it, whatever its certificate; otherwise it sends in the clear. Write an IPv6 address in brackets, here and in URLs.',
      ],
      [
        '`smtp://`[USER@]HOST[:PORT]',
        'The same, but a letter is only sent with STARTTLS and a valid certificate, unless HOST is this machine. To change this, end the URL in `?tls=required`, `?tls=opportunistic` (as with HOST alone) or `?tls=off`.',
      ],
      [
        '`smtps://`[USER@]HOST[:PORT]',
        'TLS from the first byte, with a valid certificate, on port 465 unless PORT is given.',
      ],
      [
        '`sendmail:`PATH',
        'A program that takes letters as sendmail(8) does: `sendmail:/usr/sbin/sendmail`. It gets each letter once for all recipients. If that fails, it gets the letter once for each recipient (a recipient that it had already served gets a second copy). Only the exit statuses 64, 65 and 67 of sysexits.h are rejections. It may run for half an hour. Under the systemd unit that comes with tayori, most such programs need a drop-in: see AS A SERVICE in tayori(8).',
      ],
      [
        '`maildir:`PATH',
        'A folder that mail readers open. Without `set mailserver`, letters go to the folder Maildir in the state folder.',
      ],
    ),
    'A certificate is valid if it is for HOST, and from a CA that Node.js trusts or whose certificate is in the FILE of `?ca=`FILE. A password is only sent with TLS and a valid certificate, or to this machine itself. In a URL, write `%40` for an `@` in USER. The URL may also hold the password, as USER`:`PASSWORD; `check` warns about that.',
    config('set mailserver smtp://logs@mail.example.org:587', 'set mailpassword credential:mail'),
  ),
  optional(
    'mailuser',
    word('NAME'),
    'none',
    'The user to log in as at the mail server, unless its URL names one. It needs mailpassword or mailtoken.',
  ),
  optional(
    'mailpassword',
    { grammar: 'FILE|credential:NAME', read: readPasswordSource },
    'none',
    'The file that holds the password for the mail server and nothing else, or the name of a credential that systemd passes to the service (LoadCredential=). It is read again for each letter.',
    'The newline at the end of the file is not part of the password. Only the user that tayori runs as should be able to read the file: `chmod 600`. If the server rejects the login, tayori reports it, and letters wait until the login works.',
  ),
  optional(
    'mailtoken',
    { grammar: 'PATH [ARGS]', read: readTokenProgram },
    'none',
    'A program, run by the shell, that prints an access token to log in with instead of a password. It needs mailuser.',
    'For providers that take no passwords any more. The login is OAUTHBEARER (RFC 7628) or XOAUTH2, as the server offers, and never without TLS to another machine. The program runs as the user that tayori runs as, has ten seconds, and prints the token alone on standard output. The token is kept in memory, and in no log, until the server refuses it; then the program is asked once anew. When the new one is refused, too, or the program fails, letters wait, and what the program said on standard error is told. PATH is a whole path.',
    sample(
      'set mailserver smtp://smtp.gmail.com:587',
      'set mailuser you@example.org',
      'set mailtoken /usr/bin/oama access you@example.org',
    ),
  ),
  optional(
    'mailfrom',
    checked(word('ADDRESS'), checkSender),
    'the FROM of each queue',
    'The sender of all letters, in the header and for the mail server.',
  ),
  keyed(
    'alias',
    'aliases',
    alias,
    'none',
    'Who gets letters to NAME, a recipient without a domain such as root. It may be repeated.',
    'An alias may point to another alias. A name without a domain and without an alias goes to the mail server as it is. A server on another machine may not know that name; `check` says so.',
    config('set alias root you@example.org'),
  ),
  optional(
    'mailhelo',
    checked(word('NAME'), checkHelo),
    "this host's name",
    'The name that tayori gives to the mail server in EHLO.',
  ),
  setting(
    'mailtimeout',
    checked(number('SECONDS', { min: 1, max: 3600 }), noteTimeout),
    10,
    'How many seconds the look-up of the mail server and the connection to it may take. For its answers the server has the time that RFC 5321 gives it: 5 minutes for the greeting and each command, 10 minutes to accept a letter.',
    'A server that scans a letter for viruses, or looks up a recipient elsewhere, needs time; a client that does not wait delivers the letter again and again. A letter that takes more than five seconds delays no others but those to the same recipients. A whole delivery may take an hour. On TERM, INT and HUP, tayori waits for half a minute, and for an answer as long as for a connection.',
  ),
  setting(
    'subject',
    checked(text('TEXT', 'no subject'), checkSubject),
    'tenshi report',
    'The subject of letters whose queue has none of its own. The queue is always appended: TEXT [queue].',
    'In this subject, and in the subject of a queue, these placeholders stand for what the letter holds:',
    terms(
      ['`{{count}}`, `{{messages}}`, `{{hosts}}`', 'How many lines, different messages, and hosts.'],
      ['`{{host}}`', 'The host if there is only one, otherwise how many there are: `3 hosts`.'],
      [
        '`{{new}}`, `{{louder}}`, `{{gone}}`',
        'How many messages are new, louder or gone. `?` if there is nothing to compare with: in the first letter of a queue, in plain and in pager letters.',
      ],
      ['`{{worst}}`', 'The most important message, shortened to 60 characters.'],
      [
        '`{{verdict}}`',
        'What the first line of the letter says, in short: `3 new, 2 louder`, or `17x` and the message; at the end of a storm, that it is over.',
      ],
      ['`{{queue}}`', 'The queue. It is appended in any case.'],
    ),
    config('set subject {{new}} new, {{count}} lines of {{host}}'),
  ),
);

/** `user`: the user of a URL without a password, which has to come from `set mailpassword`. */
export interface MailServer {
  readonly route: Route;
  readonly user: string | null;
}

function readMailServer(text: SourceText, report: Reporter): MailServer | undefined {
  const parsed = parseRoute(text.text, dirname(text.place.file));
  if (parsed.ok) return { route: parsed.route, user: parsed.user };
  return refuse(report, from(text, parsed.offset), parsed.seen, parsed.instead);
}

/** `credential:NAME`, or a path. */
export function readPasswordSource(text: SourceText, report: Reporter): PasswordSource | undefined {
  const { word } = splitWord(text);
  const name = /^credential:(.*)$/.exec(word.text)?.[1];
  if (name === undefined) {
    const path = readPath(text, report);
    return path === undefined ? undefined : { kind: 'file', path };
  }
  if (/^[\w.-]+$/.test(name) && !/^\.+$/.test(name)) return { kind: 'credential', name };
  const seen = `${quote(name)} as the name of a credential`;
  return refuse(report, word, seen, 'write it as in LoadCredential=NAME:/PATH');
}

function readTokenProgram(text: SourceText, report: Reporter): string | undefined {
  return readProgram(text, 'write set mailtoken /PATH ARGS', report);
}

function checkSender(address: string, at: SourceText, report: Reporter): boolean {
  const isOne = /^[^\s<>,]+$/.test(address);
  if (isOne) reportAddress({ ...at, text: address }, report);
  else report.error(at, `${quote(address)} as a sender`, 'write one address, such as logs@example.org');
  return isOne;
}

/** RFC 5321, 4.1.1.1: a domain, or an address in brackets. */
const HELO = /^(?:[\w.-]+|\[[^\s[\]]+\])$/;

function checkHelo(name: string, at: SourceText, report: Reporter): boolean {
  const isName = HELO.test(name);
  if (!isName) report.error(at, `${quote(name)} as a host name`, 'write one such as logs.example.org');
  return isName;
}

function noteTimeout(seconds: number, at: SourceText, report: Reporter): boolean {
  report.notice(
    at,
    `${seconds} s limit only the look-up and the connection`,
    'for its answers a mail server has the minutes that RFC 5321, 4.5.3.2, gives it',
    'connect-only',
  );
  return true;
}

function checkSubject(_: string, at: SourceText, report: Reporter): boolean {
  const subject = readSubject(at, report);
  if (subject === null && at.text !== '0') report.error(at, 'no subject', 'write one, or remove the line');
  return subject !== null;
}
