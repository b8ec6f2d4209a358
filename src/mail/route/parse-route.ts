import { isIPv6 } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { percentDecode } from '../../base/text/percent-decode.js';
import { isLoopback, type Route, type Tls } from './route.js';

/**
 * `user`: a user in the URL without a password, which then has to come from elsewhere.
 * `offset`: at which character of the text the fault is, from 0. No password is repeated in `seen`.
 */
export type ParsedRoute =
  | { readonly ok: true; readonly route: Route; readonly user: string | null }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

const FORMS = 'write HOST, HOST:PORT, smtp://HOST, smtps://HOST, sendmail:/PATH or maildir:/PATH';

/**
 * Reads the value of `set mailserver`: `HOST[:PORT]` as Tenshi has it, `smtp://[USER[:PASSWORD]@]HOST[:PORT][?...]`,
 * `smtps://` the same, `sendmail:PATH`, `maildir:PATH`. Behind the question mark: `tls=required`,
 * `tls=opportunistic` or `tls=off`, and `ca=FILE`. Relative paths are taken from `folder`, that of the config.
 */
export function parseRoute(text: string, folder: string): ParsedRoute {
  const value = text.trimEnd();
  const start = value.length - value.trimStart().length;
  const [, scheme = '', slashes = '', rest = ''] = /^\s*([a-z]+):(?!\d+$)(\/\/)?(.*)$/is.exec(value) ?? [];
  const restAt = value.length - rest.length;
  switch (`${scheme.toLowerCase()}:${slashes}`) {
    case ':': {
      const server = readServer(value.slice(start), start, 25);
      return server.ok ? smtp(server, 'opportunistic', null) : server;
    }
    case 'smtp://':
      return readUrl(rest, restAt, { implicit: false, folder });
    case 'smtps://':
      return readUrl(rest, restAt, { implicit: true, folder });
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

type Refusal = Extract<ParsedRoute, { readonly ok: false }>;

interface Server {
  readonly ok: true;
  readonly host: string;
  readonly port: number;
}

interface Url {
  /** smtps, which has a port of its own (RFC 8314). */
  readonly implicit: boolean;
  readonly folder: string;
}

function smtp({ host, port }: Server, tls: Tls, ca: string | null): ParsedRoute {
  return { ok: true, route: { kind: 'smtp', host, port, tls, ca, login: null }, user: null };
}

/** The text before the last `@` is the login: a password may hold anything, a question mark or an `@`, too. */
function readUrl(text: string, at: number, { implicit, folder }: Url): ParsedRoute {
  const name = text.lastIndexOf('@') + 1;
  const question = text.indexOf('?', name);
  const end = question < 0 ? text.length : question;
  const server = readServer(withoutSlash(text.slice(name, end)), at + name, implicit ? 465 : 25);
  if (!server.ok) return server;
  const chosen = readOptions(text.slice(end + 1), at + end + 1, { implicit, folder });
  if (!chosen.ok) return chosen;
  const tls = chosen.tls ?? (implicit ? 'implicit' : isLoopback(server.host) ? 'opportunistic' : 'required');
  const parsed = smtp(server, tls, chosen.ca);
  return name === 0 ? parsed : withLogin(parsed, text.slice(0, name - 1), at);
}

function withLogin(parsed: ParsedRoute, text: string, at: number): ParsedRoute {
  if (!parsed.ok || parsed.route.kind !== 'smtp') return parsed;
  const colon = text.indexOf(':');
  const user = percentDecode(colon < 0 ? text : text.slice(0, colon));
  const password = percentDecode(text.slice(colon + 1));
  if (user === '' || password === '')
    return refuse(at, 'an incomplete login', 'write USER@HOST, and the password with set mailpassword');
  if (colon < 0) return { ...parsed, user };
  const login = { user, password: { kind: 'text', text: password } } as const;
  return { ok: true, route: { ...parsed.route, login }, user: null };
}

interface Options {
  readonly ok: true;
  readonly tls: Tls | null;
  readonly ca: string | null;
}

/** `tls=...` and `ca=...`, with `&` between them. */
function readOptions(text: string, at: number, { implicit, folder }: Url): Options | Refusal {
  let options: Options = { ok: true, tls: null, ca: null };
  let offset = at;
  for (const word of text === '' ? [] : text.split('&')) {
    const option = readOption(word, implicit);
    if (!option) {
      const known = implicit ? 'ca=FILE' : 'tls=required, tls=opportunistic, tls=off or ca=FILE';
      return refuse(offset, `"${word}" after the question mark`, `write ${known} there`);
    }
    options = { ...options, ...option };
    offset += word.length + 1;
  }
  return options.ca === null ? options : { ...options, ca: resolve(folder, options.ca) };
}

function readOption(word: string, implicit: boolean): { tls: Tls } | { ca: string } | null {
  const [, name, value = ''] = /^([a-z]+)=(.+)$/s.exec(word) ?? [];
  if (name === 'ca') return { ca: percentDecode(value) };
  const tls = (['required', 'opportunistic', 'off'] as const).find((one) => one === value);
  return name === 'tls' && tls && !implicit ? { tls } : null;
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

/** `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`; `port` where none is written. */
function readServer(text: string, at: number, port: number): Server | Refusal {
  if (isIPv6(text)) return refuse(at, `"${text}" without brackets`, `write [${text}]`);
  const [, brackets = '', name = '', digits, rest = ''] =
    /^(?:(\[[^\]]*\])|([\w.-]*))(?::(\d*))?(.*)$/s.exec(text) ?? [];
  const host = brackets ? brackets.slice(1, -1) : name;
  if (rest !== '') return refuse(at + text.length - rest.length, `"${rest}" after the host`, FORMS);
  if (brackets ? !isIPv6(host) : host === '') return refuse(at, `"${brackets}" as a host`, FORMS);
  const chosen = digits === undefined ? port : Number(digits);
  if (chosen >= 1 && chosen <= 65_535) return { ok: true, host, port: chosen };
  return refuse(
    at + (brackets || name).length + 1,
    `"${digits}" as a port`,
    'write a number from 1 to 65535',
  );
}

function readSendmail(path: string, at: number): ParsedRoute {
  const args = path.search(/\s-/);
  if (args >= 0)
    return refuse(at + args + 1, `"${path.slice(args + 1)}" after the program`, 'name only the program');
  if (isAbsolute(path)) return { ok: true, route: { kind: 'sendmail', path }, user: null };
  return refuse(at, `"${path}" as a program`, 'write its absolute path: sendmail:/usr/sbin/sendmail');
}

function readMaildir(path: string, at: number, folder: string): ParsedRoute {
  if (path === '' || path.startsWith('~'))
    return refuse(at, `"${path}" as a Maildir`, 'write its absolute path: maildir:/var/mail/logs');
  return { ok: true, route: { kind: 'maildir', path: resolve(folder, path) }, user: null };
}

function refuse(offset: number, seen: string, instead: string): Refusal {
  return { ok: false, offset, seen, instead };
}
