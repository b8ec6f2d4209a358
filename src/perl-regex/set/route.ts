import { anchorOf, beginning } from '../analyse/beginning.js';
import { neededLength } from '../analyse/needed-length.js';
import type { Node } from '../parse/ast.js';
import { contains, NOT_NEWLINE } from '../parse/char-set.js';
import { requiredLiterals } from './required-literals.js';

/**
 * How a set finds out whether a member may match. `automaton`: the lazy DFA runs a regex, together with all others, from
 * the start of the text: the member's own, or one that says the same of each line. `prefilter`: each match contains one of some literals, which one pass over the text finds; if
 * there are few in all, the DFA finds them. `unfiltered`: its own regex is always tried.
 */
export type Route =
  | { readonly by: 'automaton'; readonly root: Node }
  | { readonly by: 'prefilter'; readonly literals: readonly string[] }
  | { readonly by: 'unfiltered' };

export function routeOf(root: Node): Route {
  const needed = neededLength(root);
  if (needed !== null && needed <= MAX_NEEDED) return { by: 'automaton', root: anyCharacters(needed) };
  if (isAnchored(root)) return { by: 'automaton', root };
  const literals = requiredLiterals(root);
  return literals ? { by: 'prefilter', literals } : UNFILTERED;
}

/** The regex of a catch-all, `.*` or `.`, is followed for so many characters; each may double the states of others. */
const MAX_NEEDED = 2;

/** So the automaton is sure of a catch-all at once: no regex is asked, and it waits for nothing behind it. */
function anyCharacters(count: number): Node {
  return {
    kind: 'sequence',
    items: Array.from({ length: count }, () => ({ kind: 'set', set: NOT_NEWLINE })),
  };
}

export const UNFILTERED: Route = { by: 'unfiltered' };

/**
 * Whether a regex matches at the start of a text only, and its first characters exclude most texts. A regex that may begin
 * with a blank as well as with a letter, such as `^.*`, would keep the DFA running to the end of each text.
 */
function isAnchored(root: Node): boolean {
  if (anchorOf(root) !== 'text') return false;
  const { set, empty } = beginning(root);
  return !empty && (!contains(set, BLANK) || !contains(set, LETTER));
}

const BLANK = 0x20;
const LETTER = 0x61;
