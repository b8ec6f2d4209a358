import { type Cursor, type Modifiers, NO_MODIFIERS } from './cursor.js';

type Setting = { -readonly [key in keyof Modifiers]: Modifiers[key] };

/** Reads the letters of `(?i-x)`, `(?i:`, `(?^s:` after their `(?`, up to the `)` or `:` (perlre, "(?adlupimnsx-imnsx)"). */
export function parseModifiers(cursor: Cursor, open: number): Modifiers {
  const reset = cursor.skip('^');
  const setting: Setting = reset ? { ...NO_MODIFIERS } : { ...cursor.modifiers };
  const letters = readLetters(cursor);
  setLetters(cursor, letters, setting);
  if (cursor.peek() === '-' && !reset) {
    cursor.at++;
    clearLetters(cursor, setting);
  }
  if (cursor.peek() !== ')' && cursor.peek() !== ':') refuseGroup(cursor, open);
  return setting;
}

function readLetters(cursor: Cursor): string {
  return cursor.slice(cursor.at, cursor.at + lettersAhead(cursor));
}

function lettersAhead(cursor: Cursor): number {
  let count = 0;
  while (/^[a-zA-Z]$/.test(cursor.peek(count))) count++;
  return count;
}

function setLetters(cursor: Cursor, letters: string, setting: Setting): void {
  for (const letter of letters) {
    setLetter(cursor, letter, setting, letters);
    cursor.at++;
  }
}

function setLetter(cursor: Cursor, letter: string, setting: Setting, letters: string): void {
  switch (letter) {
    case 'i':
    case 'm':
    case 's':
    case 'n':
      setting[letter] = true;
      return;
    case 'x':
      setting.x = letters.split('x').length > 2 ? 'xx' : 'x';
      return;
    // Classes are ASCII anyway; `p` keeps a copy that only Perl code can see.
    case 'a':
      if (letters.split('a').length > 3) refuseLetter(cursor, letter);
      return;
    case 'd':
    case 'p':
      return;
    case 'u':
    case 'l':
      cursor.refuse(
        cursor.at,
        `the modifier "${letter}"`,
        'leave it out: \\w, \\d and \\s match ASCII only, as in Tenshi',
      );
      break;
    case 'o':
    case 'g':
    case 'c':
      cursor.notice(cursor.at, `the modifier "${letter}" has no meaning inside a regex`, 'remove it');
      break;
    default:
      refuseLetter(cursor, letter);
  }
}

function clearLetters(cursor: Cursor, setting: Setting): void {
  for (const letter of readLetters(cursor)) {
    if (letter === 'x') setting.x = 'off';
    else if (letter === 'i' || letter === 'm' || letter === 's' || letter === 'n') setting[letter] = false;
    else if (letter !== 'p') refuseLetter(cursor, letter);
    cursor.at++;
  }
}

function refuseLetter(cursor: Cursor, letter: string): never {
  return cursor.refuse(cursor.at, `unknown modifier "${letter}"`, 'write i, m, n, s or x');
}

const UNKNOWN_GROUPS: readonly (readonly [begins: string, seen: string, instead: string])[] = [
  ['?{', 'embedded code, "(??{...})"', 'write out what it stands for: regexes cannot run code here'],
  ['{', 'embedded code, "(?{...})"', 'remove it: regexes cannot run code here'],
  ['p{', 'embedded code, "(?p{...})"', 'remove it: regexes cannot run code here'],
  ['[', 'an extended class, "(?[...])"', 'write a plain class: [...]'],
];

/** Rejects an unknown `(?` group. */
function refuseGroup(cursor: Cursor, open: number): never {
  const rest = cursor.slice(open + 2, open + 6);
  for (const [begins, seen, instead] of UNKNOWN_GROUPS)
    if (rest.startsWith(begins)) cursor.refuse(open, seen, instead);
  return cursor.refuse(
    open,
    `unknown group "${cursor.slice(open, open + 4)}"`,
    'write (?:...), (?i), (?=...), (?!...), (?<=...), (?<!...), (?>...) or (?<name>...)',
  );
}
