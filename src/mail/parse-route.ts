import { isIPv6 } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { Route } from './route.js';

/** `offset`: at which character of the text the fault is, from 0. No password is repeated in `seen`. */
export type ParsedRoute =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

const FORMS = 'write HOST, HOST:PORT, smtp://HOST, smtps://HOST, sendmail:/PATH or maildir:/PATH';

/**
 * Reads the value of `set mailserver`: `HOST[:PORT]`, `smtp://[USER:PASSWORD@]HOST[:PORT]`, `smtps://` the same,
 * `sendmail:PATH`, `maildir:PATH`. A relative Maildir is taken from `folder`, that of the config.
 */
export function parseRoute(text: string, folder: string): ParsedRoute {
  const value = text.trimEnd();
  const start = value.length - value.trimStart().length;
  const [, scheme = '', slashes = '', rest = ''] = /^\s*([a-z]+):(?!\d+$)(\/\/)?(.*)$/is.exec(value) ?? [];
  const restAt = value.length - rest.length;
  switch (`${scheme.toLowerCase()}:${slashes}`) {
    case ':':
      return readServer(value.slice(start), start, { tls: 'offered', port: 25, login: null });
    case 'smtp://':
      return readUrl(rest, restAt, 'offered');
    case 'smtps://':
      return readUrl(rest, restAt, 'implicit');
    case 'sendmail:':
    case 'sendmail://':
      return readSendmail(slashes + rest, restAt - slashes.length);
    case 'maildir:':
    case 'maildir://':
      return readMaildir(slashes + rest, restAt - slashes.length, folder);
    default:
      return refuse(start, `"${scheme}:" as a way to send mail`, FORMS);
  }
}

type Smtp = Extract<Route, { readonly kind: 'smtp' }>;

/** RFC 8314: TLS from the first byte has a port of its own. */
function readUrl(text: string, at: number, tls: Smtp['tls']): ParsedRoute {
  const port = tls === 'implicit' ? 465 : 25;
  const name = text.lastIndexOf('@'); // all before the last one: a password may hold one, too
  if (name < 0) return readServer(withoutSlash(text), at, { tls, port, login: null });
  const colon = text.indexOf(':');
  const login = { user: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1, name)) };
  if (colon < 0 || colon > name || login.user === '' || login.password === '')
    return refuse(at, 'a login that is not whole', 'write USER:PASSWORD@HOST');
  return readServer(withoutSlash(text.slice(name + 1)), at + name + 1, { tls, port, login });
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

/** `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`; `port` where none is written. */
function readServer(
  text: string,
  at: number,
  { tls, port, login }: Omit<Smtp, 'kind' | 'host'>,
): ParsedRoute {
  if (isIPv6(text)) return refuse(at, `"${text}" without brackets`, `write [${text}]`);
  const [, brackets = '', name = '', digits, rest = ''] =
    /^(?:(\[[^\]]*\])|([\w.-]*))(?::(\d*))?(.*)$/s.exec(text) ?? [];
  const host = brackets ? brackets.slice(1, -1) : name;
  if (rest !== '') return refuse(at + text.length - rest.length, `"${rest}" behind the host`, FORMS);
  if (brackets ? !isIPv6(host) : host === '') return refuse(at, `"${brackets}" as a host`, FORMS);
  const chosen = digits === undefined ? port : Number(digits);
  if (chosen >= 1 && chosen <= 65_535)
    return { ok: true, route: { kind: 'smtp', host, port: chosen, tls, login } };
  return refuse(
    at + (brackets || name).length + 1,
    `"${digits}" as a port`,
    'write a number from 1 to 65535',
  );
}

function readSendmail(path: string, at: number): ParsedRoute {
  const args = path.search(/\s-/);
  if (args >= 0)
    return refuse(at + args + 1, `"${path.slice(args + 1)}" behind the program`, 'name the program alone');
  if (isAbsolute(path)) return { ok: true, route: { kind: 'sendmail', path } };
  return refuse(at, `"${path}" as a program`, 'write its whole path: sendmail:/usr/sbin/sendmail');
}

function readMaildir(path: string, at: number, folder: string): ParsedRoute {
  if (path === '' || path.startsWith('~'))
    return refuse(at, `"${path}" as a Maildir`, 'write its whole path: maildir:/var/mail/logs');
  return { ok: true, route: { kind: 'maildir', path: resolve(folder, path) } };
}

function refuse(offset: number, seen: string, instead: string): ParsedRoute {
  return { ok: false, offset, seen, instead };
}

/** A percent sign that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
