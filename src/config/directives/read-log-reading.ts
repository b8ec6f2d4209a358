import { nearest } from '../../base/text/nearest.js';
import { quote } from '../../base/text/quote.js';
import { type FieldNames, ROLES, type Role } from '../../line/format/fields.js';
import { FORMATS, formatOf } from '../../line/format/formats.js';
import { isHostWord } from '../../line/host-name.js';
import { hostGroup, type LogHost } from '../../line/log-host.js';
import type { Pattern } from '../../perl-regex/perl-regex.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import type { ReadContext, Reader } from './directive.js';
import { readPattern } from './read-pattern.js';
import { readPath, refuse } from './value-kinds.js';

/** A directive for some logs: those whose paths a glob matches. */
export interface ForLogs {
  /** Absolute; may be the path of one log. */
  readonly glob: string;
}

/** `set loghost`. */
export interface LoghostConfig extends ForLogs {
  readonly host: LogHost;
}

/** `set multiline`: what the first line of an entry looks like, or that all further lines are indented. */
export interface MultilineConfig extends ForLogs {
  readonly start: 'indent' | Pattern;
}

/** `set logformat`. */
export interface LogformatConfig extends ForLogs {
  readonly format: string;
}

/** `set jsonfields`: names of fields, by what they say. */
export type JsonFields = FieldNames;

export const logformat: Reader<Setting<LogformatConfig>> = {
  grammar: 'GLOB FORMAT',
  read: (text, report) =>
    readForLogs(text, report, 'write set logformat GLOB json, or another format', (rest) => {
      const format = rest.text.trim();
      if (formatOf(format)) return { format };
      const names = FORMATS.map(({ name }) => name);
      const near = nearest(format, names);
      const instead = near ? `did you mean ${near}?` : `write one of ${names.join(', ')}`;
      return refuse(report, rest, `unknown format ${quote(format)}`, instead);
    }),
};

export const jsonfields: Reader<JsonFields> = { grammar: 'ROLE=NAME...', read: readJsonFields };

/** The longest name of a field that is compared. */
const MAX_FIELD_NAME = 255;

function readJsonFields(text: SourceText, report: Reporter): JsonFields | undefined {
  const names: Partial<Record<Role, string[]>> = {};
  const instead = `write ROLE=NAME, as in message=what; a role is one of ${ROLES.join(', ')}`;
  const pairs = text.text.split(/[ \t]+/).filter((word) => word !== '');
  if (pairs.length === 0) return refuse(report, text, 'no value', instead);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const role = ROLES.find((one) => one === pair.slice(0, Math.max(0, at)));
    const name = pair.slice(at + 1);
    if (!role || name === '' || name.length > MAX_FIELD_NAME)
      return refuse(report, text, quote(pair), instead);
    names[role] = [...(names[role] ?? []), name];
  }
  return names;
}

export const loghost: Reader<Setting<LoghostConfig>> = {
  grammar: 'GLOB HOST|REGEX',
  read: (text, report, context) =>
    readForLogs(text, report, 'write set loghost GLOB HOST, or GLOB REGEX with the host in (...)', (rest) => {
      const host = readLogHost(rest, report, context);
      return host && { host };
    }),
};

export const multiline: Reader<Setting<MultilineConfig>> = {
  grammar: 'GLOB indent|REGEX',
  read: (text, report, context) =>
    readForLogs(
      text,
      report,
      'write set multiline GLOB indent, or GLOB REGEX, which matches the first line of an entry',
      (rest) => {
        const start = /^indent[ \t]*$/.test(rest.text) ? 'indent' : readPattern(rest, report, context);
        return start ? { start } : undefined;
      },
    ),
};

/** `set decode`: what the lines are encoded in. */
export interface DecodeConfig extends ForLogs {
  readonly decoder: Decoder;
}

const DECODERS = ['audit', 'terminal'] as const;
export type Decoder = (typeof DECODERS)[number];

export const decode: Reader<Setting<DecodeConfig>> = {
  grammar: `GLOB ${DECODERS.join('|')}`,
  read: (text, report) =>
    readForLogs(text, report, 'write set decode GLOB audit, or terminal', (rest) => {
      const name = rest.text.trim();
      const decoder = DECODERS.find((one) => one === name);
      return decoder
        ? { decoder }
        : refuse(report, rest, `unknown decoder ${quote(name)}`, 'write audit or terminal');
    }),
};

/** Reads a glob, and what is said of the logs that it matches. */
export function readForLogs<T extends object>(
  text: SourceText,
  report: Reporter,
  form: string,
  read: (rest: SourceText) => T | undefined,
): Setting<T & ForLogs> | undefined {
  const { word, rest } = splitWord(text);
  if (word.text === '' || rest.text === '')
    return refuse(report, text, word.text === '' ? 'no value' : `nothing after ${quote(word.text)}`, form);
  const glob = readPath(word, report);
  const value = read(rest);
  return glob === undefined || value === undefined
    ? undefined
    : { value: { ...value, glob }, place: text.place };
}

/** Without a group it is a name, which no regex that finds one is. */
function readLogHost(text: SourceText, report: Reporter, context: ReadContext): LogHost | undefined {
  if (!text.text.includes('(')) {
    const { word, rest } = splitWord(text);
    const seen = quote(text.text.trim());
    if (isHostWord(word.text) && !word.text.includes('/') && rest.text === '')
      return { kind: 'named', host: word.text };
    return refuse(report, text, `${seen} as a host`, 'write a name, or a regex with the host in (...)');
  }
  const pattern = readPattern(text, report, context);
  if (!pattern) return undefined;
  const host = hostGroup(pattern);
  if (pattern.groupCount === 0)
    return refuse(report, text, 'a regex without a capture group', 'put the host in (...)');
  if (host >= 0 && pattern.groupCount > 1 && pattern.groupNames.every((name) => name === null))
    report.warning(
      text,
      'more than one capture group: the first is the host, and the others say nothing',
      'name them: (?<host>...), (?<user>...)',
      'odd-regex',
    );
  return { kind: 'from-path', pattern };
}
