import { quote } from '../../base/text/quote.js';
import { literal as literalChar } from './regex-node.js';

/** A group of an os_regex. */
export interface OsGroup {
  readonly perl: string;
  /** The class that the group repeats, where it does nothing else: what it takes consists of that. */
  readonly repeats: string | null;
}

/** What stands between two bars of an os_regex: texts, and groups between them. */
export interface OsBranch {
  /** It begins with `^`, and ends with `$`. */
  readonly begins: boolean;
  readonly ends: boolean;
  readonly parts: readonly (string | OsGroup)[];
}

export type OsRegex =
  | { readonly ok: true; readonly branches: readonly OsBranch[] }
  | { readonly ok: false; readonly reason: string };

/** As OSSEC has it (`OS_PATTERN_MAXSIZE`). */
const MAX_PATTERN = 20_480;

/** Classes by the letter behind a backslash; what is quoted stands for itself. */
const CLASSES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  d: '\\d',
  w: '[\\w@-]',
  s: ' ',
  p: '[()*+,.:;<=>?\\[\\]!"\'#$%&|{}-]',
  D: '\\D',
  W: '[^\\w@-]',
  S: '[^ ]',
  '.': '.',
  t: '\\t',
};
const QUOTED = '()\\$|<';

/**
 * Reads an os_regex (OSSEC 3, src/os_regex): `.` is a dot and `\.` any character, only what begins with a backslash is
 * repeated, there is no alternative in a group, and case does not matter. A repetition ends where what stands behind it
 * can begin, so it is lazy; the last one takes all that it can.
 */
export function readOsRegex(source: string): OsRegex {
  if (source.length > MAX_PATTERN)
    return { ok: false, reason: `it is longer than ${MAX_PATTERN} characters` };
  if (/(?<!\\)(?:\\\\)*\\$/.test(source)) return { ok: false, reason: 'a backslash at the end' };
  const branches: OsBranch[] = [];
  for (const text of split(source)) {
    const begins = text.startsWith('^');
    const ends = /(?<!\\)(?:\\\\)*\$$/.test(text);
    const body = text.slice(begins ? 1 : 0, ends ? -1 : undefined);
    const parts = partsOf(body);
    if (typeof parts === 'string') return { ok: false, reason: parts };
    branches.push({ begins, ends, parts });
  }
  return { ok: true, branches };
}

/** A line break that stands in a file of rules is one, and a rule of a config has one line. */
function literal(char: string): string {
  return char === '\n' ? '\\n' : literalChar(char);
}

/** Reads an os_match: texts with bars between them, of which each may begin with `^` and end with `$`. */
export function readOsMatch(source: string): OsBranch[] {
  return source.split('|').map((text) => {
    const begins = text.startsWith('^');
    const ends = text.endsWith('$') && text.length > (begins ? 1 : 0);
    const body = text.slice(begins ? 1 : 0, ends ? -1 : undefined).replaceAll('\\<', '<');
    return { begins, ends, parts: [Array.from(body, literal).join('')] };
  });
}

function split(source: string): string[] {
  return source.match(/(?:\\.|[^|\\])+|(?<=^|\|)(?=\||$)/gs) ?? [''];
}

function partsOf(body: string): (string | OsGroup)[] | string {
  const parts: (string | OsGroup)[] = [''];
  let group: { perl: string; repeats: string | null } | null = null;
  const add = (perl: string, repeats: string | null): void => {
    if (group) {
      group.repeats = group.perl === '' ? repeats : null;
      group.perl += perl;
    } else parts[parts.length - 1] = `${parts.at(-1)}${perl}`;
  };
  const tokens = [...body.matchAll(/\\(.)([+*]?)|(.)/gsu)];
  const last = tokens.findLastIndex(([text]) => text !== ')');
  for (const [at, [, escaped, quantifier = '', char = '']] of tokens.entries()) {
    if (escaped !== undefined) {
      const perl = CLASSES[escaped] ?? (QUOTED.includes(escaped) ? literal(escaped) : undefined);
      if (perl === undefined) return `${quote(`\\${escaped}`)}, which os_regex does not know`;
      const lazy = quantifier === '' || at === last ? '' : '?';
      add(`${perl}${quantifier}${lazy}`, quantifier === '' ? null : perl);
    } else if (char === '(') {
      if (group) return 'a group in a group';
      group = { perl: '', repeats: null };
    } else if (char === ')') {
      if (!group) return 'a ) without its (';
      parts.push(group, '');
      group = null;
    } else add(literal(char), null);
  }
  return group ? 'a ( without its )' : parts;
}

/** The tag of a syslog line, which OSSEC takes away, and rules here do not. It is taken whole or not at all. */
const TAG = String.raw`(?:[^\s:\[\]]+(?:\[\d+\])?: )?+`;

/** How a group is written: with its name, or as one that only groups. */
export type WriteGroup = (group: OsGroup, number: number) => string;

const UNNAMED: WriteGroup = ({ perl }) => `(?:${perl})`;

/** A branch as Perl reads it, for the text of an entry. */
export function writeOsBranch(branch: OsBranch, writeGroup: WriteGroup = UNNAMED): string {
  return `${branch.begins ? `^${TAG}` : ''}${writeOsParts(branch, writeGroup)}${branch.ends ? '$' : ''}`;
}

/** A branch without its anchors. */
export function writeOsParts({ parts }: OsBranch, writeGroup: WriteGroup = UNNAMED): string {
  let number = 0;
  return parts.map((part) => (typeof part === 'string' ? part : writeGroup(part, number++))).join('');
}

/** All branches, where case does not matter. */
export function writeOsRegex(branches: readonly OsBranch[]): string {
  return `(?i)${branches.map((branch) => writeOsBranch(branch)).join('|')}`;
}
