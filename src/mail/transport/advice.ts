import type { SmtpRoute, Tls } from '../route/route.js';
import type { Mend } from './reply-table.js';
import type { Stage } from './session-clock.js';

/** The parts of a session on which advice depends. */
export interface Session {
  readonly from: string;
  /** The name that is given in EHLO. */
  readonly name: string;
  /** How the config logs in. */
  readonly login: 'none' | 'password' | 'token';
  readonly tls: Tls;
  /** Why TLS, which was tried first, failed; null: it did not. */
  readonly tlsTrouble: string | null;
}

/** What an administrator can do about a refusal over SMTP: names the directive. */
export function adviceOn(what: Mend, { from, name, login, tls, tlsTrouble }: Session): string {
  switch (what) {
    case 'tls':
      if (tlsTrouble !== null) return `the server wants TLS, which failed: ${tlsTrouble}`;
      return tls === 'off'
        ? 'the server wants TLS: take ?tls=off out of set mailserver'
        : 'the server wants TLS: write set mailserver smtp://HOST, which requires it, or smtps://HOST';
    case 'login':
      return ON_LOGIN[login];
    case 'name':
      return `the server rejects the name ${name}: set mailhelo to a full one, such as logs.example.org`;
    case 'sender':
      return `the server rejects the sender ${from}: set mailfrom to one that may send there`;
    case 'relay':
      return login !== 'none'
        ? 'the server does not relay this: name another one with set mailserver'
        : 'the server does not relay this from here: set mailuser and set mailpassword, or name another one with set mailserver';
  }
}

const ON_LOGIN: Readonly<Record<Session['login'], string>> = {
  none: 'the server wants a login: set mailuser and set mailpassword (or set mailtoken)',
  password: 'look at the user and the password in the config',
  token: 'look at the user in the config, and at the program of set mailtoken',
};

/** The same, of a program that has a config of its own. */
export function adviceOnProgram(what: Mend, path: string, from: string): string {
  return what === 'sender'
    ? `the sender ${from} is rejected: set mailfrom to one that may send there`
    : `correct this in the config of ${path}`;
}

/** For a letter that is larger than the server accepts. */
export const ON_SIZE = 'set letter_size makes letters smaller';

/** Why a server was not reached, or did not answer, and what may be done; null: nothing is known. */
export function adviceOnSilence(stage: Stage, words: string, { host, port }: SmtpRoute): string | null {
  if (/EAI_AGAIN|ESERVFAIL|ETIMEOUT|query\w* ECONNREFUSED/.test(words))
    return 'no name server answers: look at /etc/resolv.conf and the network, or write an address into set mailserver';
  if (/ENOTFOUND|ENODATA|EBADNAME|has no address/.test(words))
    return `there is no host of this name: look at ${host} in set mailserver`;
  if (/ECONNREFUSED/.test(words))
    return `nothing listens at port ${port} of ${host}: start the mail server there, or name another port in set mailserver (${PORTS})`;
  if (/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/.test(words))
    return `this machine knows no way to ${host}: look at the network, or at the host in set mailserver`;
  if (stage === 'connect' && /^Timeout|ETIMEDOUT/.test(words))
    return `a firewall may be in the way, and many providers shut port 25: look at the host and the port in set mailserver (${PORTS})`;
  if (/^Timeout/.test(words)) return stage === 'greeting' ? null : ON_WAITING;
  return stage === 'greeting'
    ? `the server hangs up: it may want TLS from the first byte (smtps://), or take nobody from this address`
    : null;
}

const PORTS = '25: between servers; 587: with a login; 465: smtps://';

const ON_WAITING =
  'the server hangs, or is slow: its log may say why (the daemon waits for minutes, by RFC 5321)';
