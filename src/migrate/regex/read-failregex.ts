import { loosenFront } from './loosen-front.js';
import { readPerl } from './read-perl.js';
import type { Branch, RegexTree } from './regex-node.js';

/** A regex of fail2ban as Perl reads it. */
export interface FailRegex {
  readonly branches: readonly Branch[];
  /** In front of a regex, as `(?i)`. */
  readonly flags: string;
  /** Whether a group names what is banned: an address, a host, or an id. */
  readonly namesFailure: boolean;
  /** Whether what it matches is no failure: always, or where the group `nofail` took part. */
  readonly nofail: 'never' | 'always' | 'sometimes';
}

export type ReadFailRegex =
  | { readonly ok: true; readonly regex: FailRegex }
  | { readonly ok: false; readonly reason: string };

/** Characters of a regex with all that it names put in; those of Debian have up to 5,000. */
export const MAX_SOURCE = 32 * 1024;

// As fail2ban 1.0 writes them (server/failregex.py and ipdns.py).
const IP4 = String.raw`(?:\d{1,3}\.){3}\d{1,3}`;
const IP6 = '(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):)';
const DNS = String.raw`[\w\-.^_]*\w`;

/** Tags that group lines of one connection, or say what a line means to it: their texts are no values. */
const UNNAMED = ['MLFID', 'CONTENT', 'MLFFORGET', 'MLFGAINED', 'NOFAIL'];

/**
 * Reads a regex of fail2ban: its tags, and what Python writes otherwise than Perl. What is banned is the group `ip`,
 * whether it is an address, a host or an id; other groups with names keep these, and groups without only group.
 */
export function readFailRegex(source: string, usesDns: boolean): ReadFailRegex {
  if (source.length > MAX_SOURCE) return { ok: false, reason: `it is longer than ${MAX_SOURCE} characters` };
  if (/<SKIPLINES>|(?<!\\)(?:\\\\)*\\n/.test(source.replaceAll(/\[\^[^\]]*\]/g, '')))
    return { ok: false, reason: 'it is for several lines, and rules see one: set multiline may join these' };
  const [, flags = '', body = ''] = /^(?:\(\?([aimsux]+)\))?(.*)$/s.exec(source) ?? [];
  const tags = new TagReader(body, usesDns);
  const perl = toPerl(tags.read());
  const tree: RegexTree = readPerl(perl, () => null);
  if (!tree.ok) return tree;
  const kept = flags.replaceAll(/[au]/g, '');
  return {
    ok: true,
    regex: {
      branches: tree.branches,
      flags: kept === '' ? '' : `(?${kept})`,
      namesFailure: /\(\?<ip>/.test(perl),
      nofail: tags.nofail,
    },
  };
}

/**
 * Takes stamp and host away from how a branch begins; `null`: it may begin anywhere. `isOwnLog`: it is for a log that is
 * none of syslogd's, so that its stamp may be one that tayori does not know.
 */
export function cutFront(branch: Branch, isOwnLog: boolean): string | null {
  if (branch[0]?.kind !== 'start') return null;
  const { perl, expectsStamp, expectsBrackets } = loosenFront(branch.slice(1));
  const mayHaveStamp = expectsStamp || (isOwnLog && PREFIX_LINE.test(perl));
  const front = mayHaveStamp ? `(?:${STAMP}${expectsBrackets ? `|${TAG}` : ''})?` : '';
  return front + withoutRemnants(perl);
}

/** How `__prefix_line` of `common.conf` begins without its host. */
const PREFIX_LINE = /^(?:\(\?:)+kernel:/;

/** A stamp, for logs whose stamps tayori does not know, and with them the brackets around it. */
const STAMP = String.raw`[\w/.,:+<>=@\[( -]{0,40}?\d\d:\d\d:\d\d[^\s\]]{0,12}(?: [+-]\d{4}\])?\]?\s*|\d{10}(?:\.\d+)?\s*`;

/** The program that tayori puts in front of lines of web servers. */
const TAG = String.raw`\w+(?:\[\d+\])?: `;

/** `[]` further behind held a stamp: tayori leaves it there. nginx: its number and connection are taken away. */
function withoutRemnants(perl: string): string {
  return perl
    .replaceAll(/(?<=.)(?<!\\|\?:)\\\[\\\](?!\))/g, String.raw`\[[^\]]*\]`)
    .replaceAll('audit\\(:', String.raw`audit\((?:\d+\.\d+)?:`)
    .replace(
      /((?:\\\[)(?:\w+|\[a-z\]\+)\\\]) \\d\+#\\d\+: \\\*\\d\+ /,
      (_, level: string) => String.raw`nginx\[\d+\]: ${level} `,
    );
}

