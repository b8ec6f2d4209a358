import { beginning } from '../analyse/beginning.js';
import type { Assertion, Atomic, Node, Regex, Repeat } from '../parse/ast.js';
import { some, widthOf } from '../parse/ast.js';
import {
  type CharSet,
  DIGIT,
  disjoint,
  FIRST_ASTRAL,
  invert,
  type Range,
  sameSet,
  WORD,
} from '../parse/char-set.js';

/**
 * The layout of a match: the positions of its parts follow from the lengths of captured groups. (The `d` flag reports them
 * at three times the cost, and V8's linear engine does not support it.)
 */
export type Piece =
  | { readonly kind: 'fixed'; readonly width: number }
  /** A part whose length is that of a helper group. */
  | { readonly kind: 'text'; readonly at: number }
  /** A helper group around pieces that begin at its start: an optional part, or branches. */
  | { readonly kind: 'part'; readonly at: number; readonly ways: readonly (readonly Piece[])[] }
  | { readonly kind: 'group'; readonly at: number; readonly group: number; readonly pieces: readonly Piece[] }
  /** A loop: its groups are those of the last iteration, which ends where the loop ends. */
  | { readonly kind: 'loop'; readonly at: number; readonly pieces: readonly Piece[] }
  | { readonly kind: 'look'; readonly behind: number; readonly pieces: readonly Piece[] }
  /** `\K`: the match begins here. */
  | { readonly kind: 'keep'; readonly at: number };

/** A JavaScript regex, without flags, and the layout of its match. */
export interface Javascript {
  readonly source: string;
  readonly pieces: readonly Piece[];
}

/** Writes a regex that only finds a match: with no groups but those that backreferences need. */
export function toJavascript({ root }: Regex): string {
  const needed = new Set<number>();
  some(root, (node) => {
    if (node.kind === 'backreference') for (const group of node.groups) needed.add(group);
    return false;
  });
  return new Writer((group) => needed.has(group)).write(root);
}

/** Writes a regex whose match locates all groups. */
export function toLocatingJavascript({ root }: Regex): Javascript {
  const writer = new Writer(() => true);
  const pieces: Piece[] = [];
  const source = writer.locate(root, pieces, 'end-known');
  return { source, pieces };
}

/** Whether the end of a located part is known from outside, so that the text after its last group needs no helper. */
type End = 'end-known' | 'end-needed';

const PLACES: Readonly<Record<Assertion['place'], string>> = {
  'text-start': '^',
  'text-end': '$',
  end: '$',
  'line-start': '(?:^|(?<=\\n)(?=[^]))',
  'line-end': '(?![^\\n])',
  boundary: '\\b',
  'no-boundary': '\\B',
};

class Writer {
  #groups = 0;
  readonly #numbers = new Map<number, number>();
  readonly #captures: (group: number) => boolean;

  constructor(captures: (group: number) => boolean) {
    this.#captures = captures;
  }

  /** Writes a node without locating its groups; the result may be a bare choice. */
  write(node: Node): string {
    switch (node.kind) {
      case 'char':
        return writeChar(node.code);
      case 'set':
        return writeSet(node.set);
      case 'sequence':
        return node.items.map((item, i) => this.#item(item, node.items[i + 1])).join('');
      case 'choice':
        return node.branches.map((branch) => this.write(branch)).join('|');
      case 'capture':
        if (!this.#captures(node.group)) return `(?:${this.write(node.body)})`;
        return this.#open(node.group, () => this.write(node.body));
      case 'repeat':
        return this.#repeat(node, this.write(node.body));
      case 'atomic':
        return this.#atomic(node, undefined);
      case 'look':
        return `(?${lookPrefix(node)}${this.write(node.body)})`;
      case 'place':
        return PLACES[node.place];
      case 'backreference':
        return `(?:\\${this.#numbers.get(node.groups[0] ?? 0) ?? 0})`;
      case 'fail':
        return '[]';
      case 'keep':
      case 'conditional':
      case 'recursion':
        return '';
    }
  }

  #item(node: Node, next: Node | undefined): string {
    if (node.kind === 'choice') return `(?:${this.write(node)})`;
    return node.kind === 'atomic' ? this.#atomic(node, next) : this.write(node);
  }

  /** A capture group; numbered in the order of opening. */
  #open(group: number | null, body: () => string): string {
    this.#groups++;
    if (group !== null) this.#numbers.set(group, this.#groups);
    return `(${body()})`;
  }

