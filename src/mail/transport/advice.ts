import type { Tls } from '../route/route.js';
import type { Mend } from './reply-table.js';

/** The parts of a session on which advice depends. */
export interface Session {
  readonly from: string;
  /** The name that is given in EHLO. */
  readonly name: string;
  /** Whether a login is configured. */
  readonly hasLogin: boolean;
  readonly tls: Tls;
  /** Why TLS, which was tried first, failed; null: it did not. */
  readonly tlsTrouble: string | null;
}

/** What an administrator can do about a rejection over SMTP: names the directive. */
export function adviceOn(what: Mend, { from, name, hasLogin, tls, tlsTrouble }: Session): string {
  switch (what) {
    case 'tls':
      if (tlsTrouble !== null) return `the server wants TLS, which failed: ${tlsTrouble}`;
      return tls === 'off'
        ? 'the server wants TLS: take ?tls=off out of set mailserver'
        : 'the server wants TLS: write set mailserver smtp://HOST, which requires it, or smtps://HOST';
    case 'login':
      return hasLogin
        ? 'check the user and the password in the config'
        : 'the server wants a login: set mailuser and set mailpassword';
    case 'name':
      return `the server rejects the name ${name}: set mailhelo to a full one, such as logs.example.org`;
    case 'sender':
      return `the server rejects the sender ${from}: set mailfrom to one that may send there`;
    case 'relay':
      return hasLogin
        ? 'the server does not relay this: name another one with set mailserver'
        : 'the server does not relay this from here: set mailuser and set mailpassword, or name another one with set mailserver';
  }
}

/** The same for a program that has a config of its own. */
export function adviceOnProgram(what: Mend, path: string, from: string): string {
  return what === 'sender'
    ? `the sender ${from} is rejected: set mailfrom to one that may send there`
    : `correct this in the config of ${path}`;
}

/** For a letter that is larger than the server accepts. */
export const ON_SIZE = 'set letter_size makes letters smaller';
