import type { TextView } from '../../perl-regex/perl-regex.js';
import { TECHNICAL, UNITS } from '../suggest/words.js';
import { domainEnd, ipv4End, ipv6End, isOfLocalPart, pairsEnd, uuidEnd } from './addresses.js';
import { isHexNumber, isOpening, isPunctuation, joinsValues, nameEnd, versionEnd } from './marks.js';
import { MASK_KINDS, type MaskKind } from './mask-kinds.js';
import {
  blobStart,
  compoundEnd,
  fillEnd,
  hasVowel,
  isBlob,
  isShortName,
  MIN_BLOB,
  Piece,
  plainNumberEnd,
  plainWordEnd,
} from './read-word.js';
import { namedTimeEnd, timeEnd } from './times.js';
import { bitsOf, DIGIT, JOINT, LETTER, PATH, START, Units, UPPER, WORD } from './units.js';
import { WordTable } from './word-table.js';

const PLUS = 43;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const QUESTION = 63;
const AT = 64;
const UNDERSCORE = 95;
const BLANK = 32;

/** A message has more masks only when it is a dump; what stands behind them stays as it is. */
export const MAX_MASKS = 500;

/** Arrays of up to so many starts and ends are kept from text to text. */
const MAX_RETAINED = 64;

/** Digits and letters of a hexadecimal number without `0x`: with digits, and of letters alone (`facade` is a word). */
const MIN_HEX = 6;
const MIN_WORDLESS_HEX = 8;
/** In a shorter one so many letters in front are a word: `cafe01`. */
const MIN_STEM = 4;
/** Letters behind the id of a replica set, without vowels: `web-7d9f8b6c5d-xkzlw`. */
const SUFFIX = 5;

const UNIT_TABLE = new WordTable(UNITS);
const TECHNICAL_TABLE = new WordTable(TECHNICAL);

const bitOf = (kind: MaskKind): number => 1 << MASK_KINDS.indexOf(kind);
const NUMBER = bitOf('number');
const ADDRESS = bitOf('address');
const HEX_NUMBER = bitOf('hex');
const ID = bitOf('id');
const UUID = bitOf('uuid');
const TIME = bitOf('time');
const PATH_KIND = bitOf('path');

/** What is masked in the name of a program, too, which may have a number of its own (`python3`). */
const IN_NAMES = HEX_NUMBER | ID | UUID;

/**
 * Finds in a text what is a value by its look: numbers, addresses, ids, times, paths with numbers in them; never a word.
 * One pass with a bounded look ahead: time is linear in the text, whatever it holds. Values that stand side by side,
 * joined by a dot, a dash or an underscore, are one.
 */
export class AutoMasker {
  readonly #kinds: number;
  readonly #units = new Units();
  readonly #piece = new Piece();
  /** Start and end in turn, in use up to `#count`. */
  readonly #spans = new Int32Array(2 * MAX_MASKS + 2);
  /** By length, what was returned last: to set the length of an array costs V8 more than to copy a few spans. */
  readonly #returned: number[][] = [];
  #count = 0;
  #from = 0;
  /** Where the name of the program ends. */
  #nameEnd = 0;
  /** Up to here it is known that no key in Base64 begins. */
  #compoundEnd = 0;
  /** The last span is an id or a hexadecimal number. */
  #isBehindId = false;

  constructor(kinds: Iterable<MaskKind> = MASK_KINDS) {
    this.#kinds = [...kinds].reduce((bits, kind) => bits | bitOf(kind), 0);
  }

  /** The spans of a view, in UTF-16 units of its whole text; the array is valid until the next call. */
  spansIn({ whole, from, gap, resume, to }: TextView): readonly number[] {
    this.#count = 0;
    this.#compoundEnd = 0;
    this.#units.set(whole.units, gap);
    this.#nameEnd = resume === to ? nameEnd(this.#units, from) : gap;
    this.#scan(from, gap);
    if (resume !== to) {
      this.#units.set(whole.units, to);
      this.#scan(resume, to);
    }
    return this.#copied();
  }

  #copied(): readonly number[] {
    const count = this.#count;
    const spans = this.#spans;
    if (count > MAX_RETAINED) return Array.from(spans.subarray(0, count));
    while (this.#returned.length <= count) this.#returned.push(Array(this.#returned.length).fill(0));
    const returned = this.#returned[count] as number[];
    for (let at = 0; at < count; at++) returned[at] = spans[at] as number;
    return returned;
  }

