import { type CharSet, charSet, HORIZONTAL, LAST_CHARACTER, POSIX, type Range } from './char-set.js';

/** Names that JavaScript does not have or defines differently, as content of a bracketed class. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['alpha', '\\p{Alphabetic}'],
  ['alnum', '\\p{Alphabetic}\\p{Nd}'],
  ['digit', '\\p{Nd}'],
  ['lower', '\\p{Lowercase}'],
  ['upper', '\\p{Uppercase}'],
  ['space', '\\p{White_Space}'],
  ['spaceperl', '\\p{White_Space}'],
  ['word', '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'],
  ['punct', '\\p{P}'],
  ['cntrl', '\\p{Cc}'],
  ['all', '\\p{Any}'],
]);

const known = new Map<string, CharSet | null>();

/** The characters of `\p{name}` (perluniprops): categories, scripts and the common binary properties; else null. */
export function unicodeProperty(name: string): CharSet | null {
  const found = known.get(name);
  if (found !== undefined) return found;
  const set = findProperty(name.trim());
  known.set(name, set);
  return set;
}

/** Perl ignores case, blanks, `-`, `_` and a leading `Is`; JavaScript needs the exact name. */
function findProperty(name: string): CharSet | null {
  const [key = '', value] = name.split(/\s*[=:]\s*/, 2);
  if (value !== undefined)
    return firstOf([value, capitalised(value)].map((text) => `${capitalised(key)}=${text}`));
  const bare = key.replace(/^is[\s_-]?/i, '');
  const loose = bare.toLowerCase().replace(/[\s_-]/g, '');
  if (loose === 'blank' || loose === 'xposixblank') return HORIZONTAL;
  const posix = loose.startsWith('posix') ? POSIX.get(loose.slice(5)) : undefined;
  const alias = ALIASES.get(loose.replace(/^xposix(?!punct)/, ''));
  if (posix || alias !== undefined) return posix ?? collect(new RegExp(`^[${alias}]$`, 'u'));
  return firstOf([bare, capitalised(bare), `Script_Extensions=${capitalised(bare)}`]);
}

function firstOf(properties: readonly string[]): CharSet | null {
  for (const property of properties) {
    const regex = compiled(property);
    if (regex) return collect(regex);
  }
  return null;
}

function capitalised(name: string): string {
  return name
    .split(/[\s_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('_');
}

function compiled(property: string): RegExp | null {
  if (!/^[\w=]+$/.test(property)) return null;
  try {
    return new RegExp(`^\\p{${property}}$`, 'u');
  } catch {
    return null;
  }
}

function collect(regex: RegExp): CharSet {
  const ranges: Range[] = [];
  let first = -1;
  for (let code = 0; code <= LAST_CHARACTER + 1; code++) {
    const inside = code <= LAST_CHARACTER && regex.test(String.fromCodePoint(code));
    if (inside && first < 0) first = code;
    if (inside || first < 0) continue;
    ranges.push([first, code - 1]);
    first = -1;
  }
  return charSet(ranges);
}
