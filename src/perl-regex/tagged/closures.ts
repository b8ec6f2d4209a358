import { BROKEN, type Conditions, NONE } from './conditions.js';
import { MAX_THREADS } from './links.js';
import { FixedLook, NodeKind, type TaggedNfa } from './tagged-nfa.js';

/** What stands before a place. */
export const Before = { start: 0, word: 1, other: 2 } as const;
const KINDS_OF_BEFORE = 3;

/** A leaf, or the match, that is reached from a node without a character. */
export interface Reached {
  readonly leaf: number;
  /** The conditions met on the way: they must hold from here. */
  readonly conditions: number;
  /** The tags on the way, the last one first. */
  readonly tags: readonly number[];
}

/** What is reached from each node, in Perl's order of preference; computed when it is first needed. */
export class Closures {
  readonly #nfa: TaggedNfa;
  readonly #conditions: Conditions;
  readonly #known: (readonly Reached[] | undefined)[] = [];

  constructor(nfa: TaggedNfa, conditions: Conditions) {
    this.#nfa = nfa;
    this.#conditions = conditions;
  }

  of(node: number, before: number): readonly Reached[] {
    const place = node * KINDS_OF_BEFORE + before;
    this.#known[place] ??= this.#follow(node, before);
    return this.#known[place];
  }

  /**
   * Depth first, the preferred way first: what is reached again is reached by a way that Perl tries later. More than
   * `MAX_THREADS` are too many for a state, so they need not be complete.
   */
  #follow(first: number, before: number): readonly Reached[] {
    const reached: Reached[] = [];
    const passed = new Set<string>();
    const open: Reached[] = [{ leaf: first, conditions: NONE, tags: [] }];
    for (let way = open.pop(); way && reached.length <= MAX_THREADS; way = open.pop()) {
      const { leaf: node, conditions } = way;
      if (conditions === BROKEN || passed.has(`${node} ${NONE}`) || passed.has(`${node} ${conditions}`))
        continue;
      passed.add(`${node} ${conditions}`);
      const kind = this.#nfa.kind[node];
      if (kind === NodeKind.leaf || kind === NodeKind.match) reached.push(way);
      else open.push(...this.#waysOn(way, before));
      if (node === this.#nfa.match && conditions === NONE) break;
    }
    return reached;
  }

  /** The ways on from a node that takes no character, the preferred one last. */
  #waysOn({ leaf: node, conditions, tags }: Reached, before: number): readonly Reached[] {
    const { kind, a, b } = this.#nfa;
    const operand = a[node] as number;
    const next = b[node] as number;
    const look = (number: number): readonly Reached[] => [
      {
        leaf: next,
        conditions: this.#conditions.withLook(conditions, number, before === Before.start),
        tags,
      },
    ];
    switch (kind[node]) {
      case NodeKind.split:
        return [
          { leaf: next, conditions, tags },
          { leaf: operand, conditions, tags },
        ];
      case NodeKind.tag:
        return [{ leaf: next, conditions, tags: [operand, ...tags] }];
      case NodeKind.textStart:
        return before === Before.start ? [{ leaf: next, conditions, tags }] : [];
      case NodeKind.look:
        return look(operand);
      case NodeKind.boundary:
        return look(
          (operand === 1) === (before === Before.word) ? FixedLook.noWordFollows : FixedLook.wordFollows,
        );
      default:
        return [];
    }
  }
}