  #scan(from: number, to: number): void {
    const units = this.#units;
    this.#from = from;
    this.#isBehindId = false;
    const { array } = units;
    for (let at = from; at < to && this.#count < 2 * MAX_MASKS; ) {
      const bits = bitsOf(array[at] as number);
      if ((bits & LETTER) !== 0) {
        const end = plainWordEnd(array, at, to);
        at = end > 0 && this.#isWord(at, end) ? end : this.#word(at);
      } else if ((bits & DIGIT) !== 0) {
        const end = plainNumberEnd(array, at, to);
        at = end > 0 ? this.#add(NUMBER, this.#withSign(at), end) : this.#word(at);
      } else at = (bits & START) === 0 ? at + 1 : this.#mark(at);
    }
  }

  /** Whether what was found to have no digit is surely a word, whatever stands beside it. */
  #isWord(at: number, end: number): boolean {
    const units = this.#units;
    const length = end - at;
    const next = units.code(end);
    if (at >= this.#compoundEnd && ((units.bits(end) & JOINT) !== 0 || length >= MIN_BLOB)) return false;
    if (length === 3 && (units.bits(at) & UPPER) !== 0) return false;
    return !(length === SUFFIX && this.#isBehindId) && !(next === COLON && units.code(end + 1) === SLASH);
  }

  /** A character that is neither a letter nor a digit. Returns where to go on. */
  #mark(at: number): number {
    const units = this.#units;
    switch (units.code(at)) {
      case SLASH:
        return this.#slash(at);
      case AT:
        return this.#at(at);
      case COLON: {
        if (units.code(at + 1) !== COLON || this.#isWordBefore(at) || this.#before(at) === COLON)
          return at + 1;
        const end = ipv6End(units, at);
        return end > at ? this.#add(ADDRESS, at, end) : at + 1;
      }
      default:
        return at + 1;
    }
  }

  #before(at: number): number {
    return at > this.#from ? this.#units.code(at - 1) : BLANK;
  }

  #isWordBefore(at: number): boolean {
    return at > this.#from && this.#units.isWord(at - 1);
  }

  /** A path begins with a slash that no letter stands before, and goes on with a letter. */
  #slash(at: number): number {
    const units = this.#units;
    const next = units.code(at + 1);
    const isPath = (units.bits(at + 1) & LETTER) !== 0 || next === DOT || next === UNDERSCORE;
    if (this.#isWordBefore(at) || !isPath) return at + 1;
    return this.#path(at, at, false);
  }

  /** Masks a path or URL with a number in it; `from`: where it begins. Returns where it ends. */
  #path(from: number, at: number, isUrl: boolean): number {
    const units = this.#units;
    let end = at;
    let hasDigit = false;
    let hasQuery = false;
    for (; ; end++) {
      const bits = units.bits(end);
      if ((bits & DIGIT) !== 0) hasDigit = true;
      if ((bits & (WORD | PATH)) === 0) {
        const code = units.code(end);
        if (!(code === EQUALS && hasQuery) && !(code === COLON && isUrl)) break;
      } else if (units.code(end) === QUESTION) hasQuery = true;
    }
    while (end > at + 1 && isPunctuation(units.code(end - 1))) end -= 1;
    if (hasDigit) this.#add(PATH_KIND, from, end);
    return end;
  }

  /** What stands before and behind an `@` may be a mail address; what was masked in it is part of it. */
  #at(at: number): number {
    const units = this.#units;
    let start = at;
    while (start > this.#from && (units.isWord(start - 1) || isOfLocalPart(units.code(start - 1))))
      start -= 1;
    while (start < at && !units.isWord(start)) start += 1;
    const end = start < at ? domainEnd(units, at + 1) : at;
    if (end <= at + 1) return at + 1;
    const isWanted = (this.#kinds & ADDRESS) !== 0 && start >= this.#nameEnd;
    while (isWanted && this.#count > 0 && (this.#spans[this.#count - 1] as number) > start)
      if ((this.#spans[this.#count - 2] as number) < start) start = this.#spans[this.#count - 2] as number;
      else this.#count -= 2;
    return this.#add(ADDRESS, start, end);
  }

  /** Letters and digits, and what they are the beginning of. Returns where to go on. */
  #word(at: number): number {
    const units = this.#units;
    const piece = this.#piece;
    piece.read(units, at);
    const next = units.code(piece.end);
    if (at >= this.#compoundEnd && ((units.bits(piece.end) & JOINT) !== 0 || piece.length >= MIN_BLOB)) {
      const end = this.#blob(at);
      if (end > at) return end;
    }
    if (piece.digits > 0 || piece.isHex) {
      const end = this.#compound(at, next);
      if (end > at) return end;
    }
    if (piece.digits === 0) return this.#letters(piece, next);
    if (piece.digits === piece.length) return this.#number(at);
    return this.#mixed(piece);
  }

  /** Masks a key in Base64. Returns where it ends; `at`: there is none. */
  #blob(at: number): number {
    const units = this.#units;
    const end = compoundEnd(units, at);
    this.#compoundEnd = end;
    if (!isBlob(units, at, end)) return at;
    return this.#add(ID, blobStart(units, this.#from, at), fillEnd(units, end));
  }

  /** Masks a time, an address or a UUID, which have marks in them. Returns where it ends; `at`: there is none. */
  #compound(at: number, next: number): number {
    const units = this.#units;
    const piece = this.#piece;
    if ((units.bits(at) & DIGIT) !== 0) {
      const time = timeEnd(units, at);
      if (time > at) return this.#add(TIME, at, time);
      const ipv4 = next === DOT && !this.#isDecimal(at) ? ipv4End(units, at) : at;
      if (ipv4 > at) return this.#add(ADDRESS, at, ipv4);
    }
    if (!piece.isHex || (next !== COLON && next !== DASH)) return at;
    if (piece.length === 2) {
      const pairs = pairsEnd(units, at);
      if (pairs > at) return this.#add(ADDRESS, at, pairs);
    }
    if (next === COLON && piece.length <= 4 && this.#before(at) !== COLON) {
      const ipv6 = ipv6End(units, at);
      if (ipv6 > at) return this.#add(ADDRESS, at, ipv6);
    }
    if (next !== DASH || piece.length !== 8) return at;
    const uuid = uuidEnd(units, at);
    return uuid > at ? this.#add(UUID, at, uuid) : at;
  }

  /** Whether digits and a dot stand in front: `5.1.2.3.4` is no address. */
  #isDecimal(at: number): boolean {
    return this.#before(at) === DOT && this.#isWordBefore(at - 1);
  }

  #letters({ start, end, length, isHex, isMixed }: Piece, next: number): number {
    const units = this.#units;
    if (next === COLON && units.code(end + 1) === SLASH && units.code(end + 2) === SLASH)
      return this.#path(start, end, true);
    if (length === 3) {
      const time = namedTimeEnd(units, start);
      if (time > start) return this.#add(TIME, start, time);
    }
    if (isHex && !isMixed && length >= MIN_WORDLESS_HEX) return this.#add(HEX_NUMBER, start, end);
    if (length === SUFFIX && this.#isSuffix(start) && !hasVowel(units, start, end))
      return this.#add(ID, start, end);
    return end;
  }

  /** Whether an id stands in front, with a dash between. */
  #isSuffix(start: number): boolean {
    return this.#isBehindId && this.#before(start) === DASH && this.#spans[this.#count - 1] === start - 1;
  }

  /** Digits, groups of them with dots between, and a unit. */
  #number(start: number): number {
    const units = this.#units;
    let end = units.skip(start, DIGIT);
    let last = end;
    while (units.code(end) === DOT && units.isDigit(end + 1)) {
      last = end;
      end = units.skip(end + 1, DIGIT);
    }
    if ((units.bits(end) & LETTER) !== 0) {
      const unit = units.skip(end, WORD);
      end = UNIT_TABLE.has(units.array, end, unit) ? unit : last;
    }
    return this.#add(NUMBER, this.#withSign(start), end);
  }

  #withSign(start: number): number {
    const sign = this.#before(start);
    if (sign !== DASH && sign !== PLUS) return start;
    const isSign = start - 1 === this.#from || isOpening(this.#units.code(start - 2));
    return isSign && start - 1 >= this.#from ? start - 1 : start;
  }

  /** Letters and digits in one. */
  #mixed({ start, end, length, isHex, isDigitFirst, changes, firstChange }: Piece): number {
    const units = this.#units;
    if (isDigitFirst && changes === 1 && UNIT_TABLE.has(units.array, firstChange, end))
      return this.#add(NUMBER, this.#withSign(start), end);
    if (isHexNumber(units, start, end)) return this.#add(HEX_NUMBER, start, end);
    const isStem = !isDigitFirst && changes === 1;
    const hasStem = isStem && firstChange - start >= MIN_STEM && length < MIN_WORDLESS_HEX;
    if (isHex && length >= MIN_HEX && !hasStem) return this.#add(HEX_NUMBER, start, end);
    const isSuffix = this.#isSuffix(start);
    if (isSuffix) return this.#add(ID, start, end);
    if (TECHNICAL_TABLE.has(units.array, start, end)) return end;
    if (isStem) return this.#add(NUMBER, firstChange, versionEnd(units, end));
    return isShortName(this.#piece) ? end : this.#add(ID, start, end);
  }

  /**
   * Masks a span, or leaves it when its kind is not asked for. Underscores beside it belong to it, or masks with
   * underscores could not be told from the text. Returns where to go on.
   */
  #add(kind: number, from: number, to: number): number {
    if ((this.#kinds & kind) === 0 || (from < this.#nameEnd && (kind & IN_NAMES) === 0)) return to;
    const units = this.#units;
    let start = from;
    let end = to;
    while (start > this.#from && units.code(start - 1) === UNDERSCORE) start -= 1;
    while (units.code(end) === UNDERSCORE) end += 1;
    const last = this.#count > 0 ? (this.#spans[this.#count - 1] as number) : -1;
    if (last >= start || (last === start - 1 && start > this.#from && joinsValues(units.code(last))))
      this.#spans[this.#count - 1] = end;
    else {
      this.#spans[this.#count++] = start;
      this.#spans[this.#count++] = end;
    }
    this.#isBehindId = (kind & (HEX_NUMBER | ID)) !== 0 || to - from >= MIN_WORDLESS_HEX;
    return end;
  }
}
