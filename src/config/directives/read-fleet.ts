import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { FLEET_PORT, type FleetAddress, type FleetTls } from '../../base/fleet-address.js';
import { percentDecode } from '../../base/text/percent-decode.js';
import { quote } from '../../base/text/quote.js';
import { HOUR } from '../../base/time/duration.js';
import { isLoopback } from '../../mail/route/route.js';
import { readDuration } from '../read/read-duration.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import type { Kind, Reader } from './directive.js';
import { checked, refuse, word } from './value-kinds.js';

const FORM = 'write postgresql://[USER@]HOST[:PORT]/DB, as in postgresql://tayori@db.example.org/tayori';

/** Bytes of the name of a database or a user: PostgreSQL has 63, and some proxies add to them. */
const MAX_NAME_BYTES = 128;

/** As for host names (RFC 1035, 2.3.4). */
const MAX_NODE_NAME = 253;

/** Whoever waits for a letter hears of the missing nodes within an hour (ms). */
const MAX_FLEET_WAIT = HOUR;

/**
 * `postgresql://[USER@]HOST[:PORT]/DB[?tls=off|required][&ca=FILE]`, or `postgresql://[USER@]/DB?host=FOLDER` for a Unix socket.
 * Relative files start at the folder of the config.
 */
export const fleetAddress: Reader<FleetAddress> = {
  grammar: 'postgresql://[USER@]HOST[:PORT]/DB[?OPTIONS]',
  read(text, report) {
    const { word, rest } = splitWord(text);
    const parsed = parse(word.text, dirname(text.place.file));
    if (parsed.ok) {
      reportRest(rest, report);
      return parsed.address;
    }
    const at = from(word, parsed.offset);
    // Whatever is wrong with it: what may be a password is not repeated.
    if (/:[^@]*@/.test(word.text.replace(/^[^:/@]*:\/\//, '')))
      return refuse(
        report,
        word,
        'an address with a password in it',
        'leave the password out, and write set fleet_password FILE',
      );
    return refuse(report, at, parsed.seen, parsed.instead);
  },
};

/** A word that may stand for a machine. */
export const nodeName: Reader<string> = checked(word('NAME'), checkNodeName);

/** How long a letter waits for nodes, in ms. */
export const fleetWait: Kind<number> = {
  grammar: 'TIME',
  read(text, report) {
    const { word, rest } = splitWord(text);
    const time = readDuration(word.text);
    if (time === null || time > MAX_FLEET_WAIT)
      return refuse(
        report,
        word,
        word.text === '' ? 'no time' : quote(word.text),
        'write a time such as 20s or 2m; at most 1h',
      );
    reportRest(rest, report);
    return time;
  },
  print: (time) => (time % 60_000 === 0 ? `${time / 60_000}m` : `${time / 1000}s`),
};

type Parsed = { readonly ok: true; readonly address: FleetAddress } | Refusal;

interface Refusal {
  readonly ok: false;
  /** At which character of the text the fault is, from 0. */
  readonly offset: number;
  readonly seen: string;
  readonly instead: string;
}

const SCHEME = /^postgres(?:ql)?:\/\//i;

function parse(text: string, folder: string): Parsed {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined)
    return refusal(0, text === '' ? 'no address' : `${quote(text)} as an address`, FORM);
  const [whole, login, authority = '', path = '', query = ''] =
    /^(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^/?#@]*))?(?:\?([^#]*))?/.exec(text.slice(scheme.length)) ?? [];
  const loginEnd = scheme.length + (login === undefined ? 0 : login.length + 1);
  const pathAt = loginEnd + authority.length;
  const end = scheme.length + (whole?.length ?? 0);
  if (end < text.length) return refusal(end, `${quote(text.slice(end))} in an address`, FORM);
  if (login?.includes(':')) return refusal(scheme.length, 'a password', FORM);
  const user = login === undefined ? null : percentDecode(login);
  if (user !== null && isBadName(user)) return refusal(scheme.length, `${quote(user)} as a user`, FORM);
  const database = percentDecode(path);
  if (isBadName(database))
    return refusal(pathAt, database === '' ? 'no database' : `${quote(database)} as a database`, FORM);
  const server = readServer(authority, loginEnd);
  if (!server.ok) return server;
  const options = readOptions(query, end - query.length);
  return options.ok
    ? complete({ server, database, user, options, folder, offset: end - query.length })
    : options;
}

function isBadName(name: string): boolean {
  return name === '' || name.includes('\0') || Buffer.byteLength(name) > MAX_NAME_BYTES;
}

interface Server {
  readonly ok: true;
  /** '': none is named, which is a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`, or nothing. */
function readServer(text: string, at: number): Server | Refusal {
  if (isIPv6(text)) return refusal(at, `${quote(text)} without brackets`, `write [${text}]`);
  if (text.includes(','))
    return refusal(
      at,
      'several hosts',
      'name one that leads to the server that takes writes: a virtual address, or a proxy',
    );
  const [, brackets = '', name = '', digits, rest = ''] =
    /^(?:(\[[^\]]*\])|([\w.-]*))(?::(\d*))?(.*)$/s.exec(text) ?? [];
  const host = brackets ? brackets.slice(1, -1) : name;
  if (rest !== '' || (brackets !== '' && !isIPv6(host))) return refusal(at, `${quote(text)} as a host`, FORM);
  const port = digits === undefined ? FLEET_PORT : Number(digits);
  if (port >= 1 && port <= 65_535) return { ok: true, host, port };
  const portAt = at + (brackets || name).length + 1;
  return refusal(portAt, `${quote(digits ?? '')} as a port`, 'write a number from 1 to 65535');
}

interface Options {
  readonly ok: true;
  readonly tls: 'off' | 'required' | null;
  readonly ca: string | null;
  readonly socket: string | null;
}

const OPTIONS = 'write tls=off, tls=required, ca=FILE or host=/FOLDER';

function readOptions(text: string, at: number): Options | Refusal {
  let options: Options = { ok: true, tls: null, ca: null, socket: null };
  let offset = at;
  for (const word of text === '' ? [] : text.split('&')) {
    const option = readOption(word);
    if (!option) return refusal(offset, `${quote(word)} after the question mark`, adviceFor(word));
    options = { ...options, ...option };
    offset += word.length + 1;
  }
  return options;
}

function readOption(word: string): Partial<Options> | null {
  const [, name, text = ''] = /^([a-z]+)=(.+)$/s.exec(word) ?? [];
  const value = percentDecode(text);
  if (value.includes('\0')) return null;
  if (name === 'ca') return { ca: value };
  if (name === 'host' && value.startsWith('/')) return { socket: value };
  return name === 'tls' && (value === 'off' || value === 'required') ? { tls: value } : null;
}

/** What stands in the URLs of libpq is told by its name here. */
function adviceFor(word: string): string {
  if (/^sslmode=disable$/i.test(word)) return 'write tls=off';
  if (/^sslmode=/i.test(word)) return 'write tls=required, which checks the certificate';
  if (/^sslrootcert=/i.test(word)) return 'write ca=FILE';
  if (/^host=/i.test(word)) return 'name the host before the database; host= is the folder of a Unix socket';
  return OPTIONS;
}

interface Parts {
  readonly server: Server;
  readonly database: string;
  readonly user: string | null;
  readonly options: Options;
  readonly folder: string;
  /** Where the options begin. */
  readonly offset: number;
}

function complete({ server, database, user, options, folder, offset }: Parts): Parsed {
  const { tls, ca, socket } = options;
  if (server.host === '' && socket === null)
    return refusal(
      0,
      'no host',
      'write postgresql://HOST/DB, or postgresql:///DB?host=/run/postgresql for a Unix socket',
    );
  if (server.host !== '' && socket !== null)
    return refusal(offset, 'a host and a Unix socket', 'leave one of them out');
  const host = socket ?? server.host;
  const isRequired = tls === 'required' || (tls === null && (ca !== null || !isThisMachine(host)));
  if (socket !== null && isRequired)
    return refusal(offset, 'TLS over a Unix socket', 'leave tls= and ca= out: nobody can listen to it');
  if (!isRequired && ca !== null) return refusal(offset, 'a CA without TLS', 'leave tls=off out, or ca=FILE');
  const chosen: FleetTls = isRequired
    ? { kind: 'required', ca: ca === null ? null : resolve(folder, ca) }
    : { kind: 'off' };
  return { ok: true, address: { host, port: server.port, database, user, tls: chosen } };
}

/** Over a Unix socket or the loopback interface nobody can eavesdrop. */
export function isThisMachine(host: string): boolean {
  return host.startsWith('/') || isLoopback(host);
}

function refusal(offset: number, seen: string, instead: string): Refusal {
  return { ok: false, offset, seen, instead };
}

function checkNodeName(name: string, at: SourceText, report: Reporter): boolean {
  const isName = name.length <= MAX_NODE_NAME && /^[A-Za-z0-9][\w.-]*$/.test(name);
  if (!isName)
    report.error(
      at,
      `${quote(name)} as the name of a node`,
      'write one such as loghost-a or web1.example.org',
    );
  return isName;
}
