import { CompiledPattern, compilePerl } from '../compile.js';
import { MatchLimitError } from '../match-limit.js';
import { type Capture, type Node, type Regex, some } from '../parse/ast.js';
import { type Outline, parsePerl } from '../parse/parse.js';

/** How far a regex that does not match a text gets in it. */
export interface Mismatch {
  /** The part of the regex that found nothing: from here to there, in characters of the regex as written. */
  readonly from: number;
  readonly to: number;
  /** How far what stands before that part has got (UTF-16 units of the text). */
  readonly reached: number;
}

/** Why nothing can be said. `limit`: a match would take too long; `recursion`: the regex enters itself. */
export type Explanation =
  | { readonly kind: 'matches' }
  | { readonly kind: 'mismatch'; readonly mismatch: Mismatch }
  | { readonly kind: 'unknown'; readonly why: 'limit' | 'recursion' };

/** Iterations of one quantifier that are tried one by one: no rule asks for more. */
const MAX_ITERATIONS = 200;

/**
 * Says of a sound regex whether it matches, or else the longest beginning of it that matches anywhere in the text, and
 * which part behind that does not. It goes down into groups; of branches the one counts that gets furthest in the text.
 */
export function explainMatch(source: string, text: string): Explanation {
  const outline: Outline = new Map();
  const parsed = parsePerl(source, outline);
  if (!parsed.ok) throw new Error(`not a sound regex: ${source}`);
  const { root } = parsed.regex;
  const compiled = compilePerl(source);
  try {
    if (!compiled.ok || compiled.pattern.test(text)) return { kind: 'matches' };
    if (some(root, ({ kind }) => kind === 'recursion')) return { kind: 'unknown', why: 'recursion' };
    const search = new PrefixSearch(parsed.regex, text, outline);
    return { kind: 'mismatch', mismatch: search.descend(root, (node) => node) ?? NOWHERE };
  } catch (error) {
    if (error instanceof MatchLimitError) return { kind: 'unknown', why: 'limit' };
    throw error;
  }
}

const NOWHERE: Mismatch = { from: 0, to: 0, reached: 0 };

/** What stands before a node, with the node behind it. */
type Before = (node: Node) => Node;

class PrefixSearch {
  readonly #regex: Regex;
  readonly #text: string;
  readonly #outline: Outline;

  constructor(regex: Regex, text: string, outline: Outline) {
    this.#regex = regex;
    this.#text = text;
    this.#outline = outline;
  }

  /** Where a node fails behind what stands before it; null: nothing is known of its parts. */
  descend(node: Node, before: Before): Mismatch | null {
    switch (node.kind) {
      case 'sequence':
        return this.#sequence(node.items, this.#outline.get(node) ?? [], before);
      case 'choice':
        return this.#furthest(node.branches.map((branch) => this.descend(branch, before)));
      case 'capture':
        return this.descend(node.body, (part) => before(captured(node, part)));
      case 'atomic':
        return this.descend(node.body, before);
      case 'repeat':
        return this.#repeat(node, before);
      default:
        return null;
    }
  }

  #sequence(items: readonly Node[], begins: readonly number[], before: Before): Mismatch | null {
    const ahead = (count: number): Node => ({ kind: 'sequence', items: items.slice(0, count) });
    let [matching, failing] = [0, items.length];
    if (this.#reach(before(ahead(items.length))) !== null) return null;
    while (failing - matching > 1) {
      const middle = (matching + failing) >> 1;
      if (this.#reach(before(ahead(middle))) === null) failing = middle;
      else matching = middle;
    }
    const failed = items[matching];
    if (!failed) return null;
    const kept = items.slice(0, matching);
    const inside = this.descend(failed, (part) => before({ kind: 'sequence', items: [...kept, part] }));
    if (inside) return inside;
    const from = begins[matching] ?? 0;
    return {
      from,
      to: begins.slice(matching).find((begin) => begin > from) ?? from,
      reached: this.#reach(before(ahead(matching))) ?? 0,
    };
  }

  /** As many whole iterations as there are, then the one that fails. */
  #repeat(node: Extract<Node, { kind: 'repeat' }>, before: Before): Mismatch | null {
    const most = Math.min(node.min, MAX_ITERATIONS);
    const times = (count: number): Node => ({ ...node, min: count, max: count });
    let whole = 0;
    while (whole + 1 < most && this.#reach(before(times(whole + 1))) !== null) whole += 1;
    if (node.min === 0) return null;
    return this.descend(node.body, (part) => before({ kind: 'sequence', items: [times(whole), part] }));
  }

  #furthest(ends: readonly (Mismatch | null)[]): Mismatch | null {
    let best: Mismatch | null = null;
    for (const end of ends) if (end && (!best || end.reached > best.reached)) best = end;
    return best;
  }

  /** Up to where a beginning matches; null: nowhere. */
  #reach(root: Node): number | null {
    const pattern = new CompiledPattern('', { ...this.#regex, root }, 'backtrack');
    return pattern.exec(this.#text)?.end ?? null;
  }
}

function captured({ group, name }: Capture, body: Node): Node {
  return { kind: 'capture', group, name, body };
}
