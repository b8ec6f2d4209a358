import { TokenKind, type Tokens } from './tokens.js';
import { DAYS, MONTHS, UNIT_WORDS, ZONES } from './words.js';

const { word, integer, decimal, number, quantity, time, date } = TokenKind;

/** Longer words are no unit, no month, no day. */
const LONGEST = 12;

/** Makes one token of a number and the unit behind it, and one of `Fri Jun 17 07:07:00 CEST 2005`. */
export function joinTimes(tokens: Tokens): void {
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.kind(at) !== word || tokens.end(at) - tokens.start(at) > LONGEST) continue;
    const isBehindNumber = isNumber(tokens, at - 1) && !tokens.isGlued(at);
    if (!isBehindNumber && tokens.kind(at + 1) !== integer) continue;
    const text = tokens.textOf(at).toLowerCase();
    if (isBehindNumber && UNIT_WORDS.has(text)) {
      tokens.join(at - 1, at, quantity);
      at -= 1;
    } else if (MONTHS.has(text)) at = joinDate(tokens, at);
  }
}

function isNumber(tokens: Tokens, at: number): boolean {
  const kind = tokens.kind(at);
  return kind === integer || kind === decimal || kind === number;
}

/** A month with a number beside it, and what is of the same date. Returns where it is then. */
function joinDate(tokens: Tokens, month: number): number {
  const isDayBehind = isShort(tokens, month + 1);
  if (!isDayBehind && !isShort(tokens, month - 1)) return month;
  let from = month;
  let to = isDayBehind ? month + 1 : month;
  if (!isDayBehind) from -= 1;
  if (isWord(tokens, from - 1, DAYS)) from -= 1;
  else if (tokens.single(from - 1) === COMMA && isWord(tokens, from - 2, DAYS)) from -= 2;
  for (;;) {
    const next = to + 1;
    if (tokens.kind(next) === time || isYear(tokens, next) || isWord(tokens, next, ZONES)) to = next;
    else if (tokens.single(next) === COMMA && (tokens.kind(next + 1) === time || isYear(tokens, next + 1)))
      to = next + 1;
    else break;
  }
  tokens.join(from, to, date);
  return from;
}

const COMMA = 44;

/** A day of the month, or a short year. */
function isShort(tokens: Tokens, at: number): boolean {
  return tokens.kind(at) === integer && tokens.end(at) - tokens.start(at) <= 2;
}

function isYear(tokens: Tokens, at: number): boolean {
  if (tokens.kind(at) !== integer || tokens.end(at) - tokens.start(at) !== 4) return false;
  const text = tokens.textOf(at);
  return text.startsWith('19') || text.startsWith('20');
}

function isWord(tokens: Tokens, at: number, words: ReadonlySet<string>): boolean {
  return tokens.kind(at) === word && words.has(tokens.textOf(at).toLowerCase());
}
