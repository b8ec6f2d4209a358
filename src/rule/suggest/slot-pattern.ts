import { SlotBit } from './read-shape.js';
import { TokenKind } from './tokens.js';
import { USER_KEYS } from './words.js';

const bit = (kind: keyof typeof TokenKind): number => 1 << TokenKind[kind];

const DECIMALS = bit('integer') | bit('decimal');
const NUMBERS = DECIMALS | bit('number');
const ADDRESSES = bit('ipv4') | bit('ipv6') | bit('mac');
const HOSTS = ADDRESSES | bit('host') | bit('name') | bit('id') | bit('word') | bit('numbered');
const PATHS = bit('path') | bit('url');
/** Tokens that may hold delimiters. */
const PUNCTUATED = SlotBit.list | bit('url') | bit('punctuation') | bit('path');

/** Tokens that may hold a colon. */
const COLONED = bit('ipv6') | bit('mac') | bit('time') | bit('id');

/** What is a value however often it was the same: another machine has another one. */
export const ALWAYS_VALUES =
  ADDRESSES | bit('host') | bit('mail') | bit('uuid') | bit('id') | bit('time') | bit('date');

/** From the tightest to the widest: what a slot takes when nothing else was seen in it. */
const PATTERNS: readonly (readonly [bits: number, pattern: string])[] = [
  [bit('integer'), '\\d+'],
  [DECIMALS, '[\\d.]+'],
  [NUMBERS, '[-+<>]?[\\d.]+%?'],
  [bit('uuid'), '[\\da-fA-F-]{36}'],
  [bit('hex') | bit('integer'), '\\w+'],
  [bit('ipv4'), '[\\d.]+'],
  [bit('ipv6') | bit('ipv4'), '[\\da-fA-F:.%\\w]+'],
  [bit('mac'), '[\\da-fA-F:-]+'],
];

/**
 * A regex for all that was seen in a slot, and little else. `bits`: as in `SlotBit`. `delimiter`: the character right
 * behind it, when that is a bracket, a quote, a comma, a colon or the like; '' for any other.
 */
export function slotPattern(bits: number, delimiter: string): string {
  if (bits & bit('rest')) return '.*';
  const many = bits & bit('empty') ? '*' : '+';
  if (bits & (SlotBit.spaced | bit('date'))) return spacedPattern(bits, many);
  const found = PATTERNS.find(([known]) => (bits & ~known) === 0);
  if (found) return found[1];
  const isEnd = delimiter === ':' ? (bits & (PUNCTUATED | COLONED)) === 0 : (bits & PUNCTUATED) === 0;
  return delimiter !== '' && isEnd ? `[^\\s${quoteInClass(delimiter)}]${many}` : `\\S${many}`;
}

function spacedPattern(bits: number, many: string): string {
  const kinds = bits & ~SlotBit.spaced;
  if ((kinds & ~(bit('quantity') | NUMBERS)) === 0) return QUANTITY;
  return kinds === bit('date') ? DATE : `.${many}`;
}

const QUANTITY = '[-+<>]?[\\d.]+%?(?: ?[a-zA-Z/]+)?';
export const DATE = '\\w[\\w:.,+/ -]+';

function quoteInClass(character: string): string {
  return /[\]\\^-]/.test(character) ? `\\${character}` : character;
}

/** The built-in pattern that takes all that was seen in a slot and says what it is; null where a regex is as short. */
export function patternName(bits: number): string | null {
  if (isOnly(bits, bit('ipv4') | bit('ipv6'))) return 'IP';
  if (bits === bit('mac')) return 'MAC';
  return bits === bit('uuid') ? 'UUID' : null;
}

/**
 * The name of a slot's group: what its values are; null for one that needs none. `before`: the word in front;
 * `behind`: the word that follows.
 */
export function slotName(bits: number, before: string, behind = ''): string | null {
  const kinds = bits & ~(SlotBit.list | SlotBit.spaced | SlotBit.coded | bit('empty'));
  if (isOnly(kinds, ADDRESSES)) return 'address';
  if (isOnly(kinds, PATHS)) return 'path';
  if (USER_KEYS.has(before) || (before === 'for' && behind === 'from')) return 'user';
  if (kinds === bit('mail')) return 'mail';
  if (isOnly(kinds, HOSTS) && (kinds & (bit('host') | ADDRESSES) || HOST_CUES.has(before))) return 'host';
  return before === 'port' && kinds === bit('integer') ? 'port' : null;
}

function isOnly(kinds: number, of: number): boolean {
  return kinds !== 0 && (kinds & ~of) === 0;
}

const HOST_CUES = new Set(['host', 'hostname', 'rhost', 'node', 'server']);
