/**
 * What a character is to the scanner. The order counts: from `BLANK` on, a character ends a run. A set of classes is a
 * number with the bit `1 << class` for each.
 */
export const CharClass = {
  letter: 0,
  digit: 1,
  dot: 2,
  colon: 3,
  slash: 4,
  dash: 5,
  underscore: 6,
  at: 7,
  backslash: 8,
  /** Separates parts of a run, and belongs to none: `#`, `&`, `+`, `*`, `!`, `?`, `^`. */
  splitter: 9,
  percent: 10,
  dollar: 11,
  tilde: 12,
  /** Kana and kanji: such texts have no blanks; they are cut where the script changes. */
  wide: 13,
  other: 14,
  blank: 15,
  /** Brackets, quotes, comma, semicolon, `=` and `|`: tokens of their own, wherever they stand. */
  delimiter: 16,
} as const;

const TABLE_SIZE = 128;
const FIRST_WIDE = 0x2e80;
const LAST_WIDE = 0xffef;
const FIRST_LATIN_LETTER = 0xaa;

const table = new Uint8Array(TABLE_SIZE).fill(CharClass.other);

function enter(characters: string, charClass: number): void {
  for (const character of characters) table[character.charCodeAt(0)] = charClass;
}

enter('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', CharClass.letter);
enter('0123456789', CharClass.digit);
enter('.', CharClass.dot);
enter(':', CharClass.colon);
enter('/', CharClass.slash);
enter('-', CharClass.dash);
enter('_', CharClass.underscore);
enter('@', CharClass.at);
enter('\\', CharClass.backslash);
enter('#&+*!?^', CharClass.splitter);
enter('%', CharClass.percent);
enter('$', CharClass.dollar);
enter('~', CharClass.tilde);
enter(' \t', CharClass.blank);
enter('()[]{}<>"\'`,;=|', CharClass.delimiter);

/** The class of a UTF-16 unit. Letters of scripts that have blanks between words are letters. */
export function charClass(code: number): number {
  if (code < TABLE_SIZE) return table[code] as number;
  if (code >= FIRST_WIDE && code <= LAST_WIDE) return CharClass.wide;
  return code >= FIRST_LATIN_LETTER ? CharClass.letter : CharClass.other;
}

export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isHexCode(code: number): boolean {
  return isDigitCode(code) || ((code | 32) >= 97 && (code | 32) <= 102);
}

export function isLetterCode(code: number): boolean {
  return charClass(code) === CharClass.letter;
}

/** Kinds of script within text without blanks: hiragana, katakana, full-width digits, and all else (kanji). */
export function scriptOf(code: number): number {
  if (code >= 0x3041 && code <= 0x309f) return 1;
  if ((code >= 0x30a0 && code <= 0x30ff) || (code >= 0xff66 && code <= 0xff9f)) return 2;
  if (code >= 0xff10 && code <= 0xff19) return 3;
  return code <= 0x303f || (code >= 0xff00 && code <= 0xff65) ? 4 : 0;
}
