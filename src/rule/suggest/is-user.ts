import { TokenKind, type Tokens } from './tokens.js';
import { isState, USER_KEYS } from './words.js';

const { punctuation, word, ipv4, ipv6, host } = TokenKind;

const EQUALS = 61;
const LESS = 60;
const QUOTES = [34, 39];
const OPEN = 40;

/** Whether a word is the name of a user, by what stands around it: `user=ann`, `user ann from`, `for ann from`. */
export function isUser(tokens: Tokens, at: number): boolean {
  if (tokens.kind(at) !== word || isState(tokens.textOf(at))) return false;
  const before = at - 1;
  if (tokens.kind(before) === punctuation) return isAssigned(tokens, before);
  if (tokens.kind(before) !== word) return false;
  switch (tokens.textOf(before).toLowerCase()) {
    case 'user':
      return isEnd(tokens, at + 1);
    case 'for':
      return isWord(tokens, at + 1, ['from']);
    case 'by':
      return tokens.single(at + 1) === OPEN && tokens.isGlued(at + 1);
    default:
      return false;
  }
}

/** Whether a key that names a user stands in front of a `=`, be there a quote or a `<` behind it. */
function isAssigned(tokens: Tokens, mark: number): boolean {
  const code = tokens.single(mark);
  const equals = code === LESS || QUOTES.includes(code) ? mark - 1 : mark;
  if (tokens.single(equals) !== EQUALS || !tokens.isGlued(equals)) return false;
  return tokens.kind(equals - 1) === word && USER_KEYS.has(tokens.textOf(equals - 1).toLowerCase());
}

/** Whether a name may end there: the message does, a mark follows, or where the user came from. */
function isEnd(tokens: Tokens, at: number): boolean {
  const kind = tokens.kind(at);
  if (kind < 0 || kind === punctuation || kind === ipv4 || kind === ipv6 || kind === host) return true;
  return isWord(tokens, at, ['from', 'by', 'at', 'on', 'not']);
}

function isWord(tokens: Tokens, at: number, words: readonly string[]): boolean {
  return tokens.kind(at) === word && words.includes(tokens.textOf(at));
}
