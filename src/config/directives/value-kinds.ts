import { isIPv4, isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { Found } from '../check/find-account.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord, trimEnd } from '../read/source-text.js';
import type { Kind, Reader } from './directive.js';

/** One word; text behind it is reported and ignored. */
export function word(grammar: string): Kind<string> {
  return { grammar, read: readWord, print: (value) => value };
}

function readWord(text: SourceText, report: Reporter): string | undefined {
  const { word, rest } = splitWord(text);
  if (word.text === '') return refuse(report, text, 'no value', 'write one after the name');
  reportRest(rest, report);
  return word.text;
}

/** Reports an error and returns undefined, as the reader of a refused value does. */
export function refuse(report: Reporter, at: SourceText, seen: string, instead: string): undefined {
  report.error(at, seen, instead);
}

/** The rest of the line, without the blanks at its end. `missing`: the error for an empty one, as in `no subject`. */
export function text(grammar: string, missing: string): Kind<string> {
  return {
    grammar,
    read: (value, report) =>
      trimEnd(value.text) || refuse(report, value, missing, 'write one, or remove the line'),
    print: (value) => value,
  };
}

/** A kind with one more condition: `check` reports what is wrong and returns whether the value is taken. */
export function checked<T>(
  kind: Kind<T>,
  check: (value: T, at: SourceText, report: Reporter) => boolean,
): Kind<T> {
  return {
    ...kind,
    read(text, report, context) {
      const value = kind.read(text, report, context);
      return value !== undefined && check(value, text, report) ? value : undefined;
    },
  };
}

/** A user or group of this machine, by name or number. */
export function account<T>(kind: 'user' | 'group', find: (name: string) => Found<T>): Reader<T> {
  const create = kind === 'user' ? 'adduser --system' : 'addgroup --system';
  return {
    grammar: 'NAME',
    read(text, report) {
      const name = readWord(text, report);
      if (name === undefined) return undefined;
      const found = find(name);
      if (found.kind === 'found') return found.account;
      const [seen, instead] =
        found.kind === 'unknown'
          ? [`unknown ${kind} ${quote(name)}`, `name one that exists, or create it: ${create} NAME`]
          : [`cannot look up the ${kind} ${quote(name)} (${found.reason})`, 'try again later'];
      return refuse(report, text, seen, instead);
    },
  };
}

/** A path; a relative one starts at the folder of the file that names it. */
export const path: Reader<string> = { grammar: 'PATH', read: readPath };

export function readPath(text: SourceText, report: Reporter): string | undefined {
  const value = readWord(text, report);
  if (value === undefined) return undefined;
  const seen = `${quote(value)} as a path`;
  if (value.startsWith('~') || value.includes('\0'))
    return refuse(report, text, seen, 'write the absolute path; no shell expands it');
  const whole = resolve(dirname(text.place.file), value);
  if (!isTooLong(whole)) return whole;
  const instead = `write a shorter one: names have at most ${MAX_NAME_BYTES} bytes, paths ${MAX_PATH_BYTES}`;
  return refuse(report, text, seen, instead);
}

/** The limits of Linux (limits.h: NAME_MAX, and PATH_MAX without its NUL). */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4095;

/** Names with a glob in them are not measured: they may be longer than the names that they match. */
function isTooLong(whole: string): boolean {
  const names = whole.split('/').filter((name) => !/[*?[\]]/.test(name));
  return (
    Buffer.byteLength(whole) > MAX_PATH_BYTES ||
    names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
  );
}

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Kind<T> {
  return {
    grammar: words.join('|'),
    read(text, report) {
      const value = readWord(text, report);
      if (value === undefined) return undefined;
      const known = words.find((one) => one === value);
      return known ?? refuse(report, text, quote(value), `write ${words.join(' or ')}`);
    },
    print: (value) => value,
  };
}

const ON_OFF = oneOf('on', 'off');

export const onOff: Kind<boolean> = {
  grammar: ON_OFF.grammar,
  read(text, report, context) {
    const value = ON_OFF.read(text, report, context);
    return value === undefined ? undefined : value === 'on';
  },
  print: (value) => (value ? 'on' : 'off'),
};

/** A whole number. As in Tenshi, `5x` is 5; here with a warning. */
export function number(grammar: string, { min, max = Number.MAX_SAFE_INTEGER }: Range): Kind<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    grammar,
    read(text, report) {
      const value = readWord(text, report);
      if (value === undefined) return undefined;
      const digits = /^\d+/.exec(value)?.[0];
      if (digits === undefined || Number(digits) < min || Number(digits) > max)
        return refuse(report, text, quote(value), `write a number ${range}`);
      if (digits !== value)
        report.warning(text, `${quote(value)} is taken as ${digits}`, `write ${digits}`, 'ignored-text');
      return Number(digits);
    },
    print: String,
  };
}

interface Range {
  readonly min: number;
  readonly max?: number;
}

/** An address to listen on: an IP address, no name. */
export const listenAddress: Reader<{ readonly address: string; readonly port: number }> = {
  grammar: 'ADDRESS:PORT',
  read: (text, report) => readAddress('ADDRESS', text, report),
};

/** A server to connect to: an IP address, or a name. */
export const server: Kind<{ readonly host: string; readonly port: number }> = {
  grammar: 'HOST:PORT',
  read(text, report) {
    const read = readAddress('HOST', text, report);
    return read && { host: read.address, port: read.port };
  },
  print: ({ host, port }) => `${host}:${port}`,
};

function readAddress(
  form: 'ADDRESS' | 'HOST',
  text: SourceText,
  report: Reporter,
): { readonly address: string; readonly port: number } | undefined {
  const value = readWord(text, report);
  if (value === undefined) return undefined;
  const [, six, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  const fits = six === undefined ? form === 'HOST' || isIPv4(plain) : isIPv6(six);
  if (fits && port >= 1 && port <= 65_535) return { address: six ?? plain, port };
  return refuse(report, text, quote(value), `write ${form}:PORT, with an IPv6 address in brackets`);
}

/** An IANA time zone, such as Europe/Berlin. */
export const zone: Kind<string> = checked(word('ZONE'), checkZone);

function checkZone(zone: string, at: SourceText, report: Reporter): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // Intl throws at a zone that it does not know.
    report.error(at, `unknown time zone ${quote(zone)}`, 'write one such as Europe/Berlin');
    return false;
  }
}
