import { type Cursor, type Modifiers, NO_MODIFIERS } from './cursor.js';

type Setting = { -readonly [key in keyof Modifiers]: Modifiers[key] };

/** Reads the letters of `(?i-x)`, `(?i:`, `(?^s:` behind their `(?`, up to the `)` or `:` (perlre, "(?adlupimnsx-imnsx)"). */
export function parseModifiers(reading: Cursor, open: number): Modifiers {
  const reset = reading.skip('^');
  const setting: Setting = reset ? { ...NO_MODIFIERS } : { ...reading.modifiers };
  const letters = readLetters(reading);
  setLetters(reading, letters, setting);
  if (reading.peek() === '-' && !reset) {
    reading.at++;
    clearLetters(reading, setting);
  }
  if (reading.peek() !== ')' && reading.peek() !== ':') refuseGroup(reading, open);
  return setting;
}

function readLetters(reading: Cursor): string {
  return reading.slice(reading.at, reading.at + lettersAhead(reading));
}

function lettersAhead(reading: Cursor): number {
  let count = 0;
  while (/^[a-zA-Z]$/.test(reading.peek(count))) count++;
  return count;
}

function setLetters(reading: Cursor, letters: string, setting: Setting): void {
  for (const letter of letters) {
    setLetter(reading, letter, setting, letters);
    reading.at++;
  }
}

function setLetter(reading: Cursor, letter: string, setting: Setting, letters: string): void {
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
    // ASCII classes are what we have anyway; `p` keeps a copy that only Perl code can see.
    case 'a':
      if (letters.split('a').length > 3) refuseLetter(reading, letter);
      return;
    case 'd':
    case 'p':
      return;
    case 'u':
    case 'l':
      reading.refuse(
        reading.at,
        `the modifier "${letter}"`,
        'leave it out: \\w, \\d and \\s are ASCII here, as for Tenshi',
      );
      break;
    case 'o':
    case 'g':
    case 'c':
      reading.notice(reading.at, `the modifier "${letter}" has no meaning inside a regex`, 'remove it');
      break;
    default:
      refuseLetter(reading, letter);
  }
}

function clearLetters(reading: Cursor, setting: Setting): void {
  for (const letter of readLetters(reading)) {
    if (letter === 'x') setting.x = 'off';
    else if (letter === 'i' || letter === 'm' || letter === 's' || letter === 'n') setting[letter] = false;
    else if (letter !== 'p') refuseLetter(reading, letter);
    reading.at++;
  }
}

function refuseLetter(reading: Cursor, letter: string): never {
  return reading.refuse(reading.at, `the unknown modifier "${letter}"`, 'known are i, m, n, s and x');
}

const UNKNOWN_GROUPS: readonly (readonly [begins: string, seen: string, instead: string])[] = [
  ['?{', 'embedded code, "(??{...})"', 'write what it stands for: regexes run no code here'],
  ['{', 'embedded code, "(?{...})"', 'remove it: regexes run no code here'],
  ['p{', 'embedded code, "(?p{...})"', 'remove it: regexes run no code here'],
  ['[', 'an extended class, "(?[...])"', 'write a plain class: [...]'],
];

/** `(?` is followed by nothing we know. */
function refuseGroup(reading: Cursor, open: number): never {
  const rest = reading.slice(open + 2, open + 6);
  for (const [begins, seen, instead] of UNKNOWN_GROUPS)
    if (rest.startsWith(begins)) reading.refuse(open, seen, instead);
  return reading.refuse(
    open,
    `the unknown group "${reading.slice(open, open + 4)}"`,
    'write (?:...), (?i), (?=...), (?!...), (?<=...), (?<!...), (?>...) or (?<name>...)',
  );
}
