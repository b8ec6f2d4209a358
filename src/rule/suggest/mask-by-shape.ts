import { stemEnd } from './atoms.js';
import { isDigitCode, isLetterCode } from './char-classes.js';
import { isUser } from './is-user.js';
import { Scanner } from './scan.js';
import { MAX_TOKENS, TokenKind, type Tokens } from './tokens.js';
import { TECHNICAL } from './words.js';

/** What can be masked where only the shape of a message is known. */
export const MASK_KINDS = [
  /** With its sign, fraction, percent sign and unit. */
  'number',
  /** IPv4, IPv6, MAC. */
  'address',
  'host',
  'mail',
  'hex',
  'id',
  'uuid',
  'time',
  /** A path with a digit in it. */
  'path',
  'url',
  /** The name of a user, by the words around it. The only kind that may take a plain word. */
  'user',
] as const;

export type MaskKind = (typeof MASK_KINDS)[number];

/** The kinds that never take a plain word. */
export const SHAPE_KINDS: readonly MaskKind[] = MASK_KINDS.filter((kind) => kind !== 'user');

export interface MaskSpan {
  /** In UTF-16 units, the end excluded. */
  readonly start: number;
  readonly end: number;
  readonly kind: MaskKind;
}

/** The spans of a message that are to be masked, from left to right; they neither overlap nor are empty. */
export function maskByShape(message: string, kinds: ReadonlySet<MaskKind>): MaskSpan[] {
  const masker = new ShapeMasker(kinds);
  masker.read(message);
  return Array.from({ length: masker.count }, (_, at) => ({
    start: masker.starts[at] as number,
    end: masker.ends[at] as number,
    kind: masker.kinds[at] as MaskKind,
  }));
}

/**
 * The same for many messages: what `read` finds is in `starts`, `ends` and `kinds` until its next call. One pass over
 * the message, linear in its length; what is behind `MAX_SCANNED` units or `MAX_TOKENS` tokens stays as it is.
 */
export class ShapeMasker {
  count = 0;
  readonly starts = new Int32Array(MAX_TOKENS + 2);
  readonly ends = new Int32Array(MAX_TOKENS + 2);
  readonly kinds: MaskKind[] = [];
  readonly #scanner = new Scanner();
  readonly #asked: ReadonlySet<MaskKind>;
  readonly #masksUsers: boolean;

  constructor(kinds: ReadonlySet<MaskKind>) {
    this.#asked = kinds;
    this.#masksUsers = kinds.has('user');
  }

  /** Returns how many spans there are. */
  read(message: string): number {
    const tokens = this.#scanner.scan(message);
    this.count = 0;
    for (let at = programEnd(tokens); at < tokens.count; at++) {
      const kind = KINDS[tokens.kind(at)] ?? this.#wordKind(tokens, at);
      if (kind === null || !this.#asked.has(kind)) continue;
      const start = startOf(tokens, at);
      if (start < tokens.end(at)) this.#push(start, tokens.end(at), kind);
    }
    return this.count;
  }

  #wordKind(tokens: Tokens, at: number): MaskKind | null {
    return this.#masksUsers && isUser(tokens, at) ? 'user' : null;
  }

  #push(start: number, end: number, kind: MaskKind): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.kinds[this.count] = kind;
    this.count += 1;
  }
}

const KIND_OF: Readonly<Record<keyof typeof TokenKind, MaskKind | null>> = {
  punctuation: null,
  word: null,
  name: null,
  numbered: 'id',
  mail: 'mail',
  integer: 'number',
  decimal: 'number',
  number: 'number',
  quantity: 'number',
  hex: 'hex',
  uuid: 'uuid',
  id: 'id',
  ipv4: 'address',
  ipv6: 'address',
  mac: 'address',
  host: 'host',
  time: 'time',
  path: 'path',
  url: 'url',
  empty: null,
  rest: null,
  date: 'time',
};

/** By the number of a kind of token. */
const KINDS: (MaskKind | null)[] = [];
for (const [name, kind] of Object.entries(KIND_OF)) KINDS[TokenKind[name as keyof typeof TokenKind]] = kind;

/** The first token behind the name of the program, which stays readable: `php8.2-fpm:`. */
function programEnd(tokens: Tokens): number {
  const { text } = tokens;
  if (!isLetterCode(text.charCodeAt(0))) return 0;
  const colon = text.indexOf(': ');
  const blank = text.indexOf(' ');
  if (colon < 0 || blank !== colon + 1 || colon > LONGEST_PROGRAM) return 0;
  const bracket = text.indexOf('[');
  const end = bracket > 0 && bracket < colon ? bracket : colon;
  let at = 0;
  while (at < tokens.count && tokens.end(at) <= end) at += 1;
  return at;
}

/** Longer texts before a colon are no name of a program. */
const LONGEST_PROGRAM = 40;

/** Where the mask of a token begins; its end when nothing of it is to be masked. */
function startOf(tokens: Tokens, at: number): number {
  const start = tokens.start(at);
  const end = tokens.end(at);
  switch (tokens.kind(at)) {
    case TokenKind.path:
      return hasDigit(tokens.text, start, end) ? start : end;
    case TokenKind.numbered:
      return numberStart(tokens.text, start, end);
    default:
      return start;
  }
}

/** Of a word with a number, what is behind the word; nothing of `eth0`, `sha256` and the like, which are names. */
function numberStart(text: string, start: number, end: number): number {
  const number = stemEnd(text, start, end);
  const isJoined = !isLetterCode(text.charCodeAt(number - 1));
  if (end - number < LEAST_DIGITS && !isJoined) return end;
  return TECHNICAL.has(text.slice(start, end).toLowerCase()) ? end : number;
}

/** `eth0` and `ssh2` have fewer. */
const LEAST_DIGITS = 2;

function hasDigit(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isDigitCode(text.charCodeAt(at))) return true;
  return false;
}
