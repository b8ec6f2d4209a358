import { basename, join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import type { MigrationDraft } from '../migration.js';
import { type ForeignLine, listForeignFolder, readForeignFile } from '../read-foreign-file.js';
import type { PrefixCutter } from '../regex/cut-prefix.js';
import { leadingTexts } from '../regex/leading-texts.js';
import { readEre } from '../regex/read-ere.js';
import { withoutLastBlanks } from './without-last-blanks.js';

/** A rule of logcheck, for what stands behind stamp and host. */
export interface LogcheckRule {
  readonly perl: string;
  /** What the host has to match; null: it may be any. */
  readonly host: string | null;
  /** A part of the path of the logs that it is for; null: all. */
  readonly log: string | null;
  /** How each line begins that it matches; null: it may match anywhere. */
  readonly begins: readonly string[] | null;
}

/** A file of rules. `lines`: its comments and rules, in order. */
export interface LogcheckFile {
  readonly name: string;
  readonly path: string;
  readonly lines: readonly (string | LogcheckRule)[];
  readonly rules: readonly LogcheckRule[];
}

/** Bytes of a rule; a longer one is no regex that anybody wrote. */
const MAX_RULE = 32 * 1024;

/** Names that run-parts(8) lists, and so logcheck reads. */
const READ_BY_LOGCHECK = /^[\w-]+$/;

/** Reads rules as logcheck does, and notes what cannot be carried over. */
export class RuleFileReader {
  readonly #draft: MigrationDraft;
  readonly #cutter: PrefixCutter;

  constructor(draft: MigrationDraft, cutter: PrefixCutter) {
    this.#draft = draft;
    this.#cutter = cutter;
  }

  /** The files of a folder such as `violations.d`; none where it is not there. */
  readFolder(path: string): LogcheckFile[] {
    const folder = listForeignFolder(path);
    if (!folder.ok) {
      this.#draft.unreadable(path, folder.reason);
      return [];
    }
    const files: LogcheckFile[] = [];
    for (const name of folder.names)
      if (READ_BY_LOGCHECK.test(name)) files.push(...this.readFile(join(path, name)));
      else
        this.#draft.remark(
          'note',
          { file: join(path, name), line: 0 },
          '',
          'logcheck does not read it, for its name: run-parts takes letters, digits, _ and - alone',
        );
    return files;
  }

  /** One file; none when it cannot be read. `ignoresCase`: as egrep -i reads it. */
  readFile(path: string, ignoresCase = false): LogcheckFile[] {
    const file = readForeignFile(path);
    if (!file.ok) {
      this.#draft.unreadable(path, file.reason);
      return [];
    }
    const lines = file.lines.flatMap((line) => this.#readLine(path, line, ignoresCase));
    const rules = lines.filter((line) => typeof line !== 'string');
    return [{ name: basename(path), path, lines, rules }];
  }

  #readLine(path: string, line: ForeignLine, ignoresCase: boolean): (string | LogcheckRule)[] {
    const { text, number } = line;
    if (/^\s*$/.test(text)) return [];
    if (text.startsWith('#')) return [`#${text.slice(1, MAX_RULE)}`];
    const rule = readRule(line, { name: basename(path), cutter: this.#cutter, ignoresCase });
    this.#draft.count(rule.ok);
    const place = { file: path, line: number };
    if (!rule.ok) {
      this.#draft.remark('lost', place, quote(text), rule.reason);
      return [`# not carried over: ${text.slice(0, MAX_RULE)}`, `#   ${rule.reason}`];
    }
    for (const doubt of rule.doubts) this.#draft.remark('changed', place, quote(text), doubt);
    return [rule.rule];
  }
}

type ReadRule =
  | { readonly ok: true; readonly rule: LogcheckRule; readonly doubts: readonly string[] }
  | { readonly ok: false; readonly reason: string };

interface Reading {
  /** Of the file. */
  readonly name: string;
  readonly cutter: PrefixCutter;
  readonly ignoresCase: boolean;
}

function readRule({ text, utf8 }: ForeignLine, { name, cutter, ignoresCase }: Reading): ReadRule {
  if (!utf8) return { ok: false, reason: 'it is not UTF-8' };
  if (text.length > MAX_RULE) return { ok: false, reason: `it is longer than ${MAX_RULE} characters` };
  const tree = readEre(text);
  if (!tree.ok) return { ok: false, reason: `grep does not take it either: ${tree.reason}` };
  const parts: string[] = [];
  const doubts = doubtsOf(text);
  const hosts = new Set<string | null>();
  const ownLogs = new Set<boolean>();
  let begins: readonly string[] | null = [];
  for (const branch of tree.branches) {
    const cut = cutter.cut(withoutLastBlanks(branch));
    if (!cut.ok) return cut;
    const { perl, host, isOwnLog, doubt, rest } = cut.regex;
    parts.push(perl);
    hosts.add(host);
    ownLogs.add(isOwnLog);
    if (doubt) doubts.push(doubt);
    begins = rest && begins && [...begins, ...leadingTexts(rest)];
  }
  if (ownLogs.size > 1) return { ok: false, reason: 'its branches are for logs of several kinds' };
  if (hosts.size > 1)
    return { ok: false, reason: 'its branches are for several hosts: write a rule for each' };
  const perl = `${ignoresCase ? '(?i)' : ''}${parts.join('|')}`;
  const compiled = compile(perl);
  if (!compiled.ok && perl.includes('\\g{'))
    return { ok: false, reason: 'it repeats a group of stamp and host (as \\1), which rules do not see' };
  if (!compiled.ok) return { ok: false, reason: `as ${quote(perl)}: ${compiled.seen}; ${compiled.instead}` };
  const [host = null] = hosts;
  const log = ownLogs.has(true) ? name : null;
  if (log !== null)
    doubts.push(
      `it is for a log whose lines name no host; here for logs with ${quote(log)} in their path alone`,
    );
  return { ok: true, rule: { perl, host, log, begins: ignoresCase ? null : begins }, doubts };
}

/** What is not what its author may have meant, and means the same here. */
function doubtsOf(text: string): string[] {
  const letter = /(?<!\\)(?:\\\\)*\\([dDtnrfvhHA-CE-RT-VX-Zzp])/.exec(text)?.[1];
  return letter === undefined
    ? []
    : [`\\${letter} is the letter ${letter} to grep, and is carried over as that`];
}