  #repeat(node: Repeat, body: string): string {
    const whole = node.body.kind === 'char' || node.body.kind === 'set' || isGrouped(node.body);
    const inner = whole ? body : `(?:${body})`;
    if (node.min === 0 && node.max === 1 && widthOf(node.body).min === 0)
      return node.lazy ? `(?:|${body})` : `(?:${body}|)`;
    return `${inner}${quantifier(node)}`;
  }

  /** `(?=(...))\1`: JavaScript does not backtrack into a lookahead. Some runs are atomic already. */
  #atomic({ body }: Atomic, next: Node | undefined): string {
    if (isRunBefore(body, next)) return this.write(body);
    const number = this.#groups + 1;
    return `(?=${this.#open(null, () => this.write(body))})(?:\\${number})`;
  }

  /** Writes a node with helper groups around parts of variable length; adds its pieces to `pieces`. */
  locate(node: Node, pieces: Piece[], end: End): string {
    if (!isLocated(node)) return this.#measure([node], pieces, end);
    switch (node.kind) {
      case 'sequence':
        return this.#locateSequence(node.items, pieces, end);
      case 'choice': {
        const ways: Piece[][] = [];
        return this.#part(pieces, ways, () =>
          node.branches
            .map((branch) => {
              const way: Piece[] = [];
              ways.push(way);
              return this.locate(branch, way, 'end-known');
            })
            .join('|'),
        );
      }
      case 'capture':
        return this.#locateGroup(node.group, node.body, pieces);
      case 'repeat':
        return node.max <= 1 ? this.#locateOptional(node, pieces) : this.#locateLoop(node, pieces);
      case 'atomic': {
        const number = this.#groups + 1;
        return `(?=${this.#locatePart(node.body, pieces)})(?:\\${number})`;
      }
      case 'look': {
        const inner: Piece[] = [];
        const body = this.locate(node.body, inner, 'end-known');
        const behind = node.toward === 'behind' ? widthOf(node.body).min : 0;
        pieces.push({ kind: 'look', behind, pieces: inner });
        return `(?${lookPrefix(node)}${body})`;
      }
      case 'keep':
        pieces.push({ kind: 'keep', at: this.#groups + 1 });
        return this.#open(null, () => '');
      default:
        return this.write(node);
    }
  }

  #locateSequence(items: readonly Node[], pieces: Piece[], end: End): string {
    let text = '';
    let plain: Node[] = [];
    for (const item of items) {
      if (!isLocated(item)) {
        plain.push(item);
        continue;
      }
      text += this.#measure(plain, pieces, 'end-needed') + this.locate(item, pieces, 'end-needed');
      plain = [];
    }
    return text + this.#measure(plain, pieces, end);
  }

  /** Nodes without groups: of fixed width, or in a helper group, or as they are if their end is not needed. */
  #measure(items: readonly Node[], pieces: Piece[], end: End): string {
    if (items.length === 0) return '';
    const node: Node = { kind: 'sequence', items };
    const { min, max } = widthOf(node);
    if (min === max) pieces.push({ kind: 'fixed', width: min });
    if (min === max || end === 'end-known') return this.write(node);
    pieces.push({ kind: 'text', at: this.#groups + 1 });
    return this.#open(null, () => this.write(node));
  }

  #locateGroup(group: number, body: Node, pieces: Piece[]): string {
    const inner: Piece[] = [];
    const at = this.#groups + 1;
    pieces.push({ kind: 'group', at, group, pieces: inner });
    return this.#open(group, () =>
      isLocated(body) ? this.locate(body, inner, 'end-known') : this.write(body),
    );
  }

  #locatePart(body: Node, pieces: Piece[]): string {
    const inner: Piece[] = [];
    return this.#part(pieces, [inner], () => this.locate(body, inner, 'end-known'));
  }

  #part(pieces: Piece[], ways: readonly (readonly Piece[])[], body: () => string): string {
    pieces.push({ kind: 'part', at: this.#groups + 1, ways });
    return this.#open(null, body);
  }

  #locateOptional(node: Repeat, pieces: Piece[]): string {
    if (node.max === 0) return '';
    const body =
      node.body.kind === 'capture'
        ? this.#locateGroup(node.body.group, node.body.body, pieces)
        : this.#locatePart(node.body, pieces);
    if (node.min === 1) return body;
    if (widthOf(node.body).min > 0) return `${body}${node.lazy ? '??' : '?'}`;
    return node.lazy ? `(?:|${body})` : `(?:${body}|)`;
  }

  #locateLoop(node: Repeat, pieces: Piece[]): string {
    const inner: Piece[] = [];
    pieces.push({ kind: 'loop', at: this.#groups + 1, pieces: inner });
    return this.#open(null, () => `(?:${this.locate(node.body, inner, 'end-needed')})${quantifier(node)}`);
  }
}

