import { type Node, parts } from '../parse/ast.js';
import { ANY, NOT_NEWLINE, sameSet } from '../parse/char-set.js';

/**
 * How many characters a text without newlines needs so that a regex matches it, if it asks for nothing else: 0 for `.*` and
 * `a?`, 1 for `^.+$`. Null if it asks for more, or if this cannot be told from its form.
 */
export function neededLength(root: Node): number | null {
  let needed = 0;
  let place: 'start' | 'within' | 'may be the end' | 'end' = 'start';
  const ahead: Node[] = [root];
  for (let item = ahead.pop(); item !== undefined; item = ahead.pop()) {
    if (item.kind === 'keep') continue;
    // The items of a sequence, one after another, also in groups.
    if (item.kind === 'sequence' || item.kind === 'capture') {
      for (const part of [...parts(item)].reverse()) ahead.push(part);
      continue;
    }
    if (isStart(item)) {
      if (place !== 'start') return null;
      continue;
    }
    if (isEnd(item)) {
      if (place !== 'may be the end' && place !== 'end') return null;
      place = 'end';
      continue;
    }
    const least = charactersOf(item);
    if (least === null || (place === 'end' && least > 0)) return null;
    needed += least;
    // Behind `.*` a match can be at the end of the text, less the characters that follow.
    if (isEndless(item) && place !== 'end') place = 'may be the end';
    if (place === 'start') place = 'within';
  }
  return needed;
}

function isStart(node: Node): boolean {
  return node.kind === 'place' && (node.place === 'text-start' || node.place === 'line-start');
}

function isEnd(node: Node): boolean {
  return node.kind === 'place' && ENDS.has(node.place);
}

const ENDS: ReadonlySet<string> = new Set(['text-end', 'end', 'line-end']);

/** The least number of characters that a node takes, where these may be any; else null. */
function charactersOf(node: Node): number | null {
  if (canBeEmpty(node)) return 0;
  if (isAnyCharacter(node)) return 1;
  return node.kind === 'repeat' && isAnyCharacter(node.body) ? node.min : null;
}

function isEndless(node: Node): boolean {
  return node.kind === 'repeat' && node.max === Number.POSITIVE_INFINITY && isAnyCharacter(node.body);
}

function isAnyCharacter(node: Node): boolean {
  if (node.kind === 'capture') return isAnyCharacter(node.body);
  return node.kind === 'set' && (sameSet(node.set, NOT_NEWLINE) || sameSet(node.set, ANY));
}

/**
 * Whether a node can match nothing, at each place of each text. An atomic group may take more than nothing and not give it
 * back, so it does not count.
 */
function canBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'sequence':
      return node.items.every(canBeEmpty);
    case 'choice':
      return node.branches.some(canBeEmpty);
    case 'capture':
      return canBeEmpty(node.body);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body);
    case 'keep':
      return true;
    default:
      return false;
  }
}
