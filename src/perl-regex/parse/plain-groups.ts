/** Longer regexes are parsed: this bounds the stack that the regexes below need. */
const MAX_LENGTH = 2000;

/** Groups in groups; the parser allows more. */
const MAX_DEPTH = 50;

const POSIX = 'alpha|digit|alnum|ascii|blank|cntrl|graph|lower|print|punct|space|upper|word|xdigit';
/** Ranges that surely rise. */
const RANGE = 'a-z|A-Z|0-9|a-f|A-F';
const ESCAPED = String.raw`\\[dDsSwW./()[\]{}|*+?^$"'#:;,=@!%&~-]`;
const CLASS = String.raw`\[(?!:\^?[a-z]+:\])\^?-?(?:${RANGE}|\[:\^?(?:${POSIX}):\]|${ESCAPED}|[\w /:=,;<>@%~!&'"\x60#.()|*+?{}$])+-?\]`;
const ATOM = String.raw`[\w /:=,;<>@%~!&'"\x60#.-]|${ESCAPED}|${CLASS}|\)`;
const OPENING = String.raw`\((?:\?(?::|<[A-Za-z_]\w{0,30}>))?`;
const QUANTIFIER = String.raw`(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??`;
const PLAIN = new RegExp(String.raw`^\^?(?:(?:${ATOM})(?:${QUANTIFIER})?|${OPENING}|\||\\b)*\$?$`);

/** Parentheses, and what may hold some that are none. */
const MARKS = /\\.|\[(?:\[:\^?\w+:\]|\\.|[^\]])*\]|\((?:\?(?::|<(\w+)>))?|\)/g;
const COUNTS = /\{(\d+),(\d+)\}/g;

/**
 * By index, the names of the capture groups of a regex (null: none), if its syntax is so simple that a look tells: it is
 * sound, deserves no notice, and its anchors stand at its ends only. Null: it must be parsed. Most rules are as simple.
 */
export function plainGroups(source: string): readonly (string | null)[] | null {
  if (source.length > MAX_LENGTH || !PLAIN.test(source) || countsFall(source)) return null;
  const names: (string | null)[] = [];
  let depth = 0;
  for (const [mark, name] of source.matchAll(MARKS)) {
    if (mark === ')') depth--;
    else if (mark.startsWith('(')) {
      depth++;
      if (mark !== '(?:') names.push(name ?? null);
    }
    if (depth < 0 || depth > MAX_DEPTH) return null;
  }
  return depth === 0 ? names : null;
}

/** As in `a{3,2}`. */
function countsFall(source: string): boolean {
  if (!source.includes('{')) return false;
  return [...source.matchAll(COUNTS)].some(([, least, most]) => Number(least) > Number(most));
}
