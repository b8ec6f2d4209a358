import { atomKind, blobKind, isBlob, lettersKind } from './atoms.js';
import { CharClass, charClass, isDigitCode, isHexCode, isLetterCode, scriptOf } from './char-classes.js';
import { joinTimes } from './join-times.js';
import { colonKind, isMailDomain, isWindowsPath, pathKind } from './joined.js';
import { TokenKind, Tokens } from './tokens.js';

/** Further into a message nothing is looked at: what tells one kind from another stands before. */
export const MAX_SCANNED = 2048;

/** Longer texts without a blank are no more cut up: they are data. It bounds the work on hostile lines. */
const MAX_RUN = 400;

const { letter, digit, colon, slash, dash, underscore, at: AT, backslash, splitter, wide } = CharClass;
const { punctuation, word, integer, number, id, path, url, empty, rest, mail, ipv6 } = TokenKind;

const ONLY_LETTERS = 1 << letter;
const ONLY_DIGITS = 1 << digit;
const WORD_CLASSES = (1 << letter) | (1 << dash) | (1 << underscore);

/**
 * Cuts messages into tokens by what their characters look like: one pass over the message, further looks only at
 * runs that are no plain words. Time is linear in the message, whatever it holds.
 */
export class Scanner {
  readonly tokens = new Tokens();
  #text = '';

  /** The tokens of a message; they hold until the next call. */
  scan(text: string): Tokens {
    const { tokens } = this;
    this.#text = text;
    tokens.text = text;
    tokens.count = 0;
    const end = Math.min(text.length, MAX_SCANNED);
    let at = 0;
    let hasTimes = false;
    while (at < end && !tokens.isFull) {
      const kind = charClass(text.charCodeAt(at));
      if (kind === CharClass.blank) at += 1;
      else if (kind === CharClass.delimiter) at = this.#delimiter(at, end);
      else at = this.#run(at, end);
      hasTimes ||= tokens.count > 0 && tokens.kinds[tokens.count - 1] !== word;
    }
    if (hasTimes) joinTimes(tokens);
    while (at < text.length && charClass(text.charCodeAt(at)) === CharClass.blank) at += 1;
    if (at < text.length) tokens.push(rest, at, text.length);
    return tokens;
  }

