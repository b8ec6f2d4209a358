import { isIPv4, isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Found } from '../check/find-account.js';
import type { Setting } from '../config.js';
import type { Draft } from '../draft.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';

/** Reads the value of a directive into the draft; what is wrong with it is reported. */
export type Apply = (value: SourceText, draft: Draft, report: Reporter) => void;

export function word(
  set: (draft: Draft, value: Setting<string>, at: SourceText, report: Reporter) => void,
): Apply {
  return (value, draft, report) => {
    const { word: text, rest } = splitWord(value);
    if (text.text === '') return report.error(value, 'no value', 'write one behind the name');
    reportRest(rest, report);
    set(draft, { value: text.text, place: text.place }, text, report);
  };
}

/** A user or group of this machine, by name or number. */
export function account<T>(
  kind: 'user' | 'group',
  find: (name: string) => Found<T>,
  set: (draft: Draft, value: Setting<T>) => void,
): Apply {
  return word((draft, { value, place }, at, report) => {
    const found = find(value);
    if (found.kind === 'found') return set(draft, { value: found.account, place });
    const seen = `the ${kind} ${quote(value)}`;
    const create = kind === 'user' ? 'adduser --system' : 'addgroup --system';
    if (found.kind === 'unknown')
      return report.error(
        at,
        `no such ${kind} as ${quote(value)}`,
        `name one that exists, or make it: ${create} NAME`,
      );
    report.error(at, `${seen} cannot be looked up (${found.reason})`, 'try again when it can');
  });
}

/** A path; a relative one is taken from the file that names it. */
export function path(set: (draft: Draft, value: Setting<string>) => void): Apply {
  return word((draft, { value, place }, at, report) => {
    if (value.startsWith('~') || value.includes('\0'))
      return report.error(at, `${quote(value)} as a path`, 'write the whole path; no shell reads it');
    const whole = resolve(dirname(at.place.file), value);
    if (!isTooLong(whole)) return set(draft, { value: whole, place });
    report.error(
      at,
      `${quote(value)} as a path`,
      `write a shorter one: names have at most ${MAX_NAME_BYTES} bytes, paths ${MAX_PATH_BYTES}`,
    );
  });
}

/** What Linux takes (limits.h: NAME_MAX, and PATH_MAX without its NUL). */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4095;

/** A name with a pattern in it may be longer than what it matches. */
function isTooLong(whole: string): boolean {
  const names = whole.split('/').filter((name) => !/[*?[\]]/.test(name));
  return (
    Buffer.byteLength(whole) > MAX_PATH_BYTES ||
    names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
  );
}

/** What is named twice is still one. */
export function addOnce<T>(values: Setting<T>[], value: Setting<T>): void {
  const key = JSON.stringify(value.value);
  if (!values.some((known) => JSON.stringify(known.value) === key)) values.push(value);
}

export function onOff(set: (draft: Draft, value: Setting<boolean>) => void): Apply {
  return oneOf(['on', 'off'], (draft, { value, place }) => set(draft, { value: value === 'on', place }));
}

export function oneOf<const T extends string>(
  words: readonly T[],
  set: (draft: Draft, value: Setting<T>) => void,
): Apply {
  return word((draft, { value, place }, at, report) => {
    const known = words.find((one) => one === value);
    if (known === undefined) report.error(at, quote(value), `write ${words.join(' or ')}`);
    else set(draft, { value: known, place });
  });
}

/** Digits as Tenshi takes them: `5x` is 5, and told. */
export function number(
  min: number,
  max: number,
  set: (draft: Draft, value: Setting<number>, at: SourceText, report: Reporter) => void,
): Apply {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  return word((draft, { value, place }, at, report) => {
    const digits = /^\d+/.exec(value)?.[0];
    if (digits === undefined || Number(digits) < min || Number(digits) > max)
      return report.error(at, quote(value), `write a number ${range}`);
    if (digits !== value)
      report.warning(at, `${quote(value)} is taken as ${digits}`, `write ${digits}`, 'ignored-text');
    set(draft, { value: Number(digits), place }, at, report);
  });
}

/** `ADDRESS`: one to listen on, which has to be an IP address; `HOST`: one to connect to, a name will do. */
export function address(
  kind: 'ADDRESS' | 'HOST',
  set: (draft: Draft, value: Setting<{ readonly address: string; readonly port: number }>) => void,
): Apply {
  return word((draft, { value, place }, at, report) => {
    const match = /^(?:\[([^\]]*)\]|([^:]+)):(\d{1,5})$/.exec(value);
    const [, six, plain = '', digits] = match ?? [];
    const port = Number(digits);
    const fits = six === undefined ? kind === 'HOST' || isIPv4(plain) : isIPv6(six);
    if (!fits || !(port >= 1 && port <= 65_535))
      return report.error(at, quote(value), `write ${kind}:PORT, an address of IPv6 in brackets`);
    set(draft, { value: { address: six ?? plain, port }, place });
  });
}

/** Read for its form only, and told that it counts for nothing. */
export function ignored(why: string, apply: Apply): Apply {
  return (value, draft, report) => {
    let sound = true;
    const told: Reporter = {
      ...report,
      warning() {}, // that the rest of the line is ignored matters little where all of it is
      error(at, seen, instead, code) {
        sound = false;
        report.error(at, seen, instead, code);
      },
    };
    apply(value, draft, told);
    if (sound) report.notice(value, 'this counts for nothing here', why, 'ignored-directive');
  };
}
