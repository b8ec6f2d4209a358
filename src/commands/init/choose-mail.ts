import { constants } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { mayAccess } from '../../base/may-access.js';
import { parseRoute } from '../../mail/route/parse-route.js';
import { isLoopback, type Route } from '../../mail/route/route.js';

/** Where letters go, as it stands behind `set mailserver`, without its password. */
export interface ChosenMail {
  /** null: a Maildir in the state. */
  readonly server: string | null;
  readonly route: Route | null;
  /** Who logs in; null: nobody. */
  readonly user: string | null;
  /** One that stood in the URL. */
  readonly password: string | null;
}

export type ReadMail =
  | { readonly ok: true; readonly mail: ChosenMail }
  | { readonly ok: false; readonly reason: string };

/** What stands for no mail server. */
export const NO_SERVER = '-';

/** Where sendmail programs are (Filesystem Hierarchy Standard). */
const SENDMAIL = ['/usr/sbin/sendmail', '/usr/lib/sendmail'];

/** How long the mail server of this machine may take to greet (ms). */
const MAX_GREETING = 2000;

/** Reads what was typed for `set mailserver`; `-`: none. Relative paths are taken from `folder`. */
export function readMail(typed: string, folder: string): ReadMail {
  const server = typed.trim();
  if (server === NO_SERVER)
    return { ok: true, mail: { server: null, route: null, user: null, password: null } };
  if (/[\p{Cc}]/u.test(server)) return { ok: false, reason: 'a control character in the mail server' };
  const parsed = parseRoute(server, folder);
  if (!parsed.ok) return { ok: false, reason: `${parsed.seen}; ${parsed.instead}` };
  const { route } = parsed;
  const login = route.kind === 'smtp' && route.login && 'password' in route.login ? route.login : null;
  const password = login?.password.kind === 'text' ? login.password.text : null;
  return {
    ok: true,
    mail: {
      server: password === null ? server : withoutPassword(server),
      route,
      user: login?.user ?? parsed.user,
      password,
    },
  };
}

/** The user stays as it is written; it ends at the first colon, the password at the last `@`. */
function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:]*):.*(@[^@]*)$/s, '$1$2');
}

/** The mail server of this machine, a sendmail program, or none. */
export async function findMail(port = 25, programs: readonly string[] = SENDMAIL): Promise<string> {
  if (await greets(port)) return port === 25 ? 'localhost' : `localhost:${port}`;
  const program = programs.find((one) => mayAccess(one, constants.X_OK));
  return program === undefined ? NO_SERVER : `sendmail:${program}`;
}

/** Whether a mail server greets at this port of this machine. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: 'localhost', port });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(MAX_GREETING, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (greeting) => end(greeting.toString('latin1').startsWith('220')));
  });
}

/** Whom letters go to where nobody says; null: nobody can be guessed. */
export function usualRecipient({ route, user }: ChosenMail): string | null {
  if (user?.includes('@')) return user;
  return route?.kind === 'smtp' && !isLoopback(route.host) ? null : 'root@localhost';
}

/** Who letters are from. Providers take them from the one who logs in, others want a domain that there is. */
export function usualSender({ route, user }: ChosenMail, to: string): string {
  if (user?.includes('@')) return user;
  if (route?.kind !== 'smtp' || isLoopback(route.host)) return 'tayori@localhost';
  return hostname().includes('.') ? `tayori@${hostname()}` : (to.split(',')[0] ?? to);
}
