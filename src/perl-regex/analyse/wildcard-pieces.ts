import type { Node, Regex, Repeat } from '../parse/ast.js';
import { ANY, type CharSet, contains, disjoint, NOT_NEWLINE, sameSet } from '../parse/char-set.js';
import { beginning } from './beginning.js';

/** A regex that is anchored at the start, cut at each `.+` and `.*`. */
export interface WildcardPieces {
  readonly head: WildcardPiece;
  readonly others: readonly WildcardPiece[];
  /** The outermost groups by index, in order. */
  readonly groups: readonly number[];
}

/** Deterministic: from a given start there is at most one end. */
export interface WildcardPiece {
  readonly items: readonly Item[];
  /** The minimal length of the `.+` before it, in UTF-16 units. */
  readonly gap: number;
  /** Its own minimal length. */
  readonly shortest: number;
  /** Its first unit; null: not always the same. */
  readonly begins: number | null;
}

export type Item =
  | Text
  /** None of them is a prefix of another. */
  | { readonly kind: 'either'; readonly texts: readonly Uint16Array[] }
  /** A greedy run. `has`: which units below 256 belong to it. */
  | { readonly kind: 'run'; readonly has: Uint8Array; readonly min: number; readonly max: number }
  | { readonly kind: 'end' }
  | GroupEdge;

interface Text {
  readonly kind: 'text';
  readonly units: Uint16Array;
}

/** The start or end of an outermost group; its offset goes to this slot. */
interface GroupEdge {
  readonly kind: 'edge';
  readonly slot: number;
}

/**
 * Cuts a regex made of characters, words, runs with a determined end (`\S+ `, `[^:]*:`, `\d{3}`), and any number of
 * greedy `.+` and `.*`. Null if it is of another kind.
 */
export function cutAtWildcards({ root }: Regex): WildcardPieces | null {
  const groups: number[] = [];
  const [begin, ...parts] = flattened(root, groups);
  if (begin?.kind !== 'place' || begin.place !== 'text-start') return null;
  const pieces: WildcardPiece[] = [];
  let items: Item[] = [];
  let gap = 0;
  for (const [at, part] of parts.entries()) {
    if (isGap(part)) {
      pieces.push(pieceOf(items, gap));
      items = [];
      gap = part.min;
      continue;
    }
    const item = itemOf(part, parts.slice(at + 1).find(isNode) ?? null);
    if (!item) return null;
    items.push(item);
  }
  const [head, ...others] = [...pieces, pieceOf(items, gap)];
  // Two `.+` with nothing between them, or something that may be empty, do not have determined ends.
  if (!head || others.slice(0, -1).some(({ shortest }) => shortest === 0)) return null;
  return { head, others, groups };
}

/** The items in a row, with edges around the outermost groups, whose indices go to `groups`. */
function flattened(
  node: Node,
  groups: number[],
  where: 'outside' | 'in a group' = 'outside',
): (Node | GroupEdge)[] {
  if (node.kind === 'sequence') return node.items.flatMap((item) => flattened(item, groups, where));
  if (node.kind !== 'capture') return [node];
  if (where === 'in a group') return flattened(node.body, groups, where);
  const slot = 2 * groups.length;
  groups.push(node.group - 1);
  const inside = flattened(node.body, groups, 'in a group');
  return [{ kind: 'edge', slot }, ...inside, { kind: 'edge', slot: slot + 1 }];
}

function isNode(part: Node | GroupEdge): part is Node {
  return part.kind !== 'edge';
}

/** `.+` or `.*`: in a text without a newline, with or without `(?s)`. */
function isGap(part: Node | GroupEdge): part is Repeat {
  if (part.kind !== 'repeat' || part.lazy || part.min > 1 || part.max !== Number.POSITIVE_INFINITY)
    return false;
  return part.body.kind === 'set' && (sameSet(part.body.set, NOT_NEWLINE) || sameSet(part.body.set, ANY));
}

function itemOf(part: Node | GroupEdge, next: Node | null): Item | null {
  switch (part.kind) {
    case 'edge':
      return part;
    case 'char':
      return part.code < SURROGATES ? { kind: 'text', units: Uint16Array.of(part.code) } : null;
    case 'set':
      return runOf(part.set, 1, 1);
    case 'repeat':
      return repeatOf(part, next);
    case 'choice':
      return eitherOf(part.branches.map(textOf));
    case 'place':
      return next === null && (part.place === 'end' || part.place === 'text-end') ? { kind: 'end' } : null;
    default:
      return null;
  }
}

const SURROGATES = 0xd800;

/** A run of variable length has a determined end if what follows cannot begin with its set. */
function repeatOf({ body, min, max, lazy }: Repeat, next: Node | null): Item | null {
  if (body.kind !== 'set' && body.kind !== 'char') return null;
  const set: CharSet = body.kind === 'set' ? body.set : [[body.code, body.code]];
  if (min === max) return runOf(set, min, max);
  const isLast = next === null || (next.kind === 'place' && next.place !== 'text-start');
  const follows = next && beginning(next);
  const isPlain = isLast || (follows && !follows.empty && disjoint(set, follows.set));
  return isPlain && !lazy ? runOf(set, min, max) : null;
}

function runOf(set: CharSet, min: number, max: number): Item {
  return {
    kind: 'run',
    has: Uint8Array.from({ length: 256 }, (_, unit) => Number(contains(set, unit))),
    min,
    max,
  };
}

function textOf(node: Node): string | null {
  const nodes = node.kind === 'sequence' ? node.items : [node];
  const codes = nodes.map((one) => (one.kind === 'char' && one.code < SURROGATES ? one.code : null));
  return codes.includes(null) ? null : String.fromCharCode(...codes.map(Number));
}

function eitherOf(branches: readonly (string | null)[]): Item | null {
  const texts = branches.filter((text) => text !== null);
  const isOther = (text: string, at: number): boolean =>
    texts.every((other, i) => i === at || !other.startsWith(text));
  return texts.length === branches.length && texts.every(isOther)
    ? { kind: 'either', texts: texts.map(unitsOf) }
    : null;
}

function pieceOf(items: readonly Item[], gap: number): WildcardPiece {
  const merged: Item[] = [];
  for (const item of items) {
    const before = merged.at(-1);
    if (item.kind === 'text' && before?.kind === 'text')
      merged[merged.length - 1] = { kind: 'text', units: Uint16Array.of(...before.units, ...item.units) };
    else merged.push(item);
  }
  const first = merged.find(({ kind }) => kind !== 'edge');
  return {
    items: merged,
    gap,
    shortest: merged.reduce((sum, item) => sum + shortestOf(item), 0),
    begins: first?.kind === 'text' ? (first.units[0] ?? null) : null,
  };
}

function shortestOf(item: Item): number {
  switch (item.kind) {
    case 'text':
      return item.units.length;
    case 'either':
      return Math.min(...item.texts.map(({ length }) => length));
    case 'run':
      return item.min;
    case 'edge':
    case 'end':
      return 0;
  }
}

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}
