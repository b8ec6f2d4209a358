import { isAbsolute, resolve } from 'node:path';
import type { Route } from './route.js';

export type ParsedRoute =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly seen: string; readonly instead: string };

const FORMS = 'write HOST, HOST:PORT, smtp://HOST, smtps://HOST, sendmail:/PATH or maildir:/PATH';

/** Reads the value of `set mailserver`. A relative Maildir is taken from `folder`, that of the config. */
export function parseRoute(text: string, folder: string): ParsedRoute {
  const value = text.trim();
  const scheme = /^([a-z]+):(?!\d+$)/i.exec(value)?.[1]?.toLowerCase();
  const rest = value.slice((scheme?.length ?? -1) + 1);
  switch (scheme) {
    case undefined:
      return parseHost(value);
    case 'smtp':
    case 'smtps':
      return parseUrl(value, scheme);
    case 'sendmail':
      return isAbsolute(rest)
        ? { ok: true, route: { kind: 'sendmail', path: rest } }
        : refuse(`"${value}" without an absolute path`, 'write sendmail:/usr/sbin/sendmail');
    case 'maildir':
      return rest === ''
        ? refuse(`"${value}" without a path`, 'write maildir:/var/mail/logs')
        : { ok: true, route: { kind: 'maildir', path: resolve(folder, rest) } };
    default:
      return refuse(`"${value}"`, FORMS);
  }
}

function parseHost(text: string): ParsedRoute {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d+))?$/.exec(text);
  const port = Number(match?.[3] ?? 25);
  if (!match || port < 1 || port > 65_535) return refuse(`"${text}"`, FORMS);
  return smtp(match[1] ?? match[2] ?? '', port, 'offered', null);
}

function parseUrl(text: string, scheme: 'smtp' | 'smtps'): ParsedRoute {
  if (!URL.canParse(text)) return refuse(`"${text}"`, FORMS);
  const url = new URL(text);
  if (url.hostname === '') return refuse(`"${text}" without a host`, `write ${scheme}://HOST`);
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '')
    return refuse(
      `"${url.pathname}${url.search}" behind the host`,
      `write ${scheme}://HOST:PORT and nothing more`,
    );
  const login = url.username === '' ? null : { user: decode(url.username), password: decode(url.password) };
  const port = Number(url.port || (scheme === 'smtps' ? 465 : 25));
  return smtp(url.hostname.replace(/^\[|\]$/g, ''), port, scheme === 'smtps' ? 'implicit' : 'offered', login);
}

type Smtp = Extract<Route, { kind: 'smtp' }>;

function smtp(host: string, port: number, tls: Smtp['tls'], login: Smtp['login']): ParsedRoute {
  return { ok: true, route: { kind: 'smtp', host, port, tls, login } };
}

function refuse(seen: string, instead: string): ParsedRoute {
  return { ok: false, seen, instead };
}

/** A lone percent sign in a password stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
