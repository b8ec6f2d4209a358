import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import type { PrefixCutter } from '../regex/cut-prefix.js';
import { type GroupNames, readPerl, refersToGroups } from '../regex/read-perl.js';

/** The pattern of a `watchfor`, for what stands behind stamp and host. */
export interface SwatchPattern {
  readonly perl: string;
  readonly host: string | null;
  readonly doubts: readonly string[];
}

export type ReadPattern =
  | { readonly ok: true; readonly pattern: SwatchPattern }
  | { readonly ok: false; readonly reason: string };

/** Characters of a pattern; a longer one is none that anybody wrote. */
const MAX_PATTERN = 32 * 1024;

/** `/a/`, `/a/i`, `m{a}`, with `||`, `or` or a comma between several. */
export function readPattern(
  source: string,
  variables: ReadonlyMap<string, string>,
  nameOf: GroupNames,
  cutter: PrefixCutter,
): ReadPattern {
  if (source.length > MAX_PATTERN)
    return { ok: false, reason: `it is longer than ${MAX_PATTERN} characters` };
  const parts = split(source);
  if (!parts)
    return { ok: false, reason: 'it is more than regexes with || between them, and no Perl code is run' };
  const regexes: string[] = [];
  const doubts: string[] = [];
  const hosts = new Set<string | null>();
  for (const { regex, flags } of parts) {
    const whole = withVariables(regex, variables);
    if (whole === null) return { ok: false, reason: 'it holds a variable whose value is not known' };
    const tree = readPerl(
      flags.includes('x') ? `(?x)${whole}` : whole,
      parts.length > 1 ? () => null : nameOf,
    );
    if (!tree.ok) return { ok: false, reason: tree.reason };
    if (refersToGroups(whole))
      doubts.push('its groups are referred to by number, so they stay, and letters mask them');
    const cut = flags.includes('x')
      ? [{ ok: true, regex: { perl: `(?x)${whole}`, host: null, doubt: null } } as const]
      : tree.branches.map((branch) => cutter.cut(branch));
    const bad = cut.find((one) => !one.ok);
    if (bad && !bad.ok) return bad;
    const branches = cut.flatMap((one) => (one.ok ? [one.regex] : []));
    for (const { host, doubt } of branches) {
      hosts.add(host);
      if (doubt) doubts.push(doubt);
    }
    const joined = branches.map(({ perl }) => perl).join('|');
    regexes.push(flags.includes('i') ? (parts.length > 1 ? `(?i:${joined})` : `(?i)${joined}`) : joined);
  }
  if (hosts.size > 1)
    return { ok: false, reason: 'its branches are for several hosts: write a rule for each' };
  const perl = regexes.length === 1 ? (regexes[0] ?? '') : regexes.map((one) => `(?:${one})`).join('|');
  const compiled = compile(perl);
  if (!compiled.ok) return { ok: false, reason: `as ${quote(perl)}: ${compiled.seen}; ${compiled.instead}` };
  const [host = null] = hosts;
  return { ok: true, pattern: { perl, host, doubts } };
}

/** The pieces of `/a/i || /b/`; null: it is something else. */
function split(source: string): { readonly regex: string; readonly flags: string }[] | null {
  const parts: { regex: string; flags: string }[] = [];
  const piece =
    /\s*(?:\/((?:[^/\\]|\\.)*)\/|m\{((?:[^{}\\]|\\.|\{[^{}]*\})*)\}|m([|!#,%@])((?:[^\\]|\\.)*?)\3)([gimosx]*)\s*(\|\||\bor\b|,|#.*|$)/sy;
  for (let isLast = false; !isLast; ) {
    const [text, slashed, braced, , other, flags = '', behind = ''] = piece.exec(source) ?? [];
    if (text === undefined) return null;
    parts.push({ regex: slashed ?? braced ?? other ?? '', flags });
    isLast = behind === '' || behind.startsWith('#');
  }
  return parts;
}

/** Puts in the values of `$x` and `${x}`; null: one is not known. `$)`, `$|` and a `$` at the end are anchors. */
function withVariables(regex: string, variables: ReadonlyMap<string, string>): string | null {
  let isKnown = true;
  const whole = regex.replaceAll(
    /\\.|\$(?:(\w+)|\{(\w+)\})|@\w+/gs,
    (text, name?: string, braced?: string) => {
      const variable = name ?? braced;
      if (text.startsWith('\\') || (variable === undefined && text.startsWith('@'))) return text;
      const value = variables.get(variable ?? '');
      if (value === undefined) isKnown = false;
      return value ?? '';
    },
  );
  return isKnown ? whole : null;
}
