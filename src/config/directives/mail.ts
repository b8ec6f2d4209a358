import { dirname } from 'node:path';
import { config, sample, terms } from '../../base/text/prose.js';
import { parseRoute } from '../../mail/route/parse-route.js';
import type { PasswordSource, Route } from '../../mail/route/route.js';
import { reportAddress } from '../check/report-address.js';
import { quote } from '../read/fault.js';
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
    'Where letters go: HOST[:PORT], smtp://[USER@]HOST[:PORT], smtps:// the same, sendmail:PATH or maildir:PATH. HOST alone uses STARTTLS when it is offered; smtp:// requires it, with a certificate that can be checked, unless the host is this machine or ?tls=off or ?tls=opportunistic stands behind it; smtps:// is TLS from the first byte, on port 465. ?ca=FILE names a private CA. A password is never sent without TLS to another machine.',
    terms(
      [
        'HOST[:PORT]',
        'SMTP, port 25 unless one is named, with TLS (STARTTLS) where the server offers it, whatever its certificate, and else in the clear. An address of IPv6 stands in brackets, here and in URLs.',
      ],
      [
        '`smtp://`[USER@]HOST[:PORT]',
        'The same, but a letter only leaves with STARTTLS and a sound certificate, unless HOST is this machine. `?tls=required`, `?tls=opportunistic` (as with HOST alone) or `?tls=off` behind it say otherwise.',
      ],
      [
        '`smtps://`[USER@]HOST[:PORT]',
        'TLS from the first byte, with a sound certificate, port 465 unless one is named.',
      ],
      [
        '`sendmail:`PATH',
        'A program that takes letters as sendmail(8) does: `sendmail:/usr/sbin/sendmail`. It is given each letter once for all recipients, and, when that fails, once for each of them (whom it had served all the same gets a second copy). Only the statuses 64, 65 and 67 of sysexits.h are refusals; it has half an hour. Under the unit that comes with tayori most of them need a drop-in, see AS A SERVICE in tayori(8).',
      ],
      [
        '`maildir:`PATH',
        'A folder that mail readers open. Without `set mailserver` it is Maildir in the state folder.',
      ],
    ),
    'Certificates are sound when they are for HOST and from somebody whom Node.js trusts, or whose own certificates are in the FILE of `?ca=`FILE. No password is sent without TLS and a sound certificate, but to this machine itself. In a URL `%40` stands for an `@` in USER. A password may also stand in the URL, as USER`:`PASSWORD, which `check` warns of.',
    config('set mailserver smtp://logs@mail.example.org:587', 'set mailpassword credential:mail'),
  ),
  optional(
    'mailuser',
    word('NAME'),
    'none',
    'The user to log in as at the mail server, unless one stands in its URL. It needs mailpassword or mailtoken.',
  ),
  optional(
    'mailpassword',
    { grammar: 'FILE|credential:NAME', read: readPassword },
    'none',
    'The file that holds the password for the mail server and nothing else, or the name that it has among the credentials that systemd hands to the service (LoadCredential=). It is read anew for each letter.',
    'The newline at the end of the file is no part of the password. Nobody but the user that tayori runs as should be able to read it: `chmod 600`. A server that refuses the login is told of, and letters wait until it does not.',
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
    'Who gets letters to NAME, a recipient without a domain such as root. It may stand many times.',
    'An alias may lead to another alias. Without one, a name without a domain goes to the mail server as it is, which on another machine may know nobody of that name; `check` says so.',
    config('set alias root you@example.org'),
  ),
  optional(
    'mailhelo',
    checked(word('NAME'), checkHelo),
    "this host's name",
    'The name given to the mail server in EHLO.',
  ),
  setting(
    'mailtimeout',
    checked(number('SECONDS', { min: 1, max: 3600 }), noteTimeout),
    10,
    'How many seconds the mail server may take to be reached: to look it up and to connect. What it may take for its answers is what RFC 5321 gives it: 5 minutes to greet and for each command, 10 minutes to take a letter.',
    'A server that scans a letter for viruses, or looks a recipient up elsewhere, takes its time; a client that does not wait gets the letter delivered again and again. A letter that takes more than five seconds keeps no other waiting, but those to the same recipients. Before its end a letter may take an hour in all. TERM, INT and HUP wait for half a minute, and for an answer as long as for a connection.',
  ),
  setting(
    'subject',
    checked(text('TEXT', 'no subject'), checkSubject),
    'tenshi report',
    'The subject of letters whose queue has none of its own. The queue is always appended: TEXT [queue].',
    'In it, and in the subject of a queue, these stand for what the letter tells:',
    terms(
      ['`{{count}}`, `{{messages}}`, `{{hosts}}`', 'How many lines, different messages, and hosts.'],
      ['`{{host}}`', 'The host, when it is one alone, else how many there are: `3 hosts`.'],
      [
        '`{{new}}`, `{{louder}}`, `{{gone}}`',
        'How many messages are. `?` where there is nothing to compare with: in the first letter of a queue, in plain and in pager letters.',
      ],
      ['`{{worst}}`', 'The message that is worth most, shortened to 60 characters.'],
      ['`{{queue}}`', 'The queue, which is appended in any case.'],
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
function readPassword(text: SourceText, report: Reporter): PasswordSource | undefined {
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
    `${seconds} s are the time to connect alone`,
    'the answers of a mail server have the minutes that RFC 5321, 4.5.3.2, gives them',
    'connect-only',
  );
  return true;
}

function checkSubject(_: string, at: SourceText, report: Reporter): boolean {
  const subject = readSubject(at, report);
  if (subject === null && at.text !== '0') report.error(at, 'no subject', 'write one, or remove the line');
  return subject !== null;
}