  #code(at: number): number {
    return this.#text.charCodeAt(at);
  }

  #class(at: number): number {
    return at < this.#text.length ? charClass(this.#code(at)) : CharClass.blank;
  }

  /** A delimiter, and the nothing behind it when a value could stand there. */
  #delimiter(at: number, end: number): number {
    const { tokens } = this;
    const code = this.#code(at);
    if ((code === LESS || code === GREATER) && isDigitCode(this.#code(at + 1))) {
      const to = this.#comparison(at, end);
      if (to > at) return to;
    }
    tokens.push(punctuation, at, at + 1);
    if (code === OPEN && this.#code(at + 1) === CLOSE) tokens.push(empty, at + 1, at + 1);
    if (code === EQUALS && this.#isValueMissing(at)) tokens.push(empty, at + 1, at + 1);
    return at + 1;
  }

  /** `<1` in `lifetime <1 sec`, not in `<1>`: one number. Returns where it ends, `at` for none. */
  #comparison(at: number, end: number): number {
    let to = at + 1;
    while (to < end && (isDigitCode(this.#code(to)) || this.#code(to) === DOT)) to += 1;
    const next = this.#code(to);
    if (to < end && this.#class(to) !== CharClass.blank && next !== COMMA && next !== SEMICOLON) return at;
    this.tokens.push(number, at, to);
    return to;
  }

  /** Whether the `=` there ends with nothing: at the end, before another `key=`, or before a delimiter. */
  #isValueMissing(at: number): boolean {
    const { tokens } = this;
    const key = tokens.count - 2;
    if (tokens.kind(key) !== word || tokens.end(key) !== at) return false;
    const next = this.#code(at + 1);
    if (at + 1 < this.#text.length && this.#class(at + 1) !== CharClass.blank) return CLOSERS.includes(next);
    let from = at + 1;
    while (this.#code(from) === BLANK) from += 1;
    let to = from;
    while (this.#isOfKey(to)) to += 1;
    if (from >= this.#text.length || this.#class(from) === CharClass.delimiter) return true;
    return to > from && this.#code(to) === EQUALS;
  }

  #isOfKey(at: number): boolean {
    const kind = this.#class(at);
    return (
      at < this.#text.length && (kind === letter || kind === digit || kind === underscore || kind === dash)
    );
  }

  /** Reads what holds neither blanks nor delimiters, and cuts it up. Returns where it ends. */
  #run(at: number, end: number): number {
    let seen = 0;
    let to = at;
    const limit = Math.min(this.#text.length, end + MAX_RUN);
    for (; to < limit; to++) {
      const kind = charClass(this.#code(to));
      if (kind >= CharClass.blank) {
        if (kind === CharClass.delimiter && this.#goesOn(at, to, seen)) continue;
        break;
      }
      seen |= 1 << kind;
    }
    if (seen === ONLY_LETTERS) this.tokens.push(lettersKind(this.#text, at, to), at, to);
    else if (seen === ONLY_DIGITS) this.tokens.push(integer, at, to);
    else if (to - at > MAX_RUN) this.tokens.push(this.#code(at) === SLASH ? path : id, at, to);
    else this.#classify(at, to, seen);
    return to;
  }

  /** Whether a delimiter belongs to a URL or to what is asked of one: `/list?limit=3;sort=up`. */
  #goesOn(from: number, at: number, seen: number): boolean {
    if ((seen & (1 << slash)) === 0) return false;
    const code = this.#code(at);
    if (code !== EQUALS && code !== SEMICOLON && code !== COMMA) return false;
    if (code === COMMA && this.#class(at + 1) >= CharClass.blank) return false;
    return this.#isUrl(from, at) || (this.#code(from) === SLASH && this.#text.slice(from, at).includes('?'));
  }

  #isUrl(from: number, to: number): boolean {
    const scheme = this.#text.indexOf('://', from);
    return scheme > from && scheme < to && isLetterCode(this.#code(from));
  }

  /** Takes punctuation off both ends of a run, and cuts up what is left. */
  #classify(from: number, to: number, seen: number): void {
    if (seen & (1 << wide)) return this.#cutScripts(from, to);
    if (isBlob(this.#text, from, to)) return this.tokens.push(blobKind(this.#text, from, to), from, to);
    if (seen & (1 << colon)) {
      const at = this.#text.indexOf(':', from);
      if (at > from && isBlob(this.#text, at + 1, to)) return this.#split(from, at, to);
    }
    let first = from;
    while (first < to && this.#isLeading(first, to)) first += 1;
    let last = to;
    while (last > first && this.#isTrailing(last - 1) && !this.#isNetwork(first, last)) last -= 1;
    if (first > from) this.tokens.push(punctuation, from, first);
    if (this.#isAxis(first, last, to)) return this.tokens.push(id, first, to);
    if (last - first === to - from) this.#inner(first, last, seen);
    else if (isBlob(this.#text, first, last))
      this.tokens.push(blobKind(this.#text, first, last), first, last);
    else if (last > first) this.#inner(first, last, this.#seen(first, last));
    if (to > last) this.tokens.push(punctuation, last, to);
  }

  /** `z+`, `x-`: a letter with a sign. */
  #isAxis(from: number, last: number, to: number): boolean {
    if (last !== from + 1 || to !== last + 1 || !isLetterCode(this.#code(from))) return false;
    return this.#code(last) === PLUS || this.#code(last) === DASH;
  }

  /** Whether a character at the beginning of a run is punctuation, not part of what follows. */
  #isLeading(at: number, to: number): boolean {
    const kind = this.#class(at);
    if (kind === letter || kind === digit) return false;
    const next = at + 1 < to ? this.#code(at + 1) : 0;
    const nextKind = at + 1 < to ? this.#class(at + 1) : CharClass.blank;
    switch (this.#code(at)) {
      case DASH:
      case PLUS:
        return nextKind !== digit;
      case UNDERSCORE:
        return nextKind !== letter && nextKind !== underscore;
      case SLASH:
        return !(nextKind <= dash && nextKind !== colon && nextKind !== slash) && nextKind !== underscore;
      case TILDE:
        return next !== SLASH;
      case DOT:
        return next !== SLASH && !(next === DOT && this.#code(at + 2) === SLASH);
      case COLON:
        return !(next === COLON && isHexCode(this.#code(at + 2)) && colonKind(this.#text, at, to) >= 0);
      case PERCENT:
        return !isHexCode(next);
      default:
        return true;
    }
  }

  /** `2001:db8::` */
  #isNetwork(from: number, to: number): boolean {
    if (this.#code(to - 1) !== COLON || this.#code(to - 2) !== COLON) return false;
    return colonKind(this.#text, from, to) === ipv6;
  }

  /** Whether a character at the end of a run is punctuation. */
  #isTrailing(at: number): boolean {
    switch (this.#class(at)) {
      case letter:
      case digit:
      case underscore:
      case slash:
      case CharClass.percent:
      case CharClass.dollar:
      case CharClass.tilde:
        return false;
      default:
        return true;
    }
  }

  /** Cuts text without blanks where the script changes; what is between in other letters is cut up as ever. */
  #cutScripts(from: number, to: number): void {
    let start = from;
    while (start < to) {
      const isWide = this.#class(start) === wide;
      const script = scriptOf(this.#code(start));
      let end = start + 1;
      let seen = 1 << this.#class(start);
      while (end < to && (this.#class(end) === wide) === isWide) {
        if (isWide && scriptOf(this.#code(end)) !== script) break;
        seen |= 1 << this.#class(end);
        end += 1;
      }
      if (!isWide) this.#part(start, end, seen);
      else
        this.tokens.push(
          script === FULL_DIGITS ? integer : script === MARKS ? punctuation : word,
          start,
          end,
        );
      start = end;
    }
  }

  /** A part of a run, which may be any run itself. */
  #part(from: number, to: number, known = -1): void {
    if (from >= to || this.tokens.isFull) return;
    const seen = known < 0 ? this.#seen(from, to) : known;
    if ((seen & ~WORD_CLASSES) === 0 && seen & ONLY_LETTERS && this.#class(from) === letter) {
      if (this.#class(to - 1) === letter) return this.tokens.push(word, from, to);
    }
    this.#classify(from, to, seen);
  }

  #seen(from: number, to: number): number {
    let seen = 0;
    for (let at = from; at < to; at++) seen |= 1 << this.#class(at);
    return seen;
  }

  /** What begins and ends with a letter, a digit, or what may stand there in paths and numbers. */
  #inner(from: number, to: number, seen: number): void {
    if (seen & (1 << slash)) return this.#slashed(from, to);
    this.#unslashed(from, to, seen);
  }

  #slashed(from: number, to: number): void {
    const { tokens } = this;
    if (this.#isUrl(from, to)) return tokens.push(url, from, to);
    const first = this.#text.indexOf('/', from);
    const isNetwork = colonKind(this.#text, from, first) === ipv6;
    for (let at = from + 1; at < first && !isNetwork; at++)
      if (this.#class(at) === AT || this.#class(at) === colon) return this.#split(from, at, to);
    const kind = pathKind(this.#text, from, to);
    if (kind >= 0) return tokens.push(kind, from, to);
    this.#part(from, first);
    tokens.push(punctuation, first, first + 1);
    this.#part(first + 1, to);
  }

  #unslashed(from: number, to: number, seen: number): void {
    const { tokens } = this;
    if (seen & (1 << backslash)) {
      if (isWindowsPath(this.#text, from, to)) return tokens.push(path, from, to);
      return this.#split(from, this.#text.indexOf('\\', from), to);
    }
    if (seen & (1 << colon)) {
      const kind = colonKind(this.#text, from, to);
      if (kind >= 0) return tokens.push(kind, from, to);
      return this.#split(from, this.#text.indexOf(':', from), to);
    }
    if (seen & (1 << AT)) {
      const at = this.#text.indexOf('@', from);
      if (at > from && isMailDomain(this.#text, at + 1, to)) return tokens.push(mail, from, to);
      return this.#split(from, at, to);
    }
    if (seen & (1 << splitter)) {
      let at = from;
      while (at < to && (this.#class(at) !== splitter || (at === from && this.#code(at) === PLUS))) at += 1;
      if (at < to) return this.#split(from, at, to);
    }
    this.#atom(from, to, seen);
  }

  /** Cuts at a run of one character. */
  #split(from: number, at: number, to: number): void {
    let behind = at + 1;
    while (behind < to && this.#code(behind) === this.#code(at)) behind += 1;
    this.#part(from, at);
    this.tokens.push(punctuation, at, behind);
    this.#part(behind, to);
  }

  /** Letters and digits, with dots, dashes and underscores in them. */
  #atom(from: number, to: number, seen: number): void {
    if (seen & (1 << CharClass.dot)) {
      const dots = this.#text.indexOf('..', from);
      if (dots >= 0 && dots < to) return this.#split(from, dots, to);
    }
    this.tokens.push(atomKind(this.#text, from, to, seen), from, to);
  }
}

const LESS = 60;
const GREATER = 62;
const EQUALS = 61;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const PLUS = 43;
const PERCENT = 37;
const UNDERSCORE = 95;
const TILDE = 126;
const BLANK = 32;
/** Behind `key=`: there is no value. */
const CLOSERS = [COMMA, SEMICOLON, CLOSE, 93];
const FULL_DIGITS = 3;
const MARKS = 4;