function isLocated(node: Node): boolean {
  return some(node, ({ kind }) => kind === 'capture' || kind === 'keep');
}

function isGrouped(node: Node): boolean {
  return node.kind === 'capture';
}

/** A greedy run of one set before something that cannot begin with it: giving back never helps. */
function isRunBefore(body: Node, next: Node | undefined): boolean {
  if (body.kind === 'char' || body.kind === 'set') return true;
  if (body.kind !== 'repeat' || body.lazy || next === undefined) return false;
  if (body.body.kind !== 'char' && body.body.kind !== 'set') return false;
  const { set, empty } = beginning(next);
  return !empty && disjoint(beginning(body.body).set, set);
}

function lookPrefix({ toward, negative }: Extract<Node, { kind: 'look' }>): string {
  return `${toward === 'behind' ? '<' : ''}${negative ? '!' : '='}`;
}

function quantifier({ min, max, lazy }: Repeat): string {
  return `${range(min, max)}${lazy ? '?' : ''}`;
}

function range(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function writeChar(code: number): string {
  return code >= FIRST_ASTRAL ? '[]' : writeUnit(code, /[\\^$.*+?()[\]{}|/]/);
}

const NOT_DIGIT = invert(DIGIT);
const NOT_WORD = invert(WORD);
const NAMED: readonly (readonly [set: CharSet, text: string])[] = [
  [DIGIT, '\\d'],
  [WORD, '\\w'],
  [NOT_DIGIT, '\\D'],
  [NOT_WORD, '\\W'],
];

/** A class without characters beyond U+FFFF: texts with surrogate pairs are matched by our own matcher. */
function writeSet(set: CharSet): string {
  const named = NAMED.find(([known]) => sameSet(known, set));
  if (named) return named[1];
  const inside = inOneUnit(set);
  const outside = inOneUnit(invert(set));
  return outside.length < inside.length ||
    (outside.length === inside.length && set.some(([, last]) => last >= FIRST_ASTRAL))
    ? `[^${outside.map(writeRange).join('')}]`
    : `[${inside.map(writeRange).join('')}]`;
}

function inOneUnit(set: CharSet): CharSet {
  return set
    .filter(([first]) => first < FIRST_ASTRAL)
    .map(([first, last]) => [first, Math.min(last, FIRST_ASTRAL - 1)] as const);
}

function writeRange([first, last]: Range): string {
  const special = /[\\\]^-]/;
  if (first === last) return writeUnit(first, special);
  return `${writeUnit(first, special)}${last === first + 1 ? '' : '-'}${writeUnit(last, special)}`;
}

function writeUnit(code: number, special: RegExp): string {
  const char = String.fromCharCode(code);
  if (code < 0x20 || code > 0x7e) return `\\u${code.toString(16).padStart(4, '0')}`;
  return special.test(char) ? `\\${char}` : char;
}