/** What Python writes otherwise. `(?P<n>` and `(?P=n)` are Perl's as well. */
function toPerl(source: string): string {
  return source
    .replaceAll(/\\.|\(\?\(([A-Za-z_]\w*)\)/gs, (text, name?: string) =>
      text === '\\Z' ? '\\z' : name === undefined ? text : `(?(<${name}>)`,
    )
    .replaceAll(/(?<!\\)((?:\\\\)*)\{,(\d+)\}/g, '$1{0,$2}');
}

/** Puts groups in place of the tags of a regex. */
class TagReader {
  readonly #source: string;
  readonly #usesDns: boolean;
  readonly #open = new Set<string>();
  readonly #keyIsId: boolean;
  nofail: FailRegex['nofail'] = 'never';

  constructor(source: string, usesDns: boolean) {
    this.#source = source;
    this.#usesDns = usesDns;
    this.#keyIsId = /<F-ID\/?>/.test(source);
  }

  read(): string {
    return this.#source.replaceAll(
      /<(\/?[\w-]+\/?)>/g,
      (text, tag: string, at: number) => this.#tag(tag, at) ?? text,
    );
  }

  #tag(tag: string, at: number): string | null {
    const host = this.#host(tag.replace(/^F-(?=.*\/$)/, '').replace(/\/$/, ''));
    if (host !== null) return host;
    if (tag === 'F-ID/') return '(?<ip>\\S+)';
    if (tag === 'F-PORT/') return '(?<fport>\\w+)';
    const [, close, name = ''] = /^(\/?)F-([A-Z0-9_-]+)$/.exec(tag) ?? [];
    if (close === undefined) return null;
    if (close === '/') return this.#open.has(name) ? ')' : null;
    this.#open.add(name);
    return this.#opened(name, at);
  }

  #opened(name: string, at: number): string {
    if (name === 'NOFAIL' || name === 'MLFGAINED') {
      const isInner = depthAt(this.#source, at) > 0 || hasBranches(this.#source);
      if (!isInner) this.nofail = 'always';
      else if (this.nofail === 'never') this.nofail = 'sometimes';
      return isInner ? '(?<nofail>' : '(?:';
    }
    if (UNNAMED.includes(name)) return '(?:';
    if (name === 'ID') return '(?<ip>';
    return `(?<${name === 'PORT' ? 'fport' : name.toLowerCase().replaceAll('-', '_')}>`;
  }

  #host(tag: string): string | null {
    const name = this.#keyIsId ? 'host' : 'ip';
    const ip4 = `(?:::f{4,6}:)?(?<${name}>${IP4})`;
    const ip6 = `(?<${name}>${IP6})`;
    const either = `\\[?(?:${ip4}|${ip6})`;
    switch (tag) {
      case 'IP4':
        return ip4;
      case 'IP6':
        return ip6;
      case 'DNS':
        return `(?<${name}>${DNS})`;
      case 'ADDR':
        return `${either}\\]?`;
      case 'CIDR':
        return '\\d+';
      case 'SUBNET':
        return `${either}(?:/\\d+)?\\]?`;
      case 'HOST':
        return this.#usesDns ? `(?:${either}\\]?|(?<${name}>${DNS}))` : `${either}\\]?`;
      default:
        return null;
    }
  }
}

/** How many groups are open at a place. */
function depthAt(source: string, at: number): number {
  const before = source.slice(0, at).replaceAll(/\\.|\[\^?\]?[^\]]*\]/gs, '');
  return before.replaceAll(/[^(]/g, '').length - before.replaceAll(/[^)]/g, '').length;
}

function hasBranches(source: string): boolean {
  const plain = source.replaceAll(/\\.|\[\^?\]?[^\]]*\]/gs, '');
  let depth = 0;
  for (const char of plain) {
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}
